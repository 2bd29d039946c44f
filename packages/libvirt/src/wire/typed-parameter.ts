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
    writer.int32(numbers[parameter.type]);
    switch (parameter.type) {
      case 'int':
      case 'uint':
      case 'boolean':
        writer.int32(parameter.value);
        break;
      case 'llong':
      case 'ullong':
        writer.uint64(parameter.value);
        break;
      case 'double':
        writer.float64(parameter.value);
        break;
      case 'string':
        text.encode(writer, parameter.value);
    }
  },
};

const numbers: { readonly [T in TypedParameter['type']]: number } = {
  int: INT,
  uint: UINT,
  llong: LLONG,
  ullong: ULLONG,
  double: DOUBLE,
  boolean: BOOLEAN,
  string: STRING,
};
