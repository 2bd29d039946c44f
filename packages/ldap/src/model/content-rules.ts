// RFC 4512 §2.4 and §2.6: what an entry must have and may have, in the order in which slapd checks it.
import { class_sets_max } from '../limits.ts';
import { type Condition, condition } from './condition.ts';
import type { Rdn } from './dn.ts';
import { type Attribute, findAttribute } from './entry.ts';
import type { AttributeType } from './schema/attribute-type.ts';
import type { ObjectClass } from './schema/object-class.ts';
import type { Schema } from './schema/schema.ts';

/** The names in objectClass; nothing else is a text there. */
export function classNames(attributes: readonly Attribute[]): readonly string[] {
  const names = findAttribute({ attributes }, 'objectclass')?.values ?? [];
  return names.filter((name) => typeof name === 'string');
}

/** The entry's structural class, by the name that the entry gives it. */
export function structuralClass(names: readonly string[], schema: Schema): ObjectClass | Condition {
  let structural: ObjectClass | undefined;
  for (const name of names) {
    const objectClass = schema.objectClass(name);
    if (objectClass === undefined) return condition('unknownClass', { objectClass: name });
    if (objectClass.kind !== 'STRUCTURAL' || structural?.lineage.has(objectClass)) continue;
    if (structural !== undefined && !objectClass.lineage.has(structural)) {
      return condition('unrelatedClasses', { one: structural.name, other: objectClass.name });
    }
    structural = objectClass;
  }
  return structural ?? condition('noStructuralClass', {});
}

/** What is wrong with an entry that has just been put together or changed. */
export function checkContent(attributes: readonly Attribute[], rdn: Rdn, schema: Schema): Condition | undefined {
  if (schema.lenient) return undefined;
  for (const { description, values } of attributes) {
    if (description.type.singleValue && values.length > 1) return condition('singleValued', { attribute: description.name });
  }
  const names = classNames(attributes);
  if (names.length === 0) return condition('noObjectClass', {});
  const structural = structuralClass(names, schema);
  if (!('lineage' in structural)) return structural;
  const declared = findAttribute({ attributes }, 'structuralobjectclass')?.values[0];
  if (typeof declared === 'string' && schema.objectClass(declared) !== structural) {
    return condition('structuralClassChanged', { from: declared, to: structural.name });
  }
  return checkNaming(attributes, rdn) ?? checkAttributes(attributes, names, schema);
}

/** RFC 4512 §2.3: the values in the RDN are values of the entry. */
function checkNaming(attributes: readonly Attribute[], rdn: Rdn): Condition | undefined {
  for (const ava of rdn.avas) {
    const attribute = findAttribute({ attributes }, ava.type.name.toLowerCase());
    if (attribute === undefined) return condition('namingAttributeMissing', { attribute: ava.type.name });
    if (!attribute.keys.includes(ava.key)) return condition('namingValueMissing', { attribute: ava.type.name });
  }
  return undefined;
}

function checkAttributes(attributes: readonly Attribute[], names: readonly string[], schema: Schema): Condition | undefined {
  const { required, allowed, extensible } = requirements(names, schema);
  for (const { type, objectClass } of required) {
    if (!attributes.some(({ description }) => description.type === type)) {
      return condition('attributeMissing', { objectClass: objectClass.name, attribute: type.name });
    }
  }
  if (extensible) return undefined;
  for (const { description } of attributes) {
    if (description.type.operational || allowed.has(description.type)) continue;
    return condition('attributeNotAllowed', { attribute: description.name });
  }
  return undefined;
}

/** What a set of object classes asks for, together with everything above them. */
interface Requirements {
  readonly required: readonly { readonly type: AttributeType; readonly objectClass: ObjectClass }[];
  readonly allowed: ReadonlySet<AttributeType>;
  /** RFC 4512 §4.3: any attribute is allowed. */
  readonly extensible: boolean;
}

/** Entries have few different sets of classes, so each is worked out once. */
const known = new WeakMap<Schema, Map<string, Requirements>>();

function requirements(names: readonly string[], schema: Schema): Requirements {
  let cache = known.get(schema);
  if (cache === undefined) {
    cache = new Map();
    known.set(schema, cache);
  }
  const key = names.join(' ');
  let found = cache.get(key);
  if (found === undefined) {
    if (cache.size >= class_sets_max) cache.clear();
    found = workOut(names, schema);
    cache.set(key, found);
  }
  return found;
}

function workOut(names: readonly string[], schema: Schema): Requirements {
  const classes = names.map((name) => schema.objectClass(name)).filter((each) => each !== undefined);
  const required: { type: AttributeType; objectClass: ObjectClass }[] = [];
  const allowed = new Set<AttributeType>();
  for (const objectClass of classes) {
    for (const { must, may } of objectClass.lineage) {
      for (const type of must.map((name) => schema.knownType(name)).filter((each) => each !== undefined)) {
        required.push({ type, objectClass });
        allowed.add(type);
      }
      for (const type of may.map((name) => schema.knownType(name)).filter((each) => each !== undefined)) allowed.add(type);
    }
  }
  return { required, allowed, extensible: classes.some(({ name }) => name === 'extensibleObject') };
}
