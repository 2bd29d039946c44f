import type { Binding } from './binding.ts';
import { portableHash } from './erlang-hash.ts';
import { binary } from './erlang-term.ts';
import type { MessageHeader } from './message.ts';
import type { Routing } from './routing.ts';

/**
 * The `x-modulus-hash` type (rabbit_exchange_type_modulus_hash): the hash of a message's routing keys chooses one of the
 * destinations, which are in the order of their names. Binding keys mean nothing; who is bound twice gets twice as much.
 */
export class ModulusHashRouting implements Routing {
  readonly byKey = true;
  readonly firstKeyOnly = true;
  readonly #bindings = new Set<Binding>();
  #sorted: readonly Binding[] | undefined;

  add(binding: Binding): void {
    this.#bindings.add(binding);
    this.#sorted = undefined;
  }

  remove(binding: Binding): void {
    this.#bindings.delete(binding);
    this.#sorted = undefined;
  }

  route(routingKey: string, _header: MessageHeader, visit: (binding: Binding) => void, keys: readonly string[] = [routingKey]): void {
    this.#sorted ??= [...this.#bindings].sort(byDestination);
    if (this.#sorted.length === 0) return;
    const hash = portableHash({ is: 'list', items: keys.map(binary) });
    const binding = this.#sorted[hash % this.#sorted.length];
    if (binding !== undefined) visit(binding);
  }
}

/** As Erlang sorts resources: exchanges before queues, then byte by byte. */
function byDestination({ destination: one }: Binding, { destination: other }: Binding): number {
  if (one.kind !== other.kind) return one.kind === 'exchange' ? -1 : 1;
  return Buffer.compare(Buffer.from(one.name), Buffer.from(other.name));
}
