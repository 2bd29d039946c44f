// RFC 4511 §4.6 and RFC 4525 (increment): changes to the attributes of one entry, all or none.
import { type Condition, condition } from './condition.ts';
import { equalityKey } from './entry.ts';
import type { AttributeDescription } from './schema/attribute-type.ts';
import type { Schema } from './schema/schema.ts';
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
