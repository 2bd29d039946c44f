import type { Random } from '@wirelike/kernel';
import type { Binding } from './binding.ts';
import type { Condition } from './condition.ts';
import type { ProposedBinding } from './exchange-type.ts';
import type { MessageHeader } from './message.ts';
import { QUEUE_TYPE_MODULES } from './queue-arguments.ts';
import type { Routing } from './routing.ts';

/**
 * The `x-local-random` type (rabbit_exchange_type_local_random): any one of the classic queues on the node that a client is
 * connected to. There is one node.
 */
export class LocalRandomRouting implements Routing {
  readonly byKey = false;
  readonly firstKeyOnly = true;
  readonly #random: Random;
  readonly #bindings = new Set<Binding>();
  #list: readonly Binding[] | undefined;

  constructor(random: Random) {
    this.#random = random;
  }

  add(binding: Binding): void {
    this.#bindings.add(binding);
    this.#list = undefined;
  }

  remove(binding: Binding): void {
    this.#bindings.delete(binding);
    this.#list = undefined;
  }

  route(_routingKey: string, _header: MessageHeader, visit: (binding: Binding) => void): void {
    this.#list ??= [...this.#bindings];
    const { length } = this.#list;
    const binding = this.#list[length < 2 ? 0 : this.#random.integer(length)];
    if (binding !== undefined) visit(binding);
  }
}

/** Only classic queues may be bound to it, and without a key. */
export function checkLocalBinding({ routingKey, destination }: ProposedBinding): Condition | undefined {
  if (routingKey !== '') return { kind: 'binding-key-given', key: routingKey };
  if (destination.kind === 'exchange') return { kind: 'destination-is-no-queue' };
  return destination.type === 'classic' ? undefined : { kind: 'destination-type', queueType: QUEUE_TYPE_MODULES[destination.type] };
}
