import { type Condition, condition } from './condition.ts';
import { type Attribute, attributeOf, equalityKey } from './entry.ts';
import type { CheckedAttribute, CheckedChange } from './modification.ts';
import type { AttributeDescription } from './schema/attribute-type.ts';
import type { Schema } from './schema/schema.ts';
import { INTEGER_SYNTAX } from './schema/syntax.ts';
import type { Value } from './value.ts';

/** An attribute that was changed: its values by their keys, in their order. */
interface Changed {
  readonly description: AttributeDescription;
  readonly byKey: Map<string, Value>;
}

/**
 * The attributes of one entry while changes are applied to them (RFC 4511 §4.6). A change costs what it changes, not
 * what is there: one modification can have a hundred thousand, each of one value.
 */
export class AttributesDraft {
  readonly #schema: Schema;
  readonly #attributes: Map<string, Attribute | Changed>;

  constructor(attributes: readonly Attribute[], schema: Schema) {
    this.#schema = schema;
    this.#attributes = new Map(attributes.map((attribute) => [attribute.description.key, attribute]));
  }

  /** What stands against it, if anything does; the draft is then of no use. */
  apply(change: CheckedChange): Condition | undefined {
    switch (change.kind) {
      case 'add':
        return this.#add(change);
      case 'delete':
        return this.#delete(change);
      case 'replace':
        // slapd deletes and adds: what is replaced goes to the end.
        this.#attributes.delete(change.description.key);
        if (change.values.length > 0) this.#put(change);
        return undefined;
      case 'increment':
        return this.#increment(change);
    }
  }

  finish(): readonly Attribute[] {
    return Array.from(this.#attributes.values(), (attribute) =>
      'byKey' in attribute ? attributeOf(attribute.description, [...attribute.byKey.values()], this.#schema) : attribute,
    );
  }

  #add(change: CheckedAttribute): Condition | undefined {
    const { description, values } = change;
    const existing = this.#open(description);
    if (existing === undefined) {
      this.#put(change);
      return undefined;
    }
    const attribute = description.name;
    if (description.type.equality === undefined && !this.#schema.lenient) return condition('noEqualityRule', { change: 'add', attribute });
    const keys = values.map((value) => this.#keyOf(description, value));
    const index = keys.findIndex((key) => existing.has(key));
    if (index >= 0) return condition('valueExists', { attribute, index });
    for (const [at, key] of keys.entries()) existing.set(key, values[at] ?? '');
    return undefined;
  }

  #delete({ description, values }: CheckedAttribute): Condition | undefined {
    const attribute = description.name;
    if (values.length > 0 && description.type.equality === undefined && !this.#schema.lenient) {
      return condition('noEqualityRule', { change: 'delete', attribute });
    }
    const existing = this.#open(description);
    if (existing === undefined) return condition('noSuchAttribute', { change: 'delete', attribute });
    const gone = values.map((value) => this.#keyOf(description, value));
    if (gone.some((key) => !existing.has(key))) return condition('noSuchValue', { attribute });
    for (const key of gone) existing.delete(key);
    if (values.length === 0 || existing.size === 0) this.#attributes.delete(description.key);
    return undefined;
  }

  #increment({ description, values }: CheckedAttribute): Condition | undefined {
    const attribute = description.name;
    const by = values[0];
    if (description.type.syntax.oid !== INTEGER_SYNTAX || by === undefined) return condition('notIncrementable', { attribute });
    const existing = this.#attributes.get(description.key);
    if (existing === undefined) return condition('noSuchAttribute', { change: 'increment', attribute });
    const before = 'byKey' in existing ? [...existing.byKey.values()] : existing.values;
    // The lenient mode lets anything into integers.
    if (!isInteger(by) || !before.every(isInteger)) return condition('notIncrementable', { attribute });
    this.#put({ description, values: before.map((value) => String(BigInt(value) + BigInt(by))) });
    return undefined;
  }

  /** The values of an attribute, open for changes. */
  #open(description: AttributeDescription): Map<string, Value> | undefined {
    const attribute = this.#attributes.get(description.key);
    if (attribute === undefined) return undefined;
    return 'byKey' in attribute ? attribute.byKey : this.#put(attribute);
  }

  #put({ description, values }: CheckedAttribute): Map<string, Value> {
    const byKey = new Map(values.map((value): [string, Value] => [this.#keyOf(description, value), value]));
    this.#attributes.set(description.key, { description, byKey });
    return byKey;
  }

  #keyOf(description: AttributeDescription, value: Value): string {
    return equalityKey(description, value, this.#schema);
  }
}

function isInteger(value: Value): value is string {
  return typeof value === 'string' && /^-?\d+$/.test(value);
}
