import type { Rdn } from './dn.ts';
import type { AttributeDescription } from './schema/attribute-type.ts';
import { includes } from './schema/attribute-type.ts';
import type { Schema } from './schema/schema.ts';
import { octetKey, type Value } from './value.ts';

/** An attribute of an entry. Immutable; never without values. */
export interface Attribute {
  readonly description: AttributeDescription;
  readonly values: readonly Value[];
  /** Of the values, by the type's equality rule; the same array as `values` where nothing is to be prepared. */
  readonly keys: readonly string[];
}

/** An entry. Immutable: a change makes another one. */
export interface Entry {
  /** Grows with each entry that is added; searches return entries in this order, as slapd does. */
  readonly id: number;
  /** The distinguished name as text, in the server's spelling. */
  readonly dn: string;
  readonly key: string;
  readonly rdn: Rdn;
  /** In the order in which they were added, operational ones included. */
  readonly attributes: readonly Attribute[];
}

/** By which values of one type are compared for identity; bytes if the type has no equality rule. */
export function equalityKey(description: AttributeDescription, value: Value, schema: Schema): string {
  return description.type.equality?.key(value, schema) ?? octetKey(value);
}

export function attributeOf(description: AttributeDescription, values: readonly Value[], schema: Schema): Attribute {
  const keys = values.map((value) => equalityKey(description, value, schema));
  // Most values are stored as they are compared: one array then serves for both.
  const same = keys.every((key, index) => key === values[index]);
  return { description, values: same ? keys : values, keys };
}

export function findAttribute(entry: Pick<Entry, 'attributes'>, key: string): Attribute | undefined {
  for (const attribute of entry.attributes) if (attribute.description.key === key) return attribute;
  return undefined;
}

/** The attributes that a description means: itself, its subtypes, and those with further options. */
export function attributesIncluded(entry: Pick<Entry, 'attributes'>, wanted: AttributeDescription): readonly Attribute[] {
  return entry.attributes.filter((attribute) => includes(wanted, attribute.description));
}

/** The same attributes with one replaced, added at the end, or (without values) taken away. */
export function withAttribute(
  attributes: readonly Attribute[],
  description: AttributeDescription,
  values: readonly Value[],
  schema: Schema,
): readonly Attribute[] {
  if (values.length === 0) return attributes.filter((attribute) => attribute.description.key !== description.key);
  const changed = attributeOf(description, values, schema);
  const at = attributes.findIndex((attribute) => attribute.description.key === description.key);
  return at < 0 ? [...attributes, changed] : attributes.with(at, changed);
}
