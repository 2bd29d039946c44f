// RFC 4511 §4.10.
import { mayRead } from './access.ts';
import { type Condition, condition } from './condition.ts';
import { type Attribute, attributesIncluded, type Entry } from './entry.ts';
import type { Identity } from './identity.ts';
import type { Schema } from './schema/schema.ts';
import type { Value } from './value.ts';

export function compareValue(
  entry: Entry,
  identity: Identity,
  name: string,
  value: Value,
  context: { readonly schema: Schema; hasSubordinates(entry: Entry): boolean },
): boolean | Condition {
  const { schema } = context;
  const description = schema.describe(name);
  if (typeof description === 'string') return condition('attributeUnknown', {});
  const { type } = description;
  if (type.equality === undefined) return condition('notComparable', {});
  const key = schema.validate(type, value) ? type.equality.key(value, schema) : undefined;
  if (key === undefined) return condition('invalidAssertion', {});
  if (!mayRead(identity, entry.key, type)) return condition('accessDenied', { to: 'entry' });
  if (description.key === 'hassubordinates') return (key === 'TRUE') === context.hasSubordinates(entry);
  if (description.key === 'entrydn') return condition('comparisonUnsupported', { attribute: description.name });
  const attributes = attributesIncluded(entry, description);
  if (description.key === 'objectclass') return isOfClass(attributes, value, schema);
  return attributes.length === 0 ? condition('attributeAbsent', {}) : attributes.some((attribute) => attribute.keys.includes(key));
}

/** Superclasses of an entry's classes count as present (RFC 4512 §2.4.1). */
function isOfClass(attributes: readonly Attribute[], value: Value, schema: Schema): boolean {
  const wanted = typeof value === 'string' ? schema.objectClass(value) : undefined;
  return attributes.some(({ values }) =>
    values.some(
      (name) => typeof name === 'string' && (wanted === undefined ? name === value : schema.objectClass(name)?.lineage.has(wanted)),
    ),
  );
}
