import { ClassicQueue } from './classic-queue.ts';
import type { Consumer, ConsumerProperties } from './consumer.ts';
import { deadLetter } from './dead-letter.ts';
import type { Delivery } from './delivery.ts';
import type { Entry } from './entry.ts';
import { byName, EMPTY_TABLE, long } from './field-table.ts';
import { type Message, PlainHeader } from './message.ts';
import { propertiesLength } from './properties-length.ts';
import type { DelayedRetry } from './queue-settings.ts';
import type { QueueState } from './queue-state.ts';
import { QuorumBacklog, type QuorumCounts } from './quorum-backlog.ts';
import { refuse } from './refusal.ts';
import { AnnotatedMessage } from './sender-selected.ts';

/** A quorum queue with one member (rabbit_fifo). */
export class QuorumQueue extends ClassicQueue {
  declare protected backlog: QuorumBacklog;
  readonly #delaysReturns: boolean = this.vhost.release.has('delayed-retries');
  readonly #tells: boolean = this.vhost.release.has('failed-deliveries');
  readonly #countsProperties: boolean = this.vhost.release.has('counted-properties');
  /** Unacknowledged messages of basic.get: each of them looks like a consumer to queue.declare. */
  #gotten = 0;
  #ordinals = 0;
  /** Consumers that were cancelled and have not acknowledged everything. */
  readonly #lingering = new Set<Consumer>();
  #lingeringChecked = lingering_checked_consumers;
  /** It was over its limit, and has not been well below it since. */
  #full = false;
  #takesAll = false;
  /** The last settlement was a return. */
  #returning = false;
  /** Several came back at once: what goes out next goes out by consumer. */
  #groups = false;
  #assigned: Map<Consumer, Entry[]> | undefined;

  /** What is delayed is neither ready nor unacknowledged. */
  override get messageCount(): number {
    return super.messageCount + this.backlog.delayedLength;
  }

  get counts(): QuorumCounts {
    return this.backlog.counts;
  }

  override get consumerCount(): number {
    return this.consumers.length + this.#lingeringCount() + this.#gotten;
  }

  /** Without those that wait for the active one to go (rabbit_fifo:query_stat/1). */
  override get declaredConsumerCount(): number {
    if (!this.settings.singleActiveConsumer) return this.consumerCount;
    return this.consumerCount - this.consumers.length + (this.activeConsumer === undefined ? 0 : 1);
  }

  /** Who consumes again with the tag of what it has not acknowledged goes on as that consumer (rabbit_fifo:merge_consumer/5). */
  override addConsumer(consumer: Consumer): void {
    const former = this.activeConsumer === undefined ? this.#former(consumer) : undefined;
    this.#returning = false;
    consumer.ordinal = former?.ordinal ?? ++this.#ordinals;
    if (former !== undefined) {
      this.#lingering.delete(former);
      consumer.unacked = former.unacked;
      consumer.overdue = former.overdue;
      for (const delivery of consumer.channel.outstanding()) if (delivery.consumer === former) delivery.consumer = consumer;
    }
    super.addConsumer(consumer);
  }

  override removeConsumer(consumer: Consumer): boolean {
    if (consumer.unacked > 0) this.#lingering.add(consumer);
    // Few, and not looked through each time.
    if (this.#lingering.size > this.#lingeringChecked) this.#lingeringCount();
    return super.removeConsumer(consumer);
  }

  /** One consumer after the other. From 4.0 on they are known by when they came, and gets by their tags; before that all by their tags. */
  override abandoned(deliveries: readonly Delivery[]): readonly Delivery[] {
    const keyOf = ({ consumer, tag }: Delivery): string => consumer?.tag ?? String(tag);
    const byNumber = this.vhost.persona === '4';
    const ordinalOf = ({ consumer }: Delivery): number => (byNumber ? (consumer?.ordinal ?? Number.POSITIVE_INFINITY) : 0);
    return [...deliveries].sort((one, other) => {
      if (one.consumer !== undefined && one.consumer === other.consumer) return one.tag - other.tag;
      const [first, second] = [ordinalOf(one), ordinalOf(other)];
      return first === second ? compare(keyOf(one), keyOf(other)) : first - second;
    });
  }

  override checkConsumer(_consumer: ConsumerProperties, globalPrefetch: number): void {
    if (globalPrefetch !== 0) refuse({ kind: 'global-qos', resource: this.resource });
  }

  override checkDelete(ifUnused: boolean, ifEmpty: boolean): void {
    if (ifUnused) refuse({ kind: 'quorum-delete', flag: 'if-unused', resource: this.resource });
    if (ifEmpty) refuse({ kind: 'quorum-delete', flag: 'if-empty', resource: this.resource });
  }

  override enqueue(message: Message, now: boolean): boolean {
    const accepted = super.enqueue(message, now);
    if (this.settings.bounded) this.#look();
    return accepted;
  }

  /**
   * Consumers take turns, but one command of RabbitMQ's log that returns several messages gives each consumer all of its own
   * before the next (rabbit_fifo:add_delivery_effects/3).
   */
  override run(): void {
    if (!this.#groups) {
      super.run();
      return;
    }
    this.#groups = false;
    const assigned = new Map<Consumer, Entry[]>();
    this.#assigned = assigned;
    super.run();
    this.#assigned = undefined;
    for (const consumer of this.#inOrder(assigned.keys())) {
      const entries = assigned.get(consumer) ?? [];
      if (!consumer.noAck) consumer.unacked -= entries.length;
      for (const entry of entries) this.deliver(consumer, entry);
    }
  }

  override take(noAck: boolean): Entry | undefined {
    if (this.settings.singleActiveConsumer) refuse({ kind: 'quorum-single-active-get', resource: this.resource });
    const entry = super.take(noAck);
    if (entry !== undefined && !noAck) this.#gotten++;
    return entry;
  }

  /**
   * `x-delivery-count`: how often it came back, which up to 3.10 basic.get shows when it is 0, too. From 4.3 on that is
   * `x-acquired-count`, and the other one is how often a consumer failed with it (rabbit_fifo_client:add_delivery_count_header/2).
   */
  override present(entry: Entry, gotten: boolean): Message {
    if (!entry.redelivered && !(gotten && this.vhost.persona === '3.10')) return entry.message;
    const properties = entry.message.header.properties();
    const headers = new Map(properties.headers ?? EMPTY_TABLE);
    const { failures } = entry;
    // One that only failed elsewhere counts as delivered as often.
    const returns = entry.returns === 0 ? failures : entry.returns;
    if (!this.#tells) headers.set('x-delivery-count', long(returns));
    else {
      headers.set('x-acquired-count', long(returns));
      if (failures > 0) headers.set('x-delivery-count', long(failures));
    }
    return AnnotatedMessage.withHeader(entry.message, new PlainHeader({ ...properties, headers: byName(headers) }));
  }

  override settle(delivery: Delivery): void {
    this.#settled(delivery);
    this.#returning = false;
    super.settle(delivery);
    if (this.settings.singleActiveConsumer && this.activeConsumer === undefined) this.activateNext();
  }

  override requeue(deliveries: readonly Delivery[], failed: boolean, byClient: boolean): void {
    for (const delivery of deliveries) this.#settled(delivery);
    this.#returning = byClient;
    super.requeue(deliveries, failed, byClient);
  }

  override discard(deliveries: readonly Delivery[], failed: boolean): void {
    for (const delivery of deliveries) this.#settled(delivery);
    this.#returning = false;
    super.discard(deliveries, failed);
    if (this.settings.singleActiveConsumer && this.activeConsumer === undefined) this.activateNext();
  }

  override restore(state: QueueState | undefined): void {
    this.#gotten = 0;
    this.#lingering.clear();
    this.#full = false;
    super.restore(state);
  }

  protected override newBacklog(state?: QueueState): QuorumBacklog {
    return QuorumBacklog.of(this.vhost.release, state?.ready);
  }

  protected override get countsFailures(): boolean {
    return this.vhost.persona === '4';
  }

  /** Dead letters come without a publisher that could be told to stop (rabbit_quorum_queue:stateless_deliver/2). */
  override enqueueLetter(letter: Message): void {
    this.#takesAll = true;
    this.enqueue(letter, false);
    this.#takesAll = false;
  }

  /** Of several that are dropped at once, the last was heard of first (rabbit_fifo:evaluate_limit/5). */
  protected override dropHead(): void {
    const dropped: Entry[] = [];
    for (let entry = this.shiftExcess(); entry !== undefined; entry = this.shiftExcess()) dropped.push(entry);
    if (!this.vhost.release.has('drops-in-order')) dropped.reverse();
    for (const entry of dropped) deadLetter(this, entry.message, 'maxlen', entry.failures);
  }

  protected override get tellsAtOnce(): boolean {
    return true;
  }

  /** rabbit_fifo:checkout/5 */
  protected override get deliversFirst(): boolean {
    return true;
  }

  /** From 4.3 on with the publisher's properties (rabbit_fifo:maybe_enqueue/8). */
  protected override sizeOf(message: Message): number {
    return this.#countsProperties ? message.size + publishedLength(message) : message.size;
  }

  /** The one that goes over the limit is taken, and publishers are told to stop (rabbit_fifo:evaluate_limit/5). */
  protected override rejects(): boolean {
    this.#look();
    return this.#full && !this.#takesAll;
  }

  protected override outlived(entry: Entry): boolean {
    const count = this.#tells ? entry.failures : entry.returns;
    return this.settings.deliveryLimit !== undefined && count > 0 && count > this.settings.deliveryLimit;
  }

  /**
   * Up to 4.2 what a client returns to a queue without a delivery limit goes to the back, so that RabbitMQ's log can be
   * cut off at its front (rabbit_fifo:handle_aux/5). With one, or when the consumer went away, it goes to the front.
   */
  protected override putBack(entries: Entry[], failed: boolean, byClient: boolean): void {
    const { delayedRetry } = this.settings;
    if (delayedRetry !== undefined && this.#delaysReturns && delays(delayedRetry, failed)) this.#putBackLater(entries, delayedRetry);
    else if (this.#tells || this.settings.deliveryLimit !== undefined || !byClient) {
      this.backlog.restore(entries);
      this.#groups = true;
    } else this.backlog.restoreBehind(entries.map((entry) => entry.moved(this.nextSequence())));
  }

  /** `exclusive` is not looked at (rabbit_quorum_queue:consume/3). */
  protected override get exclusiveConsumers(): boolean {
    return false;
  }

  /** From 4.0 on a newcomer of higher priority takes over, once the active consumer has nothing in hand. */
  protected override takesOver(newcomer: Consumer, active: Consumer): boolean {
    return this.vhost.persona === '4' && newcomer.priority > active.priority;
  }

  /** An active consumer that has to go, and returns the last message it has: in 4.0 nobody is active until something else happens. */
  protected override get passesOver(): boolean {
    return this.#returning && !this.vhost.release.has('successors-after-returns');
  }

  /** Up to 3.13 who came first is next; from 4.0 on who has the highest priority, and of those who may take more (rabbit_fifo:sort_waiting/1). */
  protected override precedes(later: Consumer, earlier: Consumer): boolean {
    if (this.vhost.persona !== '4') return false;
    if (later.priority !== earlier.priority) return super.precedes(later, earlier);
    return creditOf(later) > creditOf(earlier);
  }

  override purge(): number {
    const { delayedLength } = this.backlog;
    return super.purge() + delayedLength;
  }

  protected override get boundedCount(): number {
    return this.backlog.length + this.backlog.delayedLength;
  }

  protected override expire(): void {
    const { delayedLength } = this.backlog;
    super.expire();
    if (this.backlog.delayedLength >= delayedLength) return;
    this.#groups = true;
    this.schedule();
  }

  /** Who may take no more leaves at once, and comes back at the end (rabbit_fifo:update_or_remove_con/4); with classic queues when its turn comes. */
  protected override deliver(consumer: Consumer, entry: Entry): void {
    super.deliver(consumer, entry);
    if (consumer.waiting && !consumer.ready) this.ring.remove(consumer);
  }

  protected override handOut(consumer: Consumer, entry: Entry): void {
    const assigned = this.#assigned;
    if (assigned === undefined) {
      super.handOut(consumer, entry);
      return;
    }
    // It counts against the prefetch at once.
    if (!consumer.noAck) consumer.unacked++;
    if (!consumer.ready) this.ring.remove(consumer);
    const entries = assigned.get(consumer);
    if (entries === undefined) assigned.set(consumer, [entry]);
    else entries.push(entry);
  }

  /** From 4.0 on consumers are known by when they came, before that by their names (rabbit_fifo, consumer_key). */
  #inOrder(consumers: Iterable<Consumer>): readonly Consumer[] {
    const chosen = [...consumers];
    if (chosen.length < 2) return chosen;
    if (this.vhost.persona === '4') return chosen.sort((one, other) => one.ordinal - other.ordinal);
    return chosen.sort((one, other) => compare(one.tag, other.tag));
  }

  #former({ channel, tag }: Consumer): Consumer | undefined {
    for (const former of this.#lingering) if (former.channel === channel && former.tag === tag && former.unacked > 0) return former;
    return undefined;
  }

  #lingeringCount(): number {
    for (const consumer of this.#lingering) if (consumer.unacked === 0) this.#lingering.delete(consumer);
    this.#lingeringChecked = Math.max(lingering_checked_consumers, this.#lingering.size * 2);
    return this.#lingering.size;
  }

  #putBackLater(entries: readonly Entry[], { min_milliseconds, max_milliseconds }: DelayedRetry): void {
    const now = this.vhost.broker.clock.now();
    for (const entry of entries) {
      this.backlog.restoreLater(entry, now + Math.min(min_milliseconds * Math.max(1, entry.failures), max_milliseconds));
    }
    this.expire();
  }

  #look(): void {
    const { max_length_messages = Number.POSITIVE_INFINITY, max_length_bytes = Number.POSITIVE_INFINITY } = this.settings;
    const { boundedCount, readyBytes } = this;
    if (boundedCount > max_length_messages || readyBytes > max_length_bytes) this.#full = true;
    else if (boundedCount <= low(max_length_messages) && readyBytes <= low(max_length_bytes)) this.#full = false;
  }

  #settled(delivery: Delivery): void {
    if (delivery.consumer === undefined && !delivery.stale && !this.deleted) this.#gotten--;
  }
}

const lingering_checked_consumers = 16;

function compare(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

/** Length of a message's properties without what queues noted when it died in them. */
function publishedLength(message: Message): number {
  const { header } = message;
  if (!(message instanceof AnnotatedMessage) || message.deaths.length === 0) return header.length;
  const { headers = EMPTY_TABLE, ...rest } = header.properties();
  const own = new Map([...headers].filter(([name]) => !/^x-(death$|(first|last)-death-)/.test(name)));
  return propertiesLength(own.size === 0 ? rest : { ...rest, headers: own });
}

/** rabbit_fifo_client:checkout/4, UNLIMITED_PREFETCH_COUNT. */
const unlimited_prefetch = 2_000;

function creditOf({ prefetch }: Consumer): number {
  return prefetch === 0 ? unlimited_prefetch : prefetch;
}

function delays({ type }: DelayedRetry, failed: boolean): boolean {
  return type === 'all' || (type === 'failed') === failed;
}

/** Where publishers may go on (rabbit_fifo, LOW_LIMIT). */
function low(limit: number): number {
  return Math.trunc(limit * 0.8);
}
