// RFC 4511 §4.5.1.7: a filter is true, false or undefined (here: `undefined`) for an entry.
import { type Dn, parseDn } from './dn.ts';
import { type Attribute, attributesIncluded, type Entry } from './entry.ts';
import type { ExtensibleFilter, Filter, SubstringsFilter } from './filter.ts';
import { soundex } from './phonetics.ts';
import { type AttributeDescription, includes } from './schema/attribute-type.ts';
import { type MatchingRule, matchingRule } from './schema/matching-rule.ts';
import type { Schema } from './schema/schema.ts';
import type { Value } from './value.ts';

export type Truth = boolean | undefined;
export type Test = (entry: Entry) => Truth;

/** What a filter needs to know beyond the entry. */
export interface FilterContext {
  readonly schema: Schema;
  hasSubordinates(entry: Entry): boolean;
  /** In which entries whoever asks may compare this attribute; nothing if in all. Elsewhere items about it are undefined. */
  guard(attribute: AttributeDescription): ((entry: Entry) => boolean) | undefined;
}

const UNDEFINED: Test = () => undefined;

/** Looks everything up once that does not depend on the entry. */
export function compileFilter(filter: Filter, context: FilterContext): Test {
  switch (filter.is) {
    case 'and':
      return conjunction(filter.filters.map((each) => compileFilter(each, context)));
    case 'or':
      return disjunction(filter.filters.map((each) => compileFilter(each, context)));
    case 'not': {
      const test = compileFilter(filter.filter, context);
      return (entry) => {
        const truth = test(entry);
        return truth === undefined ? undefined : !truth;
      };
    }
    case 'extensible':
      return extensible(filter, context);
    default: {
      const description = context.schema.find(filter.attribute);
      if (description === undefined) return UNDEFINED;
      const test = item(filter, description, context);
      const guard = context.guard(description);
      return guard === undefined ? test : (entry) => (guard(entry) ? test(entry) : undefined);
    }
  }
}

function conjunction(tests: readonly Test[]): Test {
  return (entry) => {
    let result: Truth = true;
    for (const test of tests) {
      const truth = test(entry);
      if (truth === false) return false;
      if (truth === undefined) result = undefined;
    }
    return result;
  };
}

function disjunction(tests: readonly Test[]): Test {
  return (entry) => {
    let result: Truth = false;
    for (const test of tests) {
      const truth = test(entry);
      if (truth === true) return true;
      if (truth === undefined) result = undefined;
    }
    return result;
  };
}

type ItemFilter = Exclude<Filter, { is: 'and' | 'or' | 'not' | 'extensible' }>;

function item(filter: ItemFilter, description: AttributeDescription, context: FilterContext): Test {
  const computed = computedItem(filter, description, context);
  if (computed !== undefined) return computed;
  switch (filter.is) {
    case 'present':
      return description.key === 'objectclass' ? () => true : (entry) => attributesIncluded(entry, description).length > 0;
    case 'substrings':
      return substrings(filter, description, context.schema);
    case 'approximate':
      return approximate(filter.value, description, context.schema);
    case 'equality':
      return description.key === 'objectclass'
        ? objectClassIs(filter.value, context.schema)
        : equality(filter.value, description, description.type.equality, context.schema);
    default:
      return ordering(filter.is, filter.value, description, context.schema);
  }
}

/** Attributes that no entry stores (RFC 4512 §3.4, RFC 5020). */
function computedItem(filter: ItemFilter, description: AttributeDescription, context: FilterContext): Test | undefined {
  switch (description.key) {
    case 'hassubordinates':
      if (filter.is === 'present') return () => true;
      if (filter.is !== 'equality' || (filter.value !== 'TRUE' && filter.value !== 'FALSE')) return UNDEFINED;
      return (entry) => context.hasSubordinates(entry) === (filter.value === 'TRUE');
    case 'entrydn': {
      if (filter.is === 'present') return () => true;
      const key = filter.is === 'equality' ? description.type.equality?.key(filter.value, context.schema) : undefined;
      return key === undefined ? UNDEFINED : (entry) => entry.key === key;
    }
    default:
      return undefined;
  }
}

function equality(value: Value, description: AttributeDescription, rule: MatchingRule | undefined, schema: Schema): Test {
  const key = rule?.key(value, schema);
  if (rule === undefined || key === undefined) return UNDEFINED;
  return (entry) => {
    for (const attribute of entry.attributes) {
      if (!includes(description, attribute.description)) continue;
      if (keysBy(rule, attribute, schema).includes(key)) return true;
    }
    return false;
  };
}

function keysBy(rule: MatchingRule, attribute: Attribute, schema: Schema): readonly (string | undefined)[] {
  if (rule.key === attribute.description.type.equality?.key) return attribute.keys;
  return attribute.values.map((value) => rule.key(value, schema));
}

/** A class that an entry's classes are below counts as present (RFC 4512 §2.4.1). */
function objectClassIs(value: Value, schema: Schema): Test {
  const wanted = typeof value === 'string' ? schema.objectClass(value) : undefined;
  if (wanted === undefined) return schema.lenient ? equality(value, ...lenientObjectClass(schema)) : UNDEFINED;
  const description = schema.find('objectClass');
  if (description === undefined) return UNDEFINED;
  return (entry) =>
    attributesIncluded(entry, description).some((attribute) =>
      attribute.values.some((name) => typeof name === 'string' && (schema.objectClass(name)?.lineage.has(wanted) ?? false)),
    );
}

function lenientObjectClass(schema: Schema): [AttributeDescription, MatchingRule | undefined, Schema] {
  const description = schema.find('objectClass');
  if (description === undefined) throw new Error('the schema has no objectClass');
  return [description, description.type.equality, schema];
}

function ordering(is: 'greaterOrEqual' | 'lessOrEqual', value: Value, description: AttributeDescription, schema: Schema): Test {
  const rule = description.type.ordering;
  const bound = rule?.key(value, schema);
  if (rule === undefined || bound === undefined) return UNDEFINED;
  const sign = is === 'greaterOrEqual' ? 1 : -1;
  return (entry) =>
    attributesIncluded(entry, description).some((attribute) =>
      keysBy(rule, attribute, schema).some((key) => key !== undefined && rule.compare(key, bound) * sign >= 0),
    );
}

function substrings(filter: SubstringsFilter, description: AttributeDescription, schema: Schema): Test {
  const rule = description.type.substrings;
  const matches = rule === undefined ? undefined : substringMatcher(filter, rule);
  if (rule === undefined || matches === undefined) return UNDEFINED;
  return (entry) => {
    for (const attribute of entry.attributes) {
      if (!includes(description, attribute.description)) continue;
      for (const key of keysBy(rule, attribute, schema)) if (key !== undefined && matches(key)) return true;
    }
    return false;
  };
}

/** Whether a prepared value has these parts; nothing if the rule can't make anything of them. */
export function substringMatcher(filter: SubstringsFilter, rule: MatchingRule): ((key: string) => boolean) | undefined {
  const prepare = (part: Value | undefined): string | undefined => (part === undefined ? '' : rule.fragment(part));
  const initial = prepare(filter.initial);
  const final = prepare(filter.final);
  const any = filter.any.map(prepare).filter((part) => part !== undefined);
  if (initial === undefined || final === undefined || any.length < filter.any.length) return undefined;
  return (key) => {
    if (!key.startsWith(initial)) return false;
    let at = initial.length;
    for (const part of any) {
      const found = key.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return key.length - final.length >= at && key.endsWith(final);
  };
}

function approximate(value: Value, description: AttributeDescription, schema: Schema): Test {
  const { equality: rule } = description.type;
  // Only names and descriptions sound like anything.
  if (!rule?.name.startsWith('caseIgnore') || typeof value !== 'string') return equality(value, description, rule, schema);
  const wanted = soundex(value);
  const sounds = (text: Value): boolean => {
    if (typeof text !== 'string') return false;
    const words = soundex(text);
    let at = 0;
    return wanted.every((word) => {
      const found = words.indexOf(word, at);
      at = found + 1;
      return found >= 0;
    });
  };
  return (entry) => attributesIncluded(entry, description).some((attribute) => attribute.values.some(sounds));
}

const AND_RULE = 'integerBitAndMatch';

function extensible(filter: ExtensibleFilter, context: FilterContext): Test {
  const { schema } = context;
  const description = filter.attribute === undefined ? undefined : schema.find(filter.attribute);
  if (filter.attribute !== undefined && description === undefined) return UNDEFINED;
  const rule = filter.rule === undefined ? description?.type.equality : matchingRule(filter.rule);
  if (rule === undefined) return UNDEFINED;
  const key = rule.key(filter.value, schema);
  if (key === undefined) return UNDEFINED;
  const matches = matcher(rule, key);
  return (entry) => {
    const chosen =
      description === undefined ? entry.attributes.filter((each) => compares(rule, each)) : attributesIncluded(entry, description);
    const allowed = chosen.filter((attribute) => context.guard(attribute.description)?.(entry) ?? true);
    if (allowed.some((attribute) => keysBy(rule, attribute, schema).some((each) => each !== undefined && matches(each)))) return true;
    if (filter.dnAttributes && inDn(parseDn(entry.dn, schema), description, rule, matches, schema)) return true;
    return description !== undefined && chosen.length > 0 && allowed.length === 0 ? undefined : false;
  };
}

/** Without an attribute, a rule is tried on the types that use it. */
function compares(rule: MatchingRule, attribute: Attribute): boolean {
  const { type } = attribute.description;
  return type.equality === rule || (type.equality?.syntax === rule.syntax && !type.operational);
}

function matcher(rule: MatchingRule, key: string): (other: string) => boolean {
  if (rule.use !== 'bits') return (other) => rule.compare(other, key) === 0;
  const mask = BigInt(key);
  return rule.name === AND_RULE ? (other) => (BigInt(other) & mask) === mask : (other) => (BigInt(other) & mask) !== 0n;
}

function inDn(
  dn: Dn | undefined,
  description: AttributeDescription | undefined,
  rule: MatchingRule,
  matches: (key: string) => boolean,
  schema: Schema,
): boolean {
  return (dn?.rdns ?? []).some((rdn) =>
    rdn.avas.some((ava) => {
      if (description !== undefined && !ava.type.lineage.has(description.type)) return false;
      const key = rule.key(ava.value, schema);
      return key !== undefined && matches(key);
    }),
  );
}
