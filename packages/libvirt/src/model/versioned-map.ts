/** What one key's value was, and is. */
export interface Change<V> {
  readonly before: V | undefined;
  readonly after: V | undefined;
}

/** A moment of a {@link VersionedMap}: what changed since the moment before. */
export class MapVersion<V> {
  readonly parent: MapVersion<V> | undefined;
  readonly depth: number;
  readonly changes: ReadonlyMap<string, Change<V>>;

  constructor(parent: MapVersion<V> | undefined, changes: ReadonlyMap<string, Change<V>>) {
    this.parent = parent;
    this.depth = (parent?.depth ?? -1) + 1;
    this.changes = changes;
  }
}

/**
 * A map of immutable values that remembers moments. Reading costs what a `Map` costs; taking a version,
 * and going back to one, cost what changed in between. Versions form a tree: going back and on from there
 * starts a branch, and any version of any branch can be restored at any time.
 */
export class VersionedMap<V> {
  readonly #live = new Map<string, V>();
  #changes = new Map<string, Change<V>>();
  #version: MapVersion<V> = new MapVersion<V>(undefined, new Map());

  get size(): number {
    return this.#live.size;
  }

  get(key: string): V | undefined {
    return this.#live.get(key);
  }

  /** In the order in which they were first set; a restored key goes to the end. */
  values(): IterableIterator<V> {
    return this.#live.values();
  }

  set(key: string, value: V | undefined): void {
    const before = this.#live.get(key);
    if (before === value) return;
    const earlier = this.#changes.get(key);
    this.#changes.set(key, { before: earlier === undefined ? before : earlier.before, after: value });
    this.#put(key, value);
  }

  version(): MapVersion<V> {
    if (this.#changes.size > 0) {
      this.#version = new MapVersion(this.#version, this.#changes);
      this.#changes = new Map();
    }
    return this.#version;
  }

  /** Makes the map what it was, and returns what each key that is different now was and is. */
  restore(target: MapVersion<V>): ReadonlyMap<string, Change<V>> {
    const net = new Map<string, Change<V>>();
    const apply = (key: string, value: V | undefined): void => {
      const known = net.get(key);
      net.set(key, { before: known === undefined ? this.#live.get(key) : known.before, after: value });
      this.#put(key, value);
    };
    for (const [key, change] of this.#changes) apply(key, change.before);
    this.#changes = new Map();
    const redo: MapVersion<V>[] = [];
    let from: MapVersion<V> | undefined = this.#version;
    let to: MapVersion<V> | undefined = target;
    while (from !== to) {
      if (to === undefined || (from !== undefined && from.depth >= to.depth)) {
        for (const [key, change] of from?.changes ?? []) apply(key, change.before);
        from = from?.parent;
      } else {
        redo.push(to);
        to = to.parent;
      }
    }
    for (const version of redo.reverse()) for (const [key, change] of version.changes) apply(key, change.after);
    this.#version = target;
    for (const [key, change] of net) if (change.before === change.after) net.delete(key);
    return net;
  }

  #put(key: string, value: V | undefined): void {
    if (value === undefined) this.#live.delete(key);
    else this.#live.set(key, value);
  }
}
