import type { Binding } from './binding.ts';

/** Most nodes have one child and one binding, and there may be hundreds of thousands: neither gets a collection before a second comes. */
class Node {
  /** `#`: matches on and on. */
  readonly endless: boolean;
  /** The step that visited it last: it is looked at once a step, however many ways lead to it. */
  visited = 0;
  star: Node | undefined = undefined;
  hash: Node | undefined = undefined;
  #word: string | undefined = undefined;
  #child: Node | undefined = undefined;
  #children: Map<string, Node> | undefined = undefined;
  #binding: Binding | undefined = undefined;
  #bindings: Set<Binding> | undefined = undefined;

  constructor(endless: boolean) {
    this.endless = endless;
  }

  get empty(): boolean {
    return this.#child === undefined && this.#children === undefined && this.#binding === undefined && !this.star && !this.hash;
  }

  child(word: string): Node | undefined {
    return this.#children === undefined ? (this.#word === word ? this.#child : undefined) : this.#children.get(word);
  }

  addChild(word: string): Node {
    const child = new Node(false);
    if (this.#children !== undefined) this.#children.set(word, child);
    else if (this.#child === undefined || this.#word === undefined) {
      this.#word = word;
      this.#child = child;
    } else {
      this.#children = new Map([
        [this.#word, this.#child],
        [word, child],
      ]);
      this.#word = undefined;
      this.#child = undefined;
    }
    return child;
  }

  removeChild(word: string): void {
    if (this.#children !== undefined) {
      this.#children.delete(word);
      if (this.#children.size === 0) this.#children = undefined;
    } else if (this.#word === word) {
      this.#word = undefined;
      this.#child = undefined;
    }
  }

  bind(binding: Binding): void {
    if (this.#binding === undefined) this.#binding = binding;
    else {
      this.#bindings ??= new Set();
      this.#bindings.add(binding);
    }
  }

  unbind(binding: Binding): void {
    this.#bindings?.delete(binding);
    if (this.#binding === binding) {
      this.#binding = this.#bindings?.values().next().value;
      if (this.#binding !== undefined) this.#bindings?.delete(this.#binding);
    }
    if (this.#bindings?.size === 0) this.#bindings = undefined;
  }

  visit(visit: (binding: Binding) => void): void {
    if (this.#binding !== undefined) visit(this.#binding);
    this.#bindings?.forEach(visit);
  }
}

/**
 * Topic patterns by word: `*` is one word, `#` any number of them (AMQP 0-9-1 §3.1.3.3).
 *
 * Matching walks all patterns at once, word by word, so its cost follows the key's words and the patterns
 * that still fit, never the number of bindings; and `#.a.#.a.#` can't make it explode.
 */
export class TopicTrie {
  readonly #root = new Node(false);
  #step = 0;
  // The nodes reached so far and those reached with the next word, of which `#entered` count; reused, because
  // every message needs them.
  #current: Node[] = [];
  #next: Node[] = [];
  #entered = 0;

  add(pattern: string, binding: Binding): void {
    let node = this.#root;
    for (const word of wordsOf(pattern)) node = descend(node, word);
    node.bind(binding);
  }

  remove(pattern: string, binding: Binding): void {
    prune(this.#root, wordsOf(pattern), 0, binding);
  }

  match(key: string, visit: (binding: Binding) => void): void {
    this.#step++;
    this.#enter(this.#root, this.#current, 0);
    let count = this.#entered;
    // The empty key has no words, as in RabbitMQ: `*` does not match it.
    for (let start = 0, end = 0; end < key.length || start > 0; start = end + 1) {
      end = key.indexOf('.', start);
      if (end < 0) end = key.length;
      count = this.#advance(key.slice(start, end), count);
      if (count === 0 || end === key.length) break;
    }
    for (let index = 0; index < count; index++) this.#current[index]?.visit(visit);
  }

  /** From the first `count` current nodes on to those that the word leads to. Returns how many these are. */
  #advance(word: string, count: number): number {
    const current = this.#current;
    const next = this.#next;
    this.#step++;
    this.#entered = 0;
    for (let index = 0; index < count; index++) {
      const node = current[index];
      if (node === undefined) break;
      if (node.endless) this.#enter(node, next, this.#entered);
      const exact = node.child(word);
      if (exact !== undefined) this.#enter(exact, next, this.#entered);
      if (node.star !== undefined) this.#enter(node.star, next, this.#entered);
    }
    this.#next = current;
    this.#current = next;
    return this.#entered;
  }

  /** A `#` below the node matches no words as well. */
  #enter(node: Node, into: Node[], at: number): void {
    let count = at;
    for (let here: Node | undefined = node; here !== undefined && here.visited !== this.#step; here = here.hash) {
      here.visited = this.#step;
      into[count++] = here;
    }
    this.#entered = count;
  }
}

function wordsOf(key: string): readonly string[] {
  return key === '' ? [] : key.split('.');
}

function descend(node: Node, word: string): Node {
  if (word === '*') {
    node.star ??= new Node(false);
    return node.star;
  }
  if (word === '#') {
    node.hash ??= new Node(true);
    return node.hash;
  }
  return node.child(word) ?? node.addChild(word);
}

/** A node that is left with nothing is unlinked, so that bindings that come and go leave no memory behind. */
function prune(node: Node, words: readonly string[], depth: number, binding: Binding): void {
  const word = words[depth];
  if (word === undefined) {
    node.unbind(binding);
    return;
  }
  const child = word === '*' ? node.star : word === '#' ? node.hash : node.child(word);
  if (child === undefined) return;
  prune(child, words, depth + 1, binding);
  if (!child.empty) return;
  if (word === '*') node.star = undefined;
  else if (word === '#') node.hash = undefined;
  else node.removeChild(word);
}
