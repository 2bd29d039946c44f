import type { Binding } from './binding.ts';

class Node {
  words: Map<string, Node> | undefined;
  star: Node | undefined;
  hash: Node | undefined;
  bindings: Set<Binding> | undefined;
  /** `#`: matches on and on. */
  readonly endless: boolean;
  /** The step that visited it last: it is looked at once a step, however many ways lead to it. */
  visited = 0;

  constructor(endless: boolean) {
    this.endless = endless;
  }

  get empty(): boolean {
    return this.words === undefined && this.star === undefined && this.hash === undefined && this.bindings === undefined;
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

  add(pattern: string, binding: Binding): void {
    let node = this.#root;
    for (const word of wordsOf(pattern)) node = descend(node, word);
    node.bindings ??= new Set();
    node.bindings.add(binding);
  }

  remove(pattern: string, binding: Binding): void {
    prune(this.#root, wordsOf(pattern), 0, binding);
  }

  match(key: string, visit: (binding: Binding) => void): void {
    let current: Node[] = [];
    this.#step++;
    this.#enter(this.#root, current);
    for (const word of wordsOf(key)) {
      const next: Node[] = [];
      this.#step++;
      for (const node of current) {
        if (node.endless) this.#enter(node, next);
        const exact = node.words?.get(word);
        if (exact !== undefined) this.#enter(exact, next);
        if (node.star !== undefined) this.#enter(node.star, next);
      }
      if (next.length === 0) return;
      current = next;
    }
    for (const node of current) if (node.bindings !== undefined) for (const binding of node.bindings) visit(binding);
  }

  /** A `#` below the node matches no words as well. */
  #enter(node: Node, into: Node[]): void {
    for (let here: Node | undefined = node; here !== undefined && here.visited !== this.#step; here = here.hash) {
      here.visited = this.#step;
      into.push(here);
    }
  }
}

/** The empty key has no words, as in RabbitMQ: `*` does not match it. */
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
  node.words ??= new Map();
  let child = node.words.get(word);
  if (child === undefined) {
    child = new Node(false);
    node.words.set(word, child);
  }
  return child;
}

/** A node that is left with nothing is unlinked, so that bindings that come and go leave no memory behind. */
function prune(node: Node, words: readonly string[], depth: number, binding: Binding): void {
  const word = words[depth];
  if (word === undefined) {
    node.bindings?.delete(binding);
    if (node.bindings?.size === 0) node.bindings = undefined;
    return;
  }
  const child = word === '*' ? node.star : word === '#' ? node.hash : node.words?.get(word);
  if (child === undefined) return;
  prune(child, words, depth + 1, binding);
  if (!child.empty) return;
  if (word === '*') node.star = undefined;
  else if (word === '#') node.hash = undefined;
  else {
    node.words?.delete(word);
    if (node.words?.size === 0) node.words = undefined;
  }
}
