// RFC 4512 §3.4, RFC 4530 (entryUUID), and OpenLDAP's entryCSN: what the server itself writes into entries.
import { shared_attributes_max } from '../limits.ts';
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
  #second = Number.NaN;
  #digits = '';

  /** `now` in milliseconds since 1970, with fractions. */
  next(now: number, name: string): Stamp {
    const second = Math.floor(now / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#digits = new Date(second * 1_000).toISOString().replace(/[-:T]/g, '').slice(0, 14);
    }
    const microseconds = String(Math.floor((now - second * 1_000) * 1_000)).padStart(6, '0');
    const moment = `${this.#digits}.${microseconds}Z`;
    this.#count = moment === this.#last ? this.#count + 1 : 0;
    this.#last = moment;
    return { time: `${this.#digits}Z`, csn: `${moment}#${this.#count.toString(16).padStart(6, '0')}#000#000000`, name };
  }
}

function operational(schema: Schema, pairs: readonly (readonly [string, Value])[]): Attribute[] {
  return pairs.flatMap(([name, value]) => {
    const description = schema.find(name);
    return description === undefined ? [] : [attributeOf(description, [value], schema)];
  });
}

const shared = new WeakMap<Schema, Map<string, Attribute>>();

/** An attribute that many entries have alike: they share one object. */
export function sharedAttribute(schema: Schema, name: string, value: string): Attribute | undefined {
  let cache = shared.get(schema);
  if (cache === undefined) {
    cache = new Map();
    shared.set(schema, cache);
  }
  const key = `${name}=${value}`;
  const found = cache.get(key) ?? operational(schema, [[name, value]])[0];
  if (found === undefined) return undefined;
  if (cache.size >= shared_attributes_max) cache.clear();
  cache.set(key, found);
  return found;
}

function present(attributes: readonly (Attribute | undefined)[]): readonly Attribute[] {
  return attributes.filter((attribute) => attribute !== undefined);
}

/** What a new entry gets, in slapd's order. */
export function creationAttributes(stamp: Stamp, uuid: string, schema: Schema): readonly Attribute[] {
  return present([
    ...operational(schema, [['entryUUID', uuid]]),
    sharedAttribute(schema, 'creatorsName', stamp.name),
    sharedAttribute(schema, 'createTimestamp', stamp.time),
    ...operational(schema, [['entryCSN', stamp.csn]]),
    sharedAttribute(schema, 'modifiersName', stamp.name),
    sharedAttribute(schema, 'modifyTimestamp', stamp.time),
  ]);
}

/** The attributes of a changed entry with who and when. */
export function modified(attributes: readonly Attribute[], stamp: Stamp, schema: Schema): readonly Attribute[] {
  const fresh = present([
    ...operational(schema, [['entryCSN', stamp.csn]]),
    sharedAttribute(schema, 'modifiersName', stamp.name),
    sharedAttribute(schema, 'modifyTimestamp', stamp.time),
  ]);
  // slapd puts them at the end again.
  return [...attributes.filter(({ description }) => !fresh.some((each) => each.description.key === description.key)), ...fresh];
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
