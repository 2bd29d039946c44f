import type { Binding } from './binding.ts';
import type { Broker } from './broker.ts';
import type { BrokerConnection } from './broker-connection.ts';
import { ClassicQueue } from './classic-queue.ts';
import type { Resource } from './condition.ts';
import { DelayedMessages } from './delayed-messages.ts';
import { Exchange, type ExchangeProperties } from './exchange.ts';
import { EMPTY_TABLE } from './field-table.ts';
import { HeldLetters } from './held-letters.ts';
import { parameters_max } from './limits.ts';
import type { Message } from './message.ts';
import type { Parameter } from './parameter.ts';
import type { Persona, Release } from './persona.ts';
import { type Policy, policyFor } from './policy.ts';
import type { Queue, QueueProperties } from './queue.ts';
import { QuorumQueue } from './quorum-queue.ts';
import { Refusal, refuse } from './refusal.ts';
import { routeMessage } from './route.ts';
import type { RouteBudget } from './route-cache.ts';
import { ChannelStats } from './stats.ts';
import { StreamQueue } from './stream-queue.ts';

export interface VirtualHostLimits {
  readonly 'max-connections'?: number;
  readonly 'max-queues'?: number;
}

export interface VirtualHostMetadata {
  readonly description: string;
  readonly tags: readonly string[];
  readonly defaultQueueType: string | undefined;
}

export class VirtualHost {
  readonly broker: Broker;
  readonly name: string;
  readonly exchanges: Map<string, Exchange> = new Map();
  readonly queues: Map<string, Queue> = new Map();
  readonly policies: Map<string, Policy> = new Map();
  readonly operatorPolicies: Map<string, Policy> = new Map();
  /** Runtime parameters of plugins (federation, shovels): kept and shown, without effect. */
  readonly parameters: Map<string, Parameter> = new Map();
  readonly stats: ChannelStats = new ChannelStats();
  metadata: VirtualHostMetadata = { description: '', tags: [], defaultQueueType: undefined };
  limits: VirtualHostLimits = {};
  /** Firehose: messages are copied to amq.rabbitmq.trace. */
  tracing = false;
  /** Operators are refused who want to delete it (4.1). */
  protectedFromDeletion = false;
  deleted = false;
  /** Grows whenever a route may have changed. */
  generation = 0;
  readonly letters: HeldLetters = new HeldLetters();

  readonly routeBudget: RouteBudget = { held_references: 0 };

  /** Whether the routing key alone decided the last route, in all exchanges on the way. */
  routedByKey = true;

  constructor(broker: Broker, name: string, creator?: string) {
    this.broker = broker;
    this.name = name;
    this.predeclare(creator);
  }

  get release(): Release {
    return this.broker.release;
  }

  get persona(): Persona {
    return this.broker.release.persona;
  }

  resource(type: 'queue' | 'exchange', name: string): Resource {
    return { type, vhost: this.name, name };
  }

  /** Where a message goes. `keys`: CC and BCC take part, the routing key among them. */
  /** Throws `unhashable-header`. */
  route(exchange: Exchange, message: Message, keys?: readonly string[]): readonly Queue[] {
    if (keys !== undefined) return routeMessage(exchange, message, keys).queues;
    const { routingKey } = message;
    this.routedByKey = true;
    if (exchange.name === '') return this.queues.get(routingKey)?.alone ?? NOWHERE;
    const remembered = exchange.routes.get(routingKey, this.generation);
    if (remembered !== undefined) return remembered;
    const { queues, byKey } = routeMessage(exchange, message);
    this.routedByKey = byKey;
    if (byKey) exchange.routes.set(routingKey, queues);
    return queues;
  }

  /** As {@link route}, where no client can be told: what crashes RabbitMQ goes nowhere. */
  routeAlone(exchange: Exchange, message: Message, keys?: readonly string[]): readonly Queue[] {
    try {
      return this.route(exchange, message, keys);
    } catch (error) {
      if (error instanceof Refusal) return NOWHERE;
      throw error;
    }
  }

  addExchange(properties: ExchangeProperties, creator: string): Exchange {
    const exchange = new Exchange(this, properties, creator);
    this.exchanges.set(exchange.name, exchange);
    this.broker.holdings.exchange(exchange, 1);
    exchange.applyPolicy(policyFor(this.policies.values(), { kind: 'exchange', name: exchange.name, type: undefined }, this.release));
    this.generation++;
    return exchange;
  }

  addQueue(properties: QueueProperties, owner: BrokerConnection | undefined, creator: string): Queue {
    const queue = this.#newQueue(properties, owner, creator);
    this.queues.set(queue.name, queue);
    this.broker.holdings.queue(queue, 1);
    this.broker.churn.queue_created++;
    owner?.exclusiveQueues.add(queue);
    this.#applyPolicies(queue);
    this.generation++;
    return queue;
  }

  /** The queue goes with its messages and bindings; its consumers are told. */
  removeQueue(queue: Queue): void {
    if (queue.deleted) return;
    this.queues.delete(queue.name);
    this.broker.holdings.queue(queue, -1);
    this.broker.churn.queue_deleted++;
    queue.owner?.exclusiveQueues.delete(queue);
    this.generation++;
    queue.close();
    this.#dismissConsumers(queue);
    for (const source of this.#unbind(queue.bindings)) this.removeExchange(source);
  }

  /** Its bindings go with it, and with their last binding the auto-delete exchanges before it. */
  removeExchange(exchange: Exchange): void {
    // A list and not calls within calls: a chain of such exchanges may be longer than the stack.
    const doomed = [exchange];
    for (const each of doomed) {
      if (each.deleted) continue;
      each.deleted = true;
      this.exchanges.delete(each.name);
      this.broker.holdings.exchange(each, -1);
      this.generation++;
      each.delayed?.clear();
      each.routes.forget();
      for (const binding of each.bindings.values()) each.unbind(binding);
      for (const source of this.#unbind(each.incoming)) doomed.push(source);
    }
  }

  addBinding(source: Exchange, destination: Queue | Exchange, routingKey: string, args: Binding['arguments']): void {
    if (source.bind(destination, routingKey, args) !== undefined) this.generation++;
  }

  removeBinding(binding: Binding): void {
    for (const source of this.#unbind([binding])) this.removeExchange(source);
  }

  /** Throws `too-many`. */
  setParameter(parameter: Parameter): void {
    const key = `${parameter.component}\0${parameter.name}`;
    checkRoom('parameters', this.parameters, key);
    this.parameters.set(key, parameter);
  }

  clearParameter(component: string, name: string): boolean {
    return this.parameters.delete(`${component}\0${name}`);
  }

  /** Sets a policy, or clears it. It holds at once. Throws `too-many`. */
  setPolicy(name: string, policy: Policy | undefined): void {
    replace(this.policies, name, policy);
    this.policiesChanged();
  }

  setOperatorPolicy(name: string, policy: Policy | undefined): void {
    replace(this.operatorPolicies, name, policy);
    this.policiesChanged();
  }

  setTracing(on: boolean): void {
    this.tracing = on;
    this.generation++;
  }

  /** Policies were set or cleared: they hold at once. */
  policiesChanged(): void {
    for (const exchange of this.exchanges.values()) {
      exchange.applyPolicy(policyFor(this.policies.values(), { kind: 'exchange', name: exchange.name, type: undefined }, this.release));
    }
    for (const queue of this.queues.values()) this.#applyPolicies(queue);
    this.generation++;
  }

  delayedMessages(exchange: Exchange): DelayedMessages {
    return new DelayedMessages(exchange, this.broker.clock);
  }

  /** Everything goes at once, predeclared exchanges too; consumers are told. */
  clear(): void {
    const { holdings } = this.broker;
    for (const queue of this.queues.values()) {
      holdings.queue(queue, -1);
      queue.owner?.exclusiveQueues.delete(queue);
      queue.close();
      this.#dismissConsumers(queue);
    }
    for (const exchange of this.exchanges.values()) {
      holdings.exchange(exchange, -1);
      for (const binding of exchange.bindings.values()) holdings.binding(binding, -1);
      exchange.deleted = true;
      exchange.delayed?.clear();
      exchange.routes.forget();
    }
    this.queues.clear();
    this.exchanges.clear();
    this.generation++;
    this.policies.clear();
    this.operatorPolicies.clear();
    this.parameters.clear();
  }

  /** AMQP 0-9-1 §3.1.3 and RabbitMQ's own (rabbit_vhost:declare_default_exchanges/2). */
  predeclare(creator?: string): void {
    for (const [name, type, internal] of PREDECLARED) this.#predeclare(name, type, internal, creator);
  }

  /**
   * Since 4.3 a node declares amq.rabbitmq.log when it starts, in the default virtual host and if that is there already: not
   * if it is made later, by definitions say (rabbit_logger_exchange_h:declare_exchange/0).
   */
  predeclareForLogs(): void {
    if (this.release.has('log-exchange')) this.#predeclare(LOG_EXCHANGE, 'topic', true);
  }

  #predeclare(name: string, type: string, internal: boolean, creator = 'rmq-internal'): void {
    if (this.exchanges.has(name)) return;
    this.addExchange({ name, type, internal, durable: true, autoDelete: false, arguments: EMPTY_TABLE }, creator);
  }

  #newQueue(properties: QueueProperties, owner: BrokerConnection | undefined, creator: string): Queue {
    switch (properties.type) {
      case 'classic':
        return new ClassicQueue(this, properties, owner, creator);
      case 'quorum':
        return new QuorumQueue(this, properties, owner, creator);
      case 'stream':
        return new StreamQueue(this, properties, owner, creator);
    }
  }

  #applyPolicies(queue: Queue): void {
    queue.applyPolicies(
      policyFor(this.policies.values(), queue, this.release),
      policyFor(this.operatorPolicies.values(), queue, this.release),
    );
  }

  /** A channel tells of its consumers in the order of their tags (rabbit_channel:handle_consuming_queue_down_or_eol/2). */
  #dismissConsumers(queue: Queue): void {
    const consumers = queue.consumers.splice(0);
    if (consumers.length > 1) consumers.sort((one, other) => (one.tag === other.tag ? 0 : one.tag < other.tag ? -1 : 1));
    for (const consumer of consumers) {
      consumer.cancelled = true;
      this.broker.holdings.consumer(consumer, -1);
      consumer.channel.consumerLost(consumer);
    }
  }

  /** Returns the exchanges that are to go now that they have no binding left. */
  #unbind(bindings: Iterable<Binding>): Exchange[] {
    const unused: Exchange[] = [];
    for (const binding of [...bindings]) {
      const { source } = binding;
      source.unbind(binding);
      this.generation++;
      if (source.autoDelete && source.bindings.size === 0) unused.push(source);
    }
    return unused;
  }
}

const PREDECLARED: readonly (readonly [string, string, boolean])[] = [
  ['', 'direct', false],
  ['amq.direct', 'direct', false],
  ['amq.fanout', 'fanout', false],
  ['amq.headers', 'headers', false],
  ['amq.match', 'headers', false],
  ['amq.rabbitmq.trace', 'topic', true],
  ['amq.topic', 'topic', false],
];

/** Where a node publishes what it logs, if it is told to. */
export const LOG_EXCHANGE = 'amq.rabbitmq.log';

function replace(policies: Map<string, Policy>, name: string, policy: Policy | undefined): void {
  if (policy === undefined) policies.delete(name);
  else {
    checkRoom('policies', policies, name);
    policies.set(name, policy);
  }
}

function checkRoom(what: 'policies' | 'parameters', known: ReadonlyMap<string, unknown>, name: string): void {
  if (known.size >= parameters_max && !known.has(name)) refuse({ kind: 'too-many', what, limit: parameters_max });
}

const NOWHERE: readonly Queue[] = [];
