import type { Binding } from './binding.ts';
import type { MessageHeader } from './message.ts';
import { TopicTrie } from './topic-trie.ts';

/** How an exchange type finds the bindings that a message takes. */
export interface Routing {
  /** The routing key alone decides, so that routes can be remembered. */
  readonly byKey: boolean;
  /** CC and BCC do not take part, or all keys at once. */
  readonly firstKeyOnly: boolean;
  add(binding: Binding): void;
  remove(binding: Binding): void;
  /** `keys`: those of CC and BCC, too, if there are any; the routing key is the first of them. */
  route(routingKey: string, header: MessageHeader, visit: (binding: Binding) => void, keys?: readonly string[]): void;
}

/** The binding key is the routing key. */
export class DirectRouting implements Routing {
  readonly byKey = true;
  readonly firstKeyOnly = false;
  readonly #bindings = new Map<string, Set<Binding>>();

  add(binding: Binding): void {
    const same = this.#bindings.get(binding.routingKey);
    if (same === undefined) this.#bindings.set(binding.routingKey, new Set([binding]));
    else same.add(binding);
  }

  remove(binding: Binding): void {
    const same = this.#bindings.get(binding.routingKey);
    same?.delete(binding);
    if (same?.size === 0) this.#bindings.delete(binding.routingKey);
  }

  route(routingKey: string, _header: MessageHeader, visit: (binding: Binding) => void): void {
    this.#bindings.get(routingKey)?.forEach(visit);
  }
}

/** All bindings, always. */
export class FanoutRouting implements Routing {
  readonly byKey = true;
  readonly firstKeyOnly = false;
  readonly #bindings = new Set<Binding>();

  add(binding: Binding): void {
    this.#bindings.add(binding);
  }

  remove(binding: Binding): void {
    this.#bindings.delete(binding);
  }

  route(_routingKey: string, _header: MessageHeader, visit: (binding: Binding) => void): void {
    this.#bindings.forEach(visit);
  }
}

/** Binding keys are patterns. */
export class TopicRouting implements Routing {
  readonly byKey = true;
  readonly firstKeyOnly = false;
  readonly #trie = new TopicTrie();

  add(binding: Binding): void {
    this.#trie.add(binding.routingKey, binding);
  }

  remove(binding: Binding): void {
    this.#trie.remove(binding.routingKey, binding);
  }

  route(routingKey: string, _header: MessageHeader, visit: (binding: Binding) => void): void {
    this.#trie.match(routingKey, visit);
  }
}
