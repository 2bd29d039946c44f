// RFC 4512 §3.4, RFC 4530 (entryUUID), and OpenLDAP's entryCSN: what the server itself writes into entries.
import { type Attribute, attributeOf, type Entry, findAttribute } from './entry.ts';
import type { Schema } from './schema/schema.ts';
import type { Value } from './value.ts';

export interface Stamp {
  /** 20240229120000Z */
  readonly time: string;
  /** 20240229120000.123456Z#000000#000#000000 */
  readonly csn: string;
  readonly name: string;
}

/** Counts the changes within one moment, so that every change has a number of its own. */
export class Stamps {
  #last = '';
  #count = 0;

  /** `now` in milliseconds since 1970, with fractions. */
  next(now: number, name: string): Stamp {
    const text = new Date(now).toISOString().replace(/[-:T]/g, '');
    const time = `${text.slice(0, 14)}Z`;
    const microseconds = String(Math.floor(now * 1_000) % 1_000_000).padStart(6, '0');
    const moment = `${text.slice(0, 14)}.${microseconds}Z`;
    this.#count = moment === this.#last ? this.#count + 1 : 0;
    this.#last = moment;
    return { time, csn: `${moment}#${this.#count.toString(16).padStart(6, '0')}#000#000000`, name };
  }
}

function operational(schema: Schema, pairs: readonly (readonly [string, Value])[]): Attribute[] {
  return pairs.flatMap(([name, value]) => {
    const description = schema.find(name);
    return description === undefined ? [] : [attributeOf(description, [value], schema)];
  });
}

/** What a new entry gets, in slapd's order. */
export function creationAttributes(stamp: Stamp, uuid: string, schema: Schema): readonly Attribute[] {
  return operational(schema, [
    ['entryUUID', uuid],
    ['creatorsName', stamp.name],
    ['createTimestamp', stamp.time],
    ['entryCSN', stamp.csn],
    ['modifiersName', stamp.name],
    ['modifyTimestamp', stamp.time],
  ]);
}

/** The attributes of a changed entry with who and when. */
export function modified(attributes: readonly Attribute[], stamp: Stamp, schema: Schema): readonly Attribute[] {
  const fresh = operational(schema, [
    ['entryCSN', stamp.csn],
    ['modifiersName', stamp.name],
    ['modifyTimestamp', stamp.time],
  ]);
  const keys = new Set(fresh.map(({ description }) => description.key));
  // slapd puts them at the end again.
  return [...attributes.filter(({ description }) => !keys.has(description.key)), ...fresh];
}

export const SUBSCHEMA_DN = 'cn=Subschema';

/** What is not stored: it follows from where the entry is. */
export function computedAttributes(entry: Entry, hasSubordinates: boolean | undefined, schema: Schema): readonly Attribute[] {
  const pairs: [string, string][] = [
    ['entryDN', entry.dn],
    ['subschemaSubentry', SUBSCHEMA_DN],
  ];
  if (hasSubordinates !== undefined) pairs.push(['hasSubordinates', hasSubordinates ? 'TRUE' : 'FALSE']);
  return operational(schema, pairs).filter(({ description }) => findAttribute(entry, description.key) === undefined);
}
