import type { Entry } from './entry.ts';
import type { AttributeType } from './schema/attribute-type.ts';
import type { Schema } from './schema/schema.ts';

/** Keys of entries: most values belong to one entry, and a set for each would cost more than the entries. */
type Owners = string | Set<string>;

/** Finds entries by a value of one attribute type or of its subtypes. */
export class EqualityIndex {
  readonly #type: AttributeType;
  readonly #schema: Schema;
  readonly #owners = new Map<string, Owners>();

  constructor(type: AttributeType, schema: Schema) {
    this.#type = type;
    this.#schema = schema;
  }

  /** How many different values there are. */
  get size(): number {
    return this.#owners.size;
  }

  /** The keys of the entries that have a value whose key passes: far fewer to look at than entries. */
  *findMatching(matches: (valueKey: string) => boolean): Iterable<string> {
    for (const [valueKey, owners] of this.#owners) {
      if (!matches(valueKey)) continue;
      if (typeof owners === 'string') yield owners;
      else yield* owners;
    }
  }

  /** The keys of the entries that have a value with this key. */
  find(valueKey: string): Iterable<string> {
    const owners = this.#owners.get(valueKey);
    if (owners === undefined) return [];
    return typeof owners === 'string' ? [owners] : owners;
  }

  count(valueKey: string): number {
    const owners = this.#owners.get(valueKey);
    return owners === undefined ? 0 : typeof owners === 'string' ? 1 : owners.size;
  }

  changed(before: Entry | undefined, after: Entry | undefined): void {
    const old = before === undefined ? [] : this.#keysOf(before);
    const now = after === undefined ? [] : this.#keysOf(after);
    if (before?.key === after?.key && old.length === now.length && old.every((key, index) => key === now[index])) return;
    if (before !== undefined) for (const key of old) this.#remove(key, before.key);
    if (after !== undefined) for (const key of now) this.#insert(key, after.key);
  }

  #keysOf(entry: Entry): readonly string[] {
    const rule = this.#type.equality;
    if (rule === undefined) return [];
    const keys: string[] = [];
    for (const { description, keys: own, values } of entry.attributes) {
      if (!description.type.lineage.has(this.#type)) continue;
      if (description.type.equality === rule) keys.push(...own);
      else for (const value of values) keys.push(rule.key(value, this.#schema) ?? '');
    }
    return keys;
  }

  #insert(key: string, owner: string): void {
    const owners = this.#owners.get(key);
    if (owners === undefined || owners === owner) this.#owners.set(key, owner);
    else if (typeof owners === 'string') this.#owners.set(key, new Set([owners, owner]));
    else owners.add(owner);
  }

  #remove(key: string, owner: string): void {
    const owners = this.#owners.get(key);
    if (owners === owner) this.#owners.delete(key);
    else if (owners instanceof Set) {
      owners.delete(owner);
      if (owners.size === 0) this.#owners.delete(key);
    }
  }
}
