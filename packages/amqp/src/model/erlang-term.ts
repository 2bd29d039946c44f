import type { ErlangTerm } from './erlang-hash.ts';
import { byName, FIELD_TYPE_NAMES, type Field, type Table } from './field-table.ts';

/*
 * What clients send, as Erlang terms (rabbit_binary_parser:parse_table/1): a table is a list of
 * `{Name, Type, Value}`, an array one of `{Type, Value}`.
 */

export const UNDEFINED: ErlangTerm = { is: 'atom', name: 'undefined' };

export function binary(value: string | Uint8Array): ErlangTerm {
  return { is: 'binary', value: Buffer.from(value) };
}

/** In the order of the names, as bindings have their arguments (rabbit_misc:sort_field_table/1). */
export function sortedTableTerm(table: Table): ErlangTerm {
  return tableTerm(byName(table));
}

export function typedTerm(field: Field): ErlangTerm {
  return { is: 'tuple', items: [typeName(field), valueTerm(field)] };
}

export function valueTerm(field: Field): ErlangTerm {
  switch (field.type) {
    case 't':
      return { is: 'atom', name: String(field.value) };
    case 'f':
    case 'd':
      return { is: 'float', value: field.value };
    case 'S':
    case 'x':
      return binary(field.value);
    case 'D':
      return { is: 'tuple', items: [integer(field.value.scale), integer(field.value.unscaled)] };
    case 'A':
      return { is: 'list', items: field.value.map(typedTerm) };
    case 'F':
      return tableTerm(field.value);
    case 'V':
      return UNDEFINED;
    default:
      return integer(field.value);
  }
}

/** A timestamp as message containers have it, in milliseconds. */
export function timestamp(seconds: bigint): ErlangTerm {
  return { is: 'integer', value: seconds * 1_000n };
}

/** Erlang's `=:=`, since Erlang 27, where -0.0 is not 0.0. */
export function sameTerm(one: ErlangTerm, other: ErlangTerm): boolean {
  return compared(one, other, Object.is);
}

/** Erlang's `==`, for which 1 and 1.0 are the same. */
export function equalTerm(one: ErlangTerm, other: ErlangTerm): boolean {
  if (one.is === 'integer' && other.is === 'float') return Number(one.value) === other.value;
  if (one.is === 'float' && other.is === 'integer') return one.value === Number(other.value);
  return compared(one, other, (float, another) => float === another, equalTerm);
}

function compared(
  one: ErlangTerm,
  other: ErlangTerm,
  sameFloats: (one: number, other: number) => boolean,
  within: (one: ErlangTerm, other: ErlangTerm) => boolean = sameTerm,
): boolean {
  switch (one.is) {
    case 'atom':
      return other.is === 'atom' && one.name === other.name;
    case 'binary':
      return other.is === 'binary' && Buffer.compare(one.value, other.value) === 0;
    case 'float':
      return other.is === 'float' && sameFloats(one.value, other.value);
    case 'integer':
      return other.is === 'integer' && one.value === other.value;
    case 'list':
    case 'tuple':
      return other.is === one.is && sameTerms(one.items, other.items, within);
  }
}

function sameTerms(
  one: readonly ErlangTerm[],
  other: readonly ErlangTerm[],
  same: (one: ErlangTerm, other: ErlangTerm) => boolean,
): boolean {
  return (
    one.length === other.length &&
    one.every((term, index) => {
      const counterpart = other[index];
      return counterpart !== undefined && same(term, counterpart);
    })
  );
}

function tableTerm(table: Table): ErlangTerm {
  const items = Array.from(
    table,
    ([name, field]): ErlangTerm => ({ is: 'tuple', items: [binary(name), typeName(field), valueTerm(field)] }),
  );
  return { is: 'list', items };
}

function typeName({ type }: Field): ErlangTerm {
  return { is: 'atom', name: FIELD_TYPE_NAMES[type] };
}

function integer(value: number | bigint): ErlangTerm {
  return { is: 'integer', value: BigInt(value) };
}
