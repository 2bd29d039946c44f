// RFC 4511 §4.5.1.7: filters in BER.
import protocol from '@ldapjs/protocol';
import { filter_depth_max } from '../limits.ts';
import type { BerReader, Value } from './ber-reader.ts';
import { SEQUENCE } from './ber-reader.ts';

export type WireFilter =
  | { readonly is: 'and' | 'or'; readonly filters: readonly WireFilter[] }
  | { readonly is: 'not'; readonly filter: WireFilter }
  | { readonly is: 'present'; readonly attribute: string }
  | { readonly is: 'equality' | 'greaterOrEqual' | 'lessOrEqual' | 'approximate'; readonly attribute: string; readonly value: Value }
  | {
      readonly is: 'substrings';
      readonly attribute: string;
      readonly initial: Value | undefined;
      readonly any: readonly Value[];
      readonly final: Value | undefined;
    }
  | {
      readonly is: 'extensible';
      readonly rule: string | undefined;
      readonly attribute: string | undefined;
      readonly value: Value;
      readonly dnAttributes: boolean;
    };

const TAGS = protocol.search;
const ASSERTIONS: ReadonlyMap<number, 'equality' | 'greaterOrEqual' | 'lessOrEqual' | 'approximate'> = new Map([
  [TAGS.FILTER_EQUALITY, 'equality'],
  [TAGS.FILTER_GE, 'greaterOrEqual'],
  [TAGS.FILTER_LE, 'lessOrEqual'],
  [TAGS.FILTER_APPROX, 'approximate'],
]);

/** What slapd makes of a filter that it can't understand: neither true nor false for any entry, for no attribute has this name. */
const UNDEFINED: WireFilter = { is: 'present', attribute: '' };

/** Broken BER makes the reader fail; the result is then of no use. */
export function readFilter(reader: BerReader, depth = 0): WireFilter {
  const { tag } = reader;
  if (depth > filter_depth_max) reader.fail();
  const assertion = ASSERTIONS.get(tag);
  if (assertion !== undefined) return readAssertion(reader, tag, assertion);
  switch (tag) {
    case TAGS.FILTER_AND:
    case TAGS.FILTER_OR:
      return readSet(reader, tag, depth);
    case TAGS.FILTER_NOT: {
      const outer = reader.enter(tag);
      const filter = readFilter(reader, depth + 1);
      reader.leave(outer);
      return { is: 'not', filter };
    }
    case TAGS.FILTER_PRESENT:
      return { is: 'present', attribute: reader.text(tag) };
    case TAGS.FILTER_SUBSTRINGS:
      return readSubstrings(reader);
    case TAGS.FILTER_EXT:
      return readExtensible(reader);
    default:
      reader.skip();
      return UNDEFINED;
  }
}

function readSet(reader: BerReader, tag: number, depth: number): WireFilter {
  const filters: WireFilter[] = [];
  const outer = reader.enter(tag);
  while (reader.more) filters.push(readFilter(reader, depth + 1));
  reader.leave(outer);
  return { is: tag === TAGS.FILTER_AND ? 'and' : 'or', filters };
}

function readAssertion(reader: BerReader, tag: number, is: 'equality' | 'greaterOrEqual' | 'lessOrEqual' | 'approximate'): WireFilter {
  const outer = reader.enter(tag);
  const attribute = reader.text();
  const value = reader.value();
  reader.leave(outer);
  return { is, attribute, value };
}

const INITIAL = 0x80;
const ANY = 0x81;
const FINAL = 0x82;

function readSubstrings(reader: BerReader): WireFilter {
  const outer = reader.enter(TAGS.FILTER_SUBSTRINGS);
  const attribute = reader.text();
  let initial: Value | undefined;
  let final: Value | undefined;
  const any: Value[] = [];
  const list = reader.enter(SEQUENCE);
  let valid = reader.more;
  while (reader.more) {
    const { tag } = reader;
    const part = reader.value(tag);
    // The first is the only one that may be initial, and nothing comes after the final one.
    if (final !== undefined || (tag === INITIAL && (initial !== undefined || any.length > 0))) valid = false;
    if (tag === INITIAL) initial = part;
    else if (tag === ANY) any.push(part);
    else if (tag === FINAL) final = part;
    else valid = false;
  }
  reader.leave(list);
  reader.leave(outer);
  if (!valid) return UNDEFINED;
  return { is: 'substrings', attribute, initial, any, final };
}

const MATCHING_RULE = 0x81;
const TYPE = 0x82;
const MATCH_VALUE = 0x83;
const DN_ATTRIBUTES = 0x84;

function readExtensible(reader: BerReader): WireFilter {
  const outer = reader.enter(TAGS.FILTER_EXT);
  const rule = reader.tag === MATCHING_RULE ? reader.text(MATCHING_RULE) : undefined;
  const attribute = reader.tag === TYPE ? reader.text(TYPE) : undefined;
  const value = reader.value(MATCH_VALUE);
  const dnAttributes = reader.tag === DN_ATTRIBUTES ? reader.boolean(DN_ATTRIBUTES) : false;
  reader.leave(outer);
  if (rule === undefined && attribute === undefined) return UNDEFINED;
  return { is: 'extensible', rule, attribute, value, dnAttributes };
}
