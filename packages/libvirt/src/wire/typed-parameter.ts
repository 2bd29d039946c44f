// remote_protocol.x: remote_typed_param
import type { Reader, Writer } from '@wirelike/kernel';
import { double, hyper, int, string, uhyper, uint, type Xdr } from './xdr.ts';

/** A named value that carries its type with it (`virTypedParameter`). */
export type TypedParameter = { readonly field: string } & (
  | { readonly type: 'int' | 'uint' | 'double' | 'boolean'; readonly value: number }
  | { readonly type: 'llong' | 'ullong'; readonly value: bigint }
  | { readonly type: 'string'; readonly value: string }
);

const text = string();

/** libvirt-common.h: virTypedParameterType. */
const INT = 1;
const UINT = 2;
const LLONG = 3;
const ULLONG = 4;
const DOUBLE = 5;
const BOOLEAN = 6;
const STRING = 7;

export const typedParameter: Xdr<TypedParameter> = {
  decode(reader: Reader): TypedParameter {
    const field = text.decode(reader);
    switch (reader.int32()) {
      case INT:
        return { field, type: 'int', value: int.decode(reader) };
      case UINT:
        return { field, type: 'uint', value: uint.decode(reader) };
      case LLONG:
        return { field, type: 'llong', value: hyper.decode(reader) };
      case ULLONG:
        return { field, type: 'ullong', value: uhyper.decode(reader) };
      case DOUBLE:
        return { field, type: 'double', value: double.decode(reader) };
      case BOOLEAN:
        return { field, type: 'boolean', value: int.decode(reader) };
      case STRING:
        return { field, type: 'string', value: text.decode(reader) };
      default:
        reader.fail();
        return { field, type: 'int', value: 0 };
    }
  },
  encode(writer: Writer, parameter: TypedParameter): void {
    text.encode(writer, parameter.field);
    switch (parameter.type) {
      case 'int':
        writer.int32(INT);
        return int.encode(writer, parameter.value);
      case 'uint':
        writer.int32(UINT);
        return uint.encode(writer, parameter.value);
      case 'llong':
        writer.int32(LLONG);
        return hyper.encode(writer, parameter.value);
      case 'ullong':
        writer.int32(ULLONG);
        return uhyper.encode(writer, parameter.value);
      case 'double':
        writer.int32(DOUBLE);
        return double.encode(writer, parameter.value);
      case 'boolean':
        writer.int32(BOOLEAN);
        return int.encode(writer, parameter.value);
      case 'string':
        writer.int32(STRING);
        return text.encode(writer, parameter.value);
    }
  },
};
