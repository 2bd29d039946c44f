// The notation of the procedure tables: remote_protocol.x's types as literal strings, which TypeScript reads too.
import { counts } from '../limits.ts';
import { structs } from './structs.ts';
import { type TypedParameter, typedParameter } from './typed-parameter.ts';
import {
  array,
  characterList,
  characters,
  double,
  hyper,
  int,
  opaque,
  optional,
  string,
  struct,
  uchar,
  uhyper,
  uint,
  ushort,
  uuid,
  type Xdr,
} from './xdr.ts';

/** The types that other types are made of. */
interface Atoms {
  int: number;
  uint: number;
  uchar: number;
  ushort: number;
  hyper: bigint;
  uhyper: bigint;
  double: number;
  string: string;
  uuid: string;
  parameter: TypedParameter;
}

type Structs = typeof structs;

/**
 * What a type's notation means in TypeScript: an atom or a struct by name; `T?` for a pointer; `T<LIMIT>`
 * for a counted array; `opaque<LIMIT>`; `char<LIMIT>` and `char[n]` for text in words.
 */
export type TypeOf<S> = S extends `${infer T}?`
  ? TypeOf<T> | undefined
  : S extends `char<${string}>` | `char[${string}]`
    ? string
    : S extends `opaque<${string}>`
      ? Uint8Array
      : S extends `${infer T}<${string}>`
        ? readonly TypeOf<T>[]
        : S extends keyof Atoms
          ? Atoms[S]
          : S extends keyof Structs
            ? StructOf<Structs[S]>
            : never;

export type StructOf<F> = { readonly [K in keyof F]: TypeOf<F[K]> };

export type Fields = Readonly<Record<string, string>>;

const atoms: { readonly [K in keyof Atoms]: Xdr<Atoms[K]> } = {
  int,
  uint,
  uchar,
  ushort,
  hyper,
  uhyper,
  double,
  string: string(),
  uuid,
  parameter: typedParameter,
};

const compiled = new Map<string, Xdr<unknown>>(Object.entries(atoms));

/** The codec of a struct given by its fields' notation. */
export function compileFields<F extends Fields>(fields: F): Xdr<StructOf<F>>;
export function compileFields(fields: Fields): Xdr<Record<string, unknown>> {
  return struct(Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, compileType(type)])));
}

/** The codec of one type given by its notation. */
export function compileType<S extends string>(type: S): Xdr<TypeOf<S>>;
export function compileType(type: string): Xdr<unknown> {
  const known = compiled.get(type);
  if (known !== undefined) return known;
  const made = make(type);
  compiled.set(type, made);
  return made;
}

const tables: Readonly<Record<string, Fields>> = structs;
const limits: Readonly<Record<string, number>> = counts;

function make(type: string): Xdr<unknown> {
  if (type.endsWith('?')) return optional<unknown>(compileType(type.slice(0, -1)));
  const fixed = /^char\[(\d+)\]$/.exec(type);
  if (fixed !== null) return characters(Number(fixed[1]));
  const counted = /^(.+)<(\w+)>$/.exec(type);
  if (counted !== null) {
    const [, element = '', limit = ''] = counted;
    const max = limits[limit];
    if (max === undefined) throw new Error(`the type ${type} has no limit in limits.ts`);
    if (element === 'opaque') return opaque(max);
    if (element === 'char') return characterList(max);
    return array<unknown>(compileType(element), max);
  }
  const fields = tables[type];
  if (fields === undefined) throw new Error(`no such XDR type: ${type}`);
  return compileFields(fields);
}
