// RFC 4514: distinguished names as text, and RFC 4518 by way of each type's matching rule: when they are equal.
import { dn_cache_max_names, dn_cache_name_max_characters, dn_max_bytes } from '../limits.ts';
import type { AttributeType } from './schema/attribute-type.ts';
import type { Schema } from './schema/schema.ts';
import { octetKey, type Value } from './value.ts';

export interface Ava {
  readonly type: AttributeType;
  readonly value: Value;
  /** Of the value, by the type's equality rule. */
  readonly key: string;
}

export interface Rdn {
  /** Sorted by type, as slapd does. */
  readonly avas: readonly Ava[];
  readonly text: string;
  readonly key: string;
}

export interface Dn {
  /** The entry's own first, the suffix last. */
  readonly rdns: readonly Rdn[];
  /** As slapd returns it: the server's names of types, specials escaped as `\2C`. */
  readonly text: string;
  /** The same for all spellings. Contains no comma but those between RDNs. */
  readonly key: string;
}

export const ROOT_DN: Dn = { rdns: [], text: '', key: '' };

const caches = new WeakMap<Schema, Map<string, Dn>>();

/** `undefined` if it is no DN, or names an attribute type that the schema doesn't know. */
export function parseDn(text: string, schema: Schema): Dn | undefined {
  if (text === '') return ROOT_DN;
  if (text.length > dn_max_bytes || Buffer.byteLength(text) > dn_max_bytes) return undefined;
  let cache = caches.get(schema);
  if (cache === undefined) {
    cache = new Map();
    caches.set(schema, cache);
  }
  const cached = cache.get(text);
  if (cached !== undefined) return cached;
  const dn = new DnReader(text, schema).read();
  if (dn === undefined || text.length > dn_cache_name_max_characters) return dn;
  if (cache.size >= dn_cache_max_names) cache.clear();
  cache.set(text, dn);
  return dn;
}

export function dnOf(rdns: readonly Rdn[]): Dn {
  return { rdns, text: rdns.map((rdn) => rdn.text).join(','), key: rdns.map((rdn) => rdn.key).join(',') };
}

/** Whether the entry at `key` is below the one at `ancestor`. */
export function isBelow(key: string, ancestor: string): boolean {
  return ancestor === ''
    ? key !== ''
    : key.length > ancestor.length && key.endsWith(ancestor) && key[key.length - ancestor.length - 1] === ',';
}

/** The key of the entry above. */
export function parentKey(key: string): string {
  const comma = key.indexOf(',');
  return comma < 0 ? '' : key.slice(comma + 1);
}

const ATTRIBUTE = /\s*(?:oid\.)?([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)*)\s*=[ \n]*/iy;
/** Anything but the characters that must be escaped (RFC 4514 §2.4), or an escape. */
const STRING = /(?:[^\\,;+"<>\0]|\\[0-9A-Fa-f]{2}|\\[ "#+,;<=>\\])*/y;
const QUOTED = /"((?:[^\\"]|\\[0-9A-Fa-f]{2}|\\[ "#+,;<=>\\])*)"\s*/y;

class DnReader {
  readonly #text: string;
  readonly #schema: Schema;
  #at = 0;

  constructor(text: string, schema: Schema) {
    this.#text = text;
    this.#schema = schema;
  }

  read(): Dn | undefined {
    const rdns: Rdn[] = [];
    for (;;) {
      const rdn = this.#rdn();
      if (rdn === undefined) return undefined;
      rdns.push(rdn);
      if (this.#at === this.#text.length) return dnOf(rdns);
      const separator = this.#text[this.#at++];
      // The semicolon is from RFC 1779; slapd still takes it.
      if (separator !== ',' && separator !== ';') return undefined;
    }
  }

  #rdn(): Rdn | undefined {
    const avas: Ava[] = [];
    for (;;) {
      const ava = this.#ava();
      if (ava === undefined || avas.some((other) => other.type === ava.type)) return undefined;
      avas.push(ava);
      if (this.#text[this.#at] !== '+') return rdnOf(avas);
      this.#at += 1;
    }
  }

  #ava(): Ava | undefined {
    const name = this.#match(ATTRIBUTE)?.[1];
    if (name === undefined) return undefined;
    const type = this.#schema.find(name)?.type;
    const value = this.#value();
    if (type === undefined || value === undefined || !this.#schema.validate(type, value)) return undefined;
    const key = type.equality === undefined ? octetKey(value) : type.equality.key(value, this.#schema);
    return key === undefined ? undefined : { type, value: this.#schema.pretty(type, value), key };
  }

  #value(): Value | undefined {
    const quoted = this.#match(QUOTED)?.[1];
    if (quoted !== undefined) return unescaped(quoted);
    // `#` starts a BER encoding, which slapd refuses for every type that it knows as a string.
    if (this.#text[this.#at] === '#') return undefined;
    return unescaped(withoutTrailingSpace(this.#match(STRING)?.[0] ?? ''));
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#at += match[0].length;
    return match;
  }
}

/** Spaces around a separator mean nothing, unless they are escaped. */
function withoutTrailingSpace(raw: string): string {
  // Not by regular expressions: those would look at every run of spaces, and of backslashes, from each of its characters.
  let end = raw.length;
  while (raw[end - 1] === ' ' || raw[end - 1] === '\n') end -= 1;
  if (end === raw.length) return raw;
  const trimmed = raw.slice(0, end);
  while (raw[end - 1] === '\\') end -= 1;
  return (trimmed.length - end) % 2 === 1 ? `${trimmed} ` : trimmed;
}

function unescaped(text: string): Value {
  if (!text.includes('\\')) return text;
  const encoder = new TextEncoder();
  const bytes: number[] = [];
  for (const part of text.match(/\\[0-9A-Fa-f]{2}|\\.|[^\\]+/gs) ?? []) {
    if (part.length === 3 && part[0] === '\\') bytes.push(Number.parseInt(part.slice(1), 16));
    else bytes.push(...encoder.encode(part[0] === '\\' ? part.slice(1) : part));
  }
  const octets = Uint8Array.from(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    return octets;
  }
}

/** An RDN of these values. */
export function rdnOf(avas: readonly Ava[]): Rdn {
  const sorted =
    avas.length === 1 ? avas : [...avas].sort((one, other) => (one.type.name.toLowerCase() < other.type.name.toLowerCase() ? -1 : 1));
  return {
    avas: sorted,
    text: sorted.map((ava) => `${ava.type.name}=${escapeValue(ava.value)}`).join('+'),
    key: sorted.map((ava) => `${ava.type.name.toLowerCase()}=${escapeText(ava.key)}`).join('+'),
  };
}

function escapeValue(value: Value): string {
  if (typeof value === 'string') return escapeText(value);
  return Array.from(value, hex).join('');
}

/** As slapd's dn2str: hexadecimal for specials, for a leading space or `#`, for a trailing space. */
function escapeText(text: string): string {
  return text.replace(/[\0",+;<=>\\]|^[ #]|(?!^) $/g, (character) => hex(character.charCodeAt(0)));
}

function hex(byte: number): string {
  return `\\${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
