import { type Version, VersionedMap } from '@wirelike/kernel';
import { index_from_entries, indexed_types_max } from '../limits.ts';
import { isBelow, parentKey } from './dn.ts';
import type { Entry } from './entry.ts';
import { EqualityIndex } from './equality-index.ts';
import type { Filter } from './filter.ts';
import { type Indexed, QueryPlanner } from './query-plan.ts';
import type { AttributeType } from './schema/attribute-type.ts';
import type { Schema } from './schema/schema.ts';

export type Scope = 'base' | 'one' | 'sub' | 'children';

const NOBODY: ReadonlySet<string> = new Set();

/** The entries by name, and what is derived from them: who is below whom, their order, and the indexes. */
export class EntryStore {
  readonly #schema: Schema;
  readonly #suffix: string;
  readonly #planner: QueryPlanner;
  readonly #entries: VersionedMap<string, Entry>;
  readonly #children = new Map<string, Set<string>>();
  readonly #indexes = new Map<AttributeType, EqualityIndex>();
  /** All entries by id; absent after a change. */
  #inOrder: readonly Entry[] | undefined;

  /** `suffix` is the key of the entry that all others are below. */
  constructor(schema: Schema, suffix: string) {
    this.#schema = schema;
    this.#suffix = suffix;
    this.#planner = new QueryPlanner(schema, (attribute) => this.#indexFor(attribute));
    this.#entries = new VersionedMap((key, before, after) => this.#changed(key, before, after));
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  /** `undefined` takes the entry away. */
  set(key: string, entry: Entry | undefined): void {
    this.#entries.set(key, entry);
  }

  hasChildren(key: string): boolean {
    return this.#children.has(key);
  }

  mark(): Version<string, Entry> {
    return this.#entries.mark();
  }

  restore(version: Version<string, Entry>): boolean {
    return this.#entries.restore(version);
  }

  clear(): void {
    for (const key of [...this.#entries.keys()]) this.#entries.set(key, undefined);
  }

  /** Back to nothing, as if nothing had ever been there. */
  reset(): void {
    this.#entries.reset();
  }

  all(): readonly Entry[] {
    this.#inOrder ??= byId([...this.#entries.values()]);
    return this.#inOrder;
  }

  /** The entries within a scope, by id. */
  within(base: Entry, scope: Scope): readonly Entry[] {
    if (scope === 'base') return [base];
    if (scope === 'one') return byId(this.#read(this.#children.get(base.key) ?? NOBODY));
    if (!this.#children.has(base.key)) return scope === 'sub' ? [base] : [];
    if (scope === 'sub' && base.key === this.#suffix) return this.all();
    const found: Entry[] = scope === 'sub' ? [base] : [];
    this.#collect(base.key, found);
    return byId(found);
  }

  /**
   * The entries within a scope that can match a filter, by id. Builds the indexes that the filter can use;
   * nobody has to configure any.
   */
  candidates(base: Entry, scope: Scope, filter: Filter): readonly Entry[] {
    if (scope === 'base' || this.#entries.size < index_from_entries) return this.within(base, scope);
    const plan = this.#planner.plan(filter);
    if (plan === undefined || plan.cost >= this.#entries.size) return this.within(base, scope);
    return byId(this.#read(new Set(plan.find())).filter((entry) => inScope(entry.key, base.key, scope)));
  }

  #indexFor(attribute: string): Indexed | undefined {
    const type = this.#schema.find(attribute)?.type;
    const rule = type?.equality;
    // Superclasses of an entry's classes match too, and what is computed is stored nowhere.
    if (type === undefined || rule === undefined || COMPUTED.has(type.name)) return undefined;
    let index = this.#indexes.get(type);
    if (index === undefined) {
      if (this.#indexes.size >= indexed_types_max) return undefined;
      index = new EqualityIndex(type, this.#schema);
      for (const entry of this.#entries.values()) index.changed(undefined, entry);
      this.#indexes.set(type, index);
    }
    return { index, rule };
  }

  #read(keys: Iterable<string>): Entry[] {
    const entries: Entry[] = [];
    for (const key of keys) {
      const entry = this.#entries.get(key);
      if (entry !== undefined) entries.push(entry);
    }
    return entries;
  }

  #collect(key: string, into: Entry[]): void {
    const waiting = [key];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      for (const entry of this.#read(this.#children.get(next) ?? NOBODY)) {
        into.push(entry);
        if (this.#children.has(entry.key)) waiting.push(entry.key);
      }
    }
  }

  #changed(key: string, before: Entry | undefined, after: Entry | undefined): void {
    this.#inOrder = undefined;
    for (const index of this.#indexes.values()) index.changed(before, after);
    if (before !== undefined && after !== undefined) return;
    const parent = parentKey(key);
    const siblings = this.#children.get(parent);
    if (after !== undefined) {
      if (siblings === undefined) this.#children.set(parent, new Set([key]));
      else siblings.add(key);
    } else if (siblings !== undefined) {
      siblings.delete(key);
      if (siblings.size === 0) this.#children.delete(parent);
    }
  }
}

const COMPUTED: ReadonlySet<string> = new Set(['objectClass', 'entryDN', 'hasSubordinates', 'subschemaSubentry']);

function inScope(key: string, base: string, scope: Scope): boolean {
  if (scope === 'one') return parentKey(key) === base;
  return isBelow(key, base) || (scope === 'sub' && key === base);
}

/** Changes replace entries in place, so nearly always they are in order already. */
function byId(entries: Entry[]): readonly Entry[] {
  for (let index = 1; index < entries.length; index++) {
    if ((entries[index - 1]?.id ?? 0) > (entries[index]?.id ?? 0)) return entries.sort((one, other) => one.id - other.id);
  }
  return entries;
}
