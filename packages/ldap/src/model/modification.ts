// RFC 4511 §4.6 and RFC 4525 (increment): changes to the attributes of one entry, all or none.
import { type Condition, condition } from './condition.ts';
import { type Attribute, equalityKey, findAttribute, withAttribute } from './entry.ts';
import type { AttributeDescription } from './schema/attribute-type.ts';
import type { Schema } from './schema/schema.ts';
import { INTEGER_SYNTAX } from './schema/syntax.ts';
import type { Value } from './value.ts';

export type ChangeKind = 'add' | 'delete' | 'replace' | 'increment';

/** As a client sends it. */
export interface Change {
  readonly kind: ChangeKind | 'unknown';
  readonly attribute: string;
  readonly values: readonly Value[];
}

/** An attribute with values, as a client sends it. */
export interface GivenAttribute {
  readonly name: string;
  readonly values: readonly Value[];
}

export interface CheckedAttribute {
  readonly description: AttributeDescription;
  /** In the server's spelling. */
  readonly values: readonly Value[];
}

export interface CheckedChange extends CheckedAttribute {
  readonly kind: ChangeKind;
}

/** What can be said about values before looking at any entry. */
export function checkValues(given: GivenAttribute, schema: Schema): CheckedAttribute | Condition {
  const description = schema.describe(given.name);
  if (typeof description === 'string') return condition('badDescription', { name: given.name, problem: description });
  const { type } = description;
  const attribute = description.name;
  const invalid = given.values.findIndex((value) => !schema.validate(type, value));
  if (invalid >= 0) return condition('invalidValue', { attribute, index: invalid });
  if (type.singleValue && given.values.length > 1 && !schema.lenient) return condition('severalValues', { attribute });
  const repeated = findRepeated(given.values.map((value) => equalityKey(description, value, schema)));
  if (repeated >= 0) return condition('repeatedValue', { attribute, index: repeated });
  return { description, values: given.values.map((value) => schema.pretty(type, value)) };
}

/** The index of the first of two equal keys. */
function findRepeated(keys: readonly string[]): number {
  if (keys.length < 2) return -1;
  const last = new Map(keys.map((key, index) => [key, index]));
  return keys.findIndex((key, index) => last.get(key) !== index);
}

/** Changes as far as they can be judged without the entry. */
export function checkChanges(changes: readonly Change[], schema: Schema): readonly CheckedChange[] | Condition {
  const checked: CheckedChange[] = [];
  for (const { kind, attribute, values } of changes) {
    if (kind === 'unknown') return condition('unknownChange', {});
    if ((kind === 'add' || kind === 'increment') && values.length === 0) return condition('valuesMissing', { change: kind });
    if (kind === 'increment' && values.length > 1) return condition('oneValueExpected', {});
    const given = checkValues({ name: attribute, values }, schema);
    if ('details' in given) return given;
    if (given.description.type.noUserModification) return condition('notForUsers', { attribute: given.description.name });
    checked.push({ kind, ...given });
  }
  return checked;
}

export function applyChange(attributes: readonly Attribute[], change: CheckedChange, schema: Schema): readonly Attribute[] | Condition {
  switch (change.kind) {
    case 'add':
      return addValues(attributes, change, schema);
    case 'delete':
      return deleteValues(attributes, change, schema);
    case 'replace':
      // slapd deletes and adds: what is replaced goes to the end.
      return withAttribute(withAttribute(attributes, change.description, [], schema), change.description, change.values, schema);
    case 'increment':
      return increment(attributes, change, schema);
  }
}

function addValues(attributes: readonly Attribute[], change: CheckedAttribute, schema: Schema): readonly Attribute[] | Condition {
  const { description, values } = change;
  const existing = findAttribute({ attributes }, description.key);
  if (existing === undefined) return withAttribute(attributes, description, values, schema);
  const attribute = description.name;
  if (description.type.equality === undefined && !schema.lenient) return condition('noEqualityRule', { change: 'add', attribute });
  const index = values.findIndex((value) => existing.keys.includes(equalityKey(description, value, schema)));
  if (index >= 0) return condition('valueExists', { attribute, index });
  return withAttribute(attributes, description, [...existing.values, ...values], schema);
}

function deleteValues(attributes: readonly Attribute[], change: CheckedAttribute, schema: Schema): readonly Attribute[] | Condition {
  const { description, values } = change;
  const attribute = description.name;
  const existing = findAttribute({ attributes }, description.key);
  if (values.length > 0 && description.type.equality === undefined && !schema.lenient) {
    return condition('noEqualityRule', { change: 'delete', attribute });
  }
  if (existing === undefined) return condition('noSuchAttribute', { change: 'delete', attribute });
  if (values.length === 0) return withAttribute(attributes, description, [], schema);
  const gone = new Set(values.map((value) => equalityKey(description, value, schema)));
  if ([...gone].some((key) => !existing.keys.includes(key))) return condition('noSuchValue', { attribute });
  const left = existing.values.filter((_, index) => !gone.has(existing.keys[index] ?? ''));
  return withAttribute(attributes, description, left, schema);
}

function increment(attributes: readonly Attribute[], change: CheckedAttribute, schema: Schema): readonly Attribute[] | Condition {
  const { description } = change;
  const attribute = description.name;
  const by = change.values[0];
  if (description.type.syntax.oid !== INTEGER_SYNTAX || by === undefined) return condition('notIncrementable', { attribute });
  const existing = findAttribute({ attributes }, description.key);
  if (existing === undefined) return condition('noSuchAttribute', { change: 'increment', attribute });
  // The lenient mode lets anything into integers.
  const isInteger = (value: Value): value is string => typeof value === 'string' && /^-?\d+$/.test(value);
  if (!isInteger(by) || !existing.values.every(isInteger)) return condition('notIncrementable', { attribute });
  const sums = existing.values.map((value) => String(BigInt(value) + BigInt(by)));
  return withAttribute(attributes, description, sums, schema);
}
