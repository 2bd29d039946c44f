/** Below this many remembered states it is not worth looking for those that can go. */
const prune_min_states = 16;

/** A value, and when its key came, counted in keys. It keeps its place when the value is replaced, and gets it back by a restore. */
interface Slot<V> {
  readonly value: V;
  readonly place: number;
}

/** What became of a key between a state and its parent, or `undefined` where there is nothing. */
interface Change<V> {
  readonly before: Slot<V> | undefined;
  readonly after: Slot<V> | undefined;
}

/** A state: how it differs from its parent. */
class Node<K, V> {
  parent: Node<K, V> | undefined;
  /** Greater than its parent's. */
  readonly depth: number;
  changes: Map<K, Change<V>> = new Map();
  /** What whoever marked the state holds. A state that nobody holds any more is only a step between others. */
  version: WeakRef<Version<K, V>> | undefined;

  constructor(parent: Node<K, V> | undefined) {
    this.parent = parent;
    this.depth = parent === undefined ? 0 : parent.depth + 1;
  }

  /** Takes over how `parent` differs from its own parent. Nobody else may need it. */
  absorbParent(parent: Node<K, V>): void {
    const [earlier, later] = [parent.changes, this.changes];
    // Into the larger of the two: along a chain of many each change is moved a few times only.
    const into = earlier.size > later.size ? earlier : later;
    for (const key of (into === earlier ? later : earlier).keys()) {
      const [first, last] = [earlier.get(key) ?? later.get(key), later.get(key) ?? earlier.get(key)];
      if (first?.before === last?.after) into.delete(key);
      else into.set(key, { before: first?.before, after: last?.after });
    }
    this.changes = into;
    this.parent = parent.parent;
  }
}

/** A marked state of a {@link VersionedMap}. Only the map looks inside. */
export class Version<K, V> {
  readonly node: Node<K, V>;

  constructor(node: Node<K, V>) {
    this.node = node;
  }
}

/**
 * A map of immutable values that remembers marked states, for as long as somebody holds them.
 *
 * Its states form a tree; each knows how it differs from its parent. Marking costs nothing, and going
 * from any state to any other costs the changes on the way, not the size of the map. A state's
 * changes are bounded by the keys that exist in it or in its parent.
 */
export class VersionedMap<K, V> {
  readonly #entries = new Map<K, Slot<V>>();
  readonly #root: Node<K, V> = new Node<K, V>(undefined);
  readonly #changed: (key: K, before: V | undefined, after: V | undefined) => void;
  /** Not marked yet: takes the changes. */
  #open: Node<K, V> = new Node<K, V>(this.#root);
  #places = 0;
  /** States that were marked; their versions may be gone. */
  #marked: Node<K, V>[] = [];
  #retained = 2;
  #prune_from_states: number = prune_min_states;

  /** `changed` hears of every change, also of those that {@link restore} makes. */
  constructor(changed: (key: K, before: V | undefined, after: V | undefined) => void) {
    this.#changed = changed;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    return this.#entries.get(key)?.value;
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  keys(): IterableIterator<K> {
    return this.#entries.keys();
  }

  *values(): IterableIterator<V> {
    for (const { value } of this.#entries.values()) yield value;
  }

  /** `undefined` takes the key away. */
  set(key: K, value: V | undefined): void {
    const { changes } = this.#open;
    const recorded = changes.get(key);
    const current = this.#entries.get(key);
    const before = recorded === undefined ? current : recorded.before;
    const after = this.#slot(value, current, before);
    if (before === after) changes.delete(key);
    else changes.set(key, { before, after });
    this.#put(key, after);
  }

  /** States that the map remembers, with those that nobody can go back to and that were not dropped yet. */
  get retained(): number {
    return this.#retained;
  }

  /** The state as it is now. */
  mark(): Version<K, V> {
    const { parent, changes } = this.#open;
    if (changes.size === 0 && parent !== undefined) return this.#versionOf(parent);
    const marked = this.#open;
    if (this.#retained >= this.#prune_from_states) this.#prune();
    this.#branch(marked);
    return this.#versionOf(marked);
  }

  /** Back, or forth, to a marked state. False if it belongs to another map. */
  restore(target: Version<K, V>): boolean {
    return this.#restore(target.node);
  }

  /** Back to nothing. */
  reset(): void {
    this.#restore(this.#root);
  }

  #restore(target: Node<K, V>): boolean {
    const down: Node<K, V>[] = [];
    const up: Node<K, V>[] = [];
    let from: Node<K, V> | undefined = this.#open;
    let to: Node<K, V> | undefined = target;
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
    const goal = new Map<K, Slot<V> | undefined>();
    for (const node of up) for (const [key, { before }] of node.changes) goal.set(key, before);
    for (const node of down.reverse()) for (const [key, { after }] of node.changes) goal.set(key, after);
    this.#apply(goal);
    this.#retained -= 1;
    this.#branch(target);
    return true;
  }

  /**
   * Each key once, in the order in which the keys came: not in that of the changes, because which of them were merged
   * meanwhile depends on the garbage collector.
   */
  #apply(goal: ReadonlyMap<K, Slot<V> | undefined>): void {
    const puts: { readonly key: K; readonly after: Slot<V> | undefined; readonly place: number }[] = [];
    for (const [key, after] of goal) {
      const before = this.#entries.get(key);
      if (before !== after) puts.push({ key, after, place: (before ?? after)?.place ?? 0 });
    }
    puts.sort((one, other) => one.place - other.place);
    for (const { key, after } of puts) this.#put(key, after);
  }

  #branch(from: Node<K, V>): void {
    this.#open = new Node(from);
    this.#retained += 1;
  }

  #versionOf(node: Node<K, V>): Version<K, V> {
    const known = node.version?.deref();
    if (known !== undefined) return known;
    const version = new Version(node);
    if (node.version === undefined) this.#marked.push(node);
    node.version = new WeakRef(version);
    return version;
  }

  /** Drops the states that nobody can get to, and merges those that are only on the way to one other into that one. */
  #prune(): void {
    this.#marked = this.#marked.filter((node) => {
      if (node.version?.deref() === undefined) node.version = undefined;
      return node.version !== undefined;
    });
    const reached = new Set([this.#root]);
    const followers = new Map<Node<K, V>, number>();
    for (const start of [this.#open, ...this.#marked]) {
      for (let node: Node<K, V> | undefined = start; node !== undefined && !reached.has(node); node = node.parent) {
        reached.add(node);
        if (node.parent !== undefined) followers.set(node.parent, (followers.get(node.parent) ?? 0) + 1);
      }
    }
    for (const node of reached) {
      for (let { parent } = node; parent?.parent !== undefined; { parent } = node) {
        if (parent.version !== undefined || followers.get(parent) !== 1) break;
        node.absorbParent(parent);
        reached.delete(parent);
      }
    }
    this.#retained = reached.size;
    this.#prune_from_states = Math.max(prune_min_states, 2 * reached.size);
  }

  /** The slot for a value: the one that has it already, or a new one in the same place. */
  #slot(value: V | undefined, current: Slot<V> | undefined, before: Slot<V> | undefined): Slot<V> | undefined {
    if (value === undefined) return undefined;
    if (before?.value === value) return before;
    if (current?.value === value) return current;
    return { value, place: (current ?? before)?.place ?? this.#places++ };
  }

  #put(key: K, after: Slot<V> | undefined): void {
    const before = this.#entries.get(key);
    if (before === after) return;
    if (after === undefined) this.#entries.delete(key);
    else this.#entries.set(key, after);
    if (before?.value !== after?.value) this.#changed(key, before?.value, after?.value);
  }
}
