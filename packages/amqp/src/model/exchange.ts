import { Binding, bindingIdentity } from './binding.ts';
import type { DelayedMessages } from './delayed-messages.ts';
import { exchangeTypeOf } from './exchange-type.ts';
import { stringOf, type Table } from './field-table.ts';
import type { MessageHeader } from './message.ts';
import type { Policy } from './policy.ts';
import type { Queue } from './queue.ts';
import { refuse } from './refusal.ts';
import { RouteCache } from './route-cache.ts';
import type { Routing } from './routing.ts';
import type { BindingSnapshot } from './snapshot.ts';
import { ExchangeStats } from './stats.ts';
import type { VirtualHost } from './virtual-host.ts';

export interface ExchangeProperties {
  readonly name: string;
  readonly type: string;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly internal: boolean;
  readonly arguments: Table;
}

export class Exchange implements ExchangeProperties {
  readonly kind = 'exchange';
  readonly vhost: VirtualHost;
  readonly name: string;
  readonly type: string;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly internal: boolean;
  readonly arguments: Table;
  /** The user who declared it. */
  readonly creator: string;
  /** Bindings with this exchange as the source, by identity. */
  readonly bindings: Map<string, Binding> = new Map();
  /** Bindings with this exchange as the destination. */
  readonly incoming: Set<Binding> = new Set();
  readonly stats: ExchangeStats = new ExchangeStats();
  /** Messages that wait, for exchanges of the delayed type. */
  readonly delayed: DelayedMessages | undefined;
  policy: Policy | undefined;
  deleted = false;
  readonly routes: RouteCache;
  readonly #routing: Routing;
  #alternate: string | undefined;
  #bindingSnapshot: readonly BindingSnapshot[] | undefined;

  constructor(vhost: VirtualHost, properties: ExchangeProperties, creator: string) {
    this.vhost = vhost;
    this.routes = new RouteCache(vhost.routeBudget);
    this.name = properties.name;
    this.type = properties.type;
    this.durable = properties.durable;
    this.autoDelete = properties.autoDelete;
    this.internal = properties.internal;
    this.arguments = properties.arguments;
    this.creator = creator;
    const type = exchangeTypeOf(this.type);
    this.#routing = type.routing(this.arguments, vhost.release, vhost.broker.random);
    this.delayed = type.delays ? vhost.delayedMessages(this) : undefined;
    this.applyPolicy(undefined);
  }

  /** The exchange that gets what this one can't route. */
  get alternate(): string | undefined {
    return this.#alternate;
  }

  get byKey(): boolean {
    return this.delayed === undefined && this.#routing.byKey;
  }

  get firstKeyOnly(): boolean {
    return this.#routing.firstKeyOnly;
  }

  /** The argument of the declaration wins over the policy (rabbit_policy:get_arg/3). */
  applyPolicy(policy: Policy | undefined): void {
    this.policy = policy;
    const byPolicy = policy?.definition['alternate-exchange'];
    this.#alternate = stringOf(this.arguments.get('alternate-exchange')) ?? (typeof byPolicy === 'string' ? byPolicy : undefined);
  }

  /** Returns the binding if it is new. */
  bind(destination: Queue | Exchange, routingKey: string, args: Table): Binding | undefined {
    const identity = bindingIdentity(destination.kind, destination.name, routingKey, args);
    if (this.bindings.has(identity)) return undefined;
    const proposed = { destination, routingKey, arguments: args };
    const problem = exchangeTypeOf(this.type).checkBinding(proposed, this.arguments, this.vhost.release);
    if (problem !== undefined) refuse(problem);
    const binding = new Binding(this, destination, routingKey, args);
    this.bindings.set(identity, binding);
    this.vhost.broker.holdings.binding(binding, 1);
    this.#bindingSnapshot = undefined;
    destination.bound(binding);
    this.#routing.add(binding);
    return binding;
  }

  unbind(binding: Binding): void {
    if (this.bindings.delete(binding.identity)) this.vhost.broker.holdings.binding(binding, -1);
    this.#bindingSnapshot = undefined;
    binding.destination.unbound(binding);
    this.#routing.remove(binding);
  }

  /** A binding to this exchange came. Called by its source. */
  bound(binding: Binding): void {
    this.incoming.add(binding);
  }

  unbound(binding: Binding): void {
    this.incoming.delete(binding);
  }

  find(kind: 'queue' | 'exchange', name: string, routingKey: string, args: Table): Binding | undefined {
    return this.bindings.get(bindingIdentity(kind, name, routingKey, args));
  }

  /** The same list until a binding comes or goes. */
  bindingSnapshot(): readonly BindingSnapshot[] {
    this.#bindingSnapshot ??= Array.from(this.bindings.values(), ({ identity, destination, routingKey, arguments: args }) => ({
      identity,
      kind: destination.kind,
      destination: destination.name,
      routingKey,
      arguments: args,
    }));
    return this.#bindingSnapshot;
  }

  /** The bindings were made what a snapshot says. */
  adoptBindingSnapshot(bindings: readonly BindingSnapshot[]): void {
    if (bindings.length === this.bindings.size) this.#bindingSnapshot = bindings;
  }

  /** The bindings of this exchange alone that a message takes. */
  match(routingKey: string, header: MessageHeader, visit: (binding: Binding) => void, keys?: readonly string[]): void {
    this.#routing.route(routingKey, header, visit, keys);
  }
}
