/** A state of a {@link VersionedMap}: what changed since its parent. Only the map looks inside. */
export class Version<K, V> {
  readonly parent: Version<K, V> | undefined;
  readonly depth: number;
  readonly changes: Map<K, { readonly before: V | undefined; readonly after: V | undefined }> = new Map();

  constructor(parent: Version<K, V> | undefined) {
    this.parent = parent;
    this.depth = parent === undefined ? 0 : parent.depth + 1;
  }
}

/**
 * A map of immutable values that remembers marked states.
 *
 * Its states form a tree; each knows how it differs from its parent. Marking costs nothing, and going
 * from any state to any other costs the changes on the way, not the size of the map. A state's
 * changes are bounded by the keys that exist in it or in its parent.
 */
export class VersionedMap<K, V> {
  readonly #entries = new Map<K, V>();
  readonly #root: Version<K, V> = new Version<K, V>(undefined);
  readonly #changed: (key: K, before: V | undefined, after: V | undefined) => void;
  /** Not marked yet: takes the changes. */
  #open: Version<K, V> = new Version<K, V>(this.#root);

  /** `changed` hears of every change, also of those that {@link restore} makes. */
  constructor(changed: (key: K, before: V | undefined, after: V | undefined) => void) {
    this.#changed = changed;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  keys(): IterableIterator<K> {
    return this.#entries.keys();
  }

  values(): IterableIterator<V> {
    return this.#entries.values();
  }

  /** `undefined` takes the key away. */
  set(key: K, after: V | undefined): void {
    const { changes } = this.#open;
    const recorded = changes.get(key);
    const before = recorded === undefined ? this.#entries.get(key) : recorded.before;
    if (before === after) changes.delete(key);
    else changes.set(key, { before, after });
    this.#put(key, after);
  }

  /** The state as it is now. */
  mark(): Version<K, V> {
    const { parent, changes } = this.#open;
    if (changes.size === 0 && parent !== undefined) return parent;
    const marked = this.#open;
    this.#open = new Version(marked);
    return marked;
  }

  /** Back, or forth, to a marked state. False if it belongs to another map. */
  restore(target: Version<K, V>): boolean {
    const down: Version<K, V>[] = [];
    const up: Version<K, V>[] = [];
    let from: Version<K, V> | undefined = this.#open;
    let to: Version<K, V> | undefined = target;
    while (from !== to) {
      if (from === undefined || to === undefined) return false;
      if (from.depth >= to.depth) {
        up.push(from);
        from = from.parent;
      } else {
        down.push(to);
        to = to.parent;
      }
    }
    for (const version of up) for (const [key, { before }] of version.changes) this.#put(key, before);
    for (const version of down.reverse()) for (const [key, { after }] of version.changes) this.#put(key, after);
    this.#open = new Version(target);
    return true;
  }

  /** Back to nothing. */
  reset(): void {
    this.restore(this.#root);
  }

  #put(key: K, after: V | undefined): void {
    const before = this.#entries.get(key);
    if (before === after) return;
    if (after === undefined) this.#entries.delete(key);
    else this.#entries.set(key, after);
    this.#changed(key, before, after);
  }
}
