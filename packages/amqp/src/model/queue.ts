import type { Binding } from './binding.ts';
import type { BrokerConnection } from './broker-connection.ts';
import type { Resource } from './condition.ts';
import type { Consumer, ConsumerProperties } from './consumer.ts';
import { ConsumerRing } from './consumer-ring.ts';
import type { Delivery } from './delivery.ts';
import type { Entry } from './entry.ts';
import type { Table } from './field-table.ts';
import type { Message } from './message.ts';
import { mergeDefinitions, NO_POLICY, type Policy, type PolicyDefinition } from './policy.ts';
import type { QueueType } from './queue-arguments.ts';
import { QueueLease } from './queue-lease.ts';
import { type QueueSettings, resolveSettings } from './queue-settings.ts';
import type { QueueState } from './queue-state.ts';
import { refuse } from './refusal.ts';
import { QueueStats } from './stats.ts';
import type { VirtualHost } from './virtual-host.ts';

export interface QueueProperties {
  readonly name: string;
  readonly type: QueueType;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly arguments: Table;
}

/** What queues of all types have in common: identity, settings, consumers and whose turn it is. */
export abstract class Queue implements QueueProperties {
  readonly kind = 'queue';
  readonly vhost: VirtualHost;
  readonly name: string;
  readonly type: QueueType;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly arguments: Table;
  /** Set for exclusive queues. */
  readonly owner: BrokerConnection | undefined;
  /** The user who declared it. */
  readonly creator: string;
  /** In the order they came. */
  readonly consumers: Consumer[] = [];
  readonly stats: QueueStats = new QueueStats();
  /** A route to this queue and no other. */
  readonly alone: readonly [Queue];
  settings: QueueSettings;
  policy: Policy | undefined;
  operatorPolicy: Policy | undefined;
  deleted = false;
  /** Waits for the broker's next pump. */
  scheduled = false;
  /** When it was made; milliseconds since 1970. */
  readonly createdAt: number;
  protected readonly ring: ConsumerRing = new ConsumerRing();
  // Many queues never have either.
  #bindings: Set<Binding> | undefined;
  #lease: QueueLease | undefined;
  #active: Consumer | undefined;

  constructor(vhost: VirtualHost, properties: QueueProperties, owner: BrokerConnection | undefined, creator: string) {
    this.vhost = vhost;
    this.name = properties.name;
    this.type = properties.type;
    this.durable = properties.durable;
    this.autoDelete = properties.autoDelete;
    this.arguments = properties.arguments;
    this.owner = owner;
    this.creator = creator;
    this.alone = [this];
    this.settings = resolveSettings(this.type, this.arguments, NO_POLICY, vhost.persona);
    this.createdAt = vhost.broker.clock.now();
    this.touch();
  }

  abstract get readyCount(): number;
  abstract get readyBytes(): number;
  abstract get unackedCount(): number;
  abstract get unackedBytes(): number;

  /**
   * Takes a message in. `now`: a consumer that waits may get it before this returns. False if the queue is
   * full and refuses it.
   */
  abstract enqueue(message: Message, now: boolean): boolean;
  /** As {@link enqueue}, not now. */
  enqueueLetter(letter: Message): void {
    this.enqueue(letter, false);
  }
  /** Delivers what there is to the consumers that are ready. */
  abstract run(): void;
  /** basic.get: the next message, which then counts as unacknowledged unless `noAck`. */
  abstract take(noAck: boolean): Entry | undefined;
  /** What a client gets to see of an entry: quorum queues and streams add a header. `gotten`: by basic.get. */
  abstract present(entry: Entry, gotten: boolean): Message;
  abstract settle(delivery: Delivery): void;
  /** In ascending order of tags. `failed`: the consumer failed with them. `byClient`: asked for, not because the channel closed. */
  abstract requeue(deliveries: readonly Delivery[], failed: boolean, byClient: boolean): void;
  /** Rejected without requeue: dead-lettered or dropped. */
  abstract discard(deliveries: readonly Delivery[], failed: boolean): void;
  /** Drops what is ready. */
  abstract purge(): number;
  /** Ready messages, oldest first; does not change anything. */
  abstract messages(): IterableIterator<Entry>;
  abstract snapshot(unacked: readonly Entry[]): QueueState;
  /** Replaces the messages. */
  abstract restore(state: QueueState | undefined): void;
  protected abstract settingsChanged(): void;
  /** Timers end. */
  protected abstract closed(): void;

  get resource(): Resource {
    return { type: 'queue', vhost: this.vhost.name, name: this.name };
  }

  get bindings(): ReadonlySet<Binding> {
    return this.#bindings ?? NO_BINDINGS;
  }

  /** Called by the exchange. */
  bound(binding: Binding): void {
    this.#bindings ??= new Set();
    this.#bindings.add(binding);
  }

  unbound(binding: Binding): void {
    this.#bindings?.delete(binding);
  }

  get exclusive(): boolean {
    return this.owner !== undefined;
  }

  get messageCount(): number {
    return this.readyCount + this.unackedCount;
  }

  /** As the management API tells it. */
  get consumerCount(): number {
    return this.consumers.length;
  }

  /** As queue.declare-ok tells it. */
  get declaredConsumerCount(): number {
    return this.consumerCount;
  }

  /** As queue.declare-ok tells it. */
  get declaredCount(): number {
    return this.readyCount;
  }

  /** The deliveries of a channel that ended, which are in ascending order of tags, as they come back. */
  abandoned(deliveries: readonly Delivery[]): readonly Delivery[] {
    return deliveries;
  }

  /** Throws what consumers of this type of queue must not ask for. */
  checkConsumer(_consumer: ConsumerProperties, _globalPrefetch: number): void {}

  /** Throws `in-use` or `not-empty`. */
  checkDelete(ifUnused: boolean, ifEmpty: boolean): void {
    if (ifUnused && this.consumers.length > 0) refuse({ kind: 'in-use', resource: this.resource });
    if (ifEmpty && this.readyCount > 0) refuse({ kind: 'not-empty', resource: this.resource });
  }

  /** Throws if clients must not reject deliveries of this queue. */
  checkReject(): void {}

  /** As {@link checkReject}, for basic.recover. */
  checkRecover(): void {}

  /** The definition that both policies make together. */
  get effectivePolicy(): PolicyDefinition {
    return mergeDefinitions(this.policy?.definition ?? NO_POLICY, this.operatorPolicy?.definition ?? NO_POLICY);
  }

  applyPolicies(policy: Policy | undefined, operatorPolicy: Policy | undefined): void {
    if (policy === this.policy && operatorPolicy === this.operatorPolicy) return;
    this.policy = policy;
    this.operatorPolicy = operatorPolicy;
    this.settings = resolveSettings(this.type, this.arguments, this.effectivePolicy, this.vhost.persona);
    this.touch();
    this.settingsChanged();
  }

  /** Throws `locked` if another connection owns the queue. */
  checkAccess(connection: BrokerConnection | undefined): void {
    if (this.owner !== undefined && this.owner !== connection) refuse({ kind: 'locked', resource: this.resource });
  }

  /** The consumer that gets the messages, of a queue with single active consumer or with an exclusive one. */
  get activeConsumer(): Consumer | undefined {
    return this.#active;
  }

  isActive(consumer: Consumer): boolean {
    return !this.settings.singleActiveConsumer || this.#active === consumer;
  }

  /** Throws `exclusive-use`. */
  addConsumer(consumer: Consumer): void {
    this.#checkExclusive(consumer);
    this.consumers.push(consumer);
    this.vhost.broker.holdings.consumer(consumer, 1);
    this.touch();
    if (!this.settings.singleActiveConsumer) {
      this.ring.add(consumer);
      this.schedule();
    } else if (this.#active === undefined) this.activateNext();
    else if (this.takesOver(consumer, this.#active)) this.#replace(this.#active);
  }

  /** Returns whether the queue is to be deleted for it: the last consumer of an auto-delete queue. */
  removeConsumer(consumer: Consumer): boolean {
    const index = this.consumers.indexOf(consumer);
    if (index < 0) return false;
    consumer.cancelled = true;
    this.consumers.splice(index, 1);
    this.vhost.broker.holdings.consumer(consumer, -1);
    this.ring.remove(consumer);
    this.touch();
    if (this.#active === consumer || this.#active === undefined) this.activateNext();
    return this.autoDelete && this.consumers.length === 0;
  }

  /** A consumer can take a message again. Does not deliver yet. */
  wake(consumer: Consumer): void {
    if (consumer.waiting || consumer.cancelled || !this.isActive(consumer)) return;
    if (this.settings.singleActiveConsumer) this.#replace(consumer);
    else this.ring.add(consumer);
  }

  schedule(): void {
    this.vhost.broker.schedule(this);
  }

  /** Somebody used the queue: x-expires counts from now. */
  touch(): void {
    if (this.#lease === undefined && this.settings.expires_milliseconds === undefined) return;
    this.#lease ??= new QueueLease(this);
    this.#lease.renew();
  }

  /** Called by the virtual host, which has taken it out of its tables. */
  close(): void {
    this.deleted = true;
    this.#lease?.end();
    this.ring.clear();
    this.closed();
  }

  /** Whether a new consumer of a queue with single active consumer replaces the active one. */
  protected takesOver(_newcomer: Consumer, _active: Consumer): boolean {
    return false;
  }

  /** Whether a consumer is to be the active one rather than one that came before it. */
  protected precedes(later: Consumer, earlier: Consumer): boolean {
    return later.priority > earlier.priority;
  }

  /** Whether nobody takes over, for now. */
  protected get passesOver(): boolean {
    return false;
  }

  /** Whether `exclusive` of basic.consume means anything. */
  protected get exclusiveConsumers(): boolean {
    return true;
  }

  #checkExclusive(consumer: Consumer): void {
    if (!this.exclusiveConsumers) return;
    const taken = this.settings.singleActiveConsumer
      ? consumer.exclusive
      : this.consumers.some((other) => other.exclusive) || (consumer.exclusive && this.consumers.length > 0);
    if (taken) refuse({ kind: 'exclusive-use', resource: this.resource });
  }

  /** Goes on with the active consumer, or with one that takes over from it as soon as it has nothing in hand. */
  #replace(active: Consumer): void {
    const successor = this.consumers.find((consumer) => this.takesOver(consumer, active)) && this.#successor();
    if (successor === undefined || successor === active) this.ring.add(active);
    else if (active.unacked === 0) this.#activate(this.passesOver ? undefined : successor);
    else this.ring.remove(active);
  }

  /** Whoever is next, of a queue with single active consumer that has none. */
  protected activateNext(): void {
    if (this.settings.singleActiveConsumer) this.#activate(this.#successor());
  }

  #activate(consumer: Consumer | undefined): void {
    if (this.#active !== undefined) this.ring.remove(this.#active);
    this.#active = consumer;
    if (consumer === undefined) return;
    this.ring.add(consumer);
    this.schedule();
  }

  #successor(): Consumer | undefined {
    let best: Consumer | undefined;
    for (const consumer of this.consumers) if (best === undefined || this.precedes(consumer, best)) best = consumer;
    return best;
  }
}

const NO_BINDINGS: ReadonlySet<Binding> = new Set();
