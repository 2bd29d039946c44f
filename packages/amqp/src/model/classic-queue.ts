import { type Backlog, EntryDeque } from './backlog.ts';
import type { BrokerConnection } from './broker-connection.ts';
import type { Consumer } from './consumer.ts';
import { deadLetter } from './dead-letter.ts';
import type { Delivery } from './delivery.ts';
import { Entry } from './entry.ts';
import { expirationOf } from './expiration.ts';
import type { Message } from './message.ts';
import { MessageExpiry } from './message-expiry.ts';
import { PriorityBacklog } from './priority-backlog.ts';
import { Queue, type QueueProperties } from './queue.ts';
import type { QueueState } from './queue-state.ts';
import { AnnotatedMessage } from './sender-selected.ts';
import type { VirtualHost } from './virtual-host.ts';

/** rabbit_amqqueue_process with its backing queue. */
export class ClassicQueue extends Queue {
  protected backlog: Backlog;
  /** Made for the first message that expires. */
  #expiry: MessageExpiry | undefined;
  #sequence = 0;
  readonly #counts: boolean;
  #readyBytes = 0;
  #unackedCount = 0;
  #unackedBytes = 0;
  #running = false;
  #snapshot: QueueState | undefined;

  constructor(vhost: VirtualHost, properties: QueueProperties, owner: BrokerConnection | undefined, creator: string) {
    super(vhost, properties, owner, creator);
    this.backlog = this.newBacklog();
    this.#counts = this.countsFailures;
  }

  override get readyCount(): number {
    return this.backlog.length;
  }
  override get readyBytes(): number {
    return this.#readyBytes;
  }
  override get unackedCount(): number {
    return this.#unackedCount;
  }
  override get unackedBytes(): number {
    return this.#unackedBytes;
  }

  override enqueue(message: Message, now: boolean): boolean {
    const settings = this.settings;
    this.stats.publish++;
    if (settings.bounded && settings.overflow !== 'drop-head' && this.rejects(message)) {
      if (settings.overflow === 'reject-publish-dlx') deadLetter(this, message, 'maxlen', this.#failuresOf(message));
      return false;
    }
    if (now && this.backlog.length === 0 && !this.#running && this.#hand(message)) return true;
    const entry = this.#entryOf(message);
    if (entry.expiresAt !== 0 && this.#vanishes()) return true;
    this.#snapshot = undefined;
    this.backlog.push(entry);
    this.#readyBytes += this.sizeOf(message);
    const { length } = this.backlog;
    if (settings.bounded && settings.overflow === 'drop-head' && (now || !this.ring.waits)) this.dropHead();
    if (entry.expiresAt !== 0) this.#expect(length !== this.backlog.length);
    // Otherwise nobody is ready, or a run is under way or was asked for by whoever made a consumer ready.
    if (!now) this.schedule();
    return true;
  }

  override run(): void {
    if (this.#running || this.deleted) return;
    this.#running = true;
    while (this.backlog.length > 0) {
      if (this.#expiry !== undefined && this.settings.maxPriority === 0) this.expire();
      const consumer = this.backlog.length > 0 ? this.ring.take() : undefined;
      if (consumer === undefined) break;
      const entry = this.#shift();
      if (entry === undefined) break;
      // What has expired behind it goes now (rabbit_amqqueue_process:fetch/2).
      if (this.#expiry !== undefined && this.settings.maxPriority > 0) this.expire();
      this.handOut(consumer, entry);
    }
    this.#running = false;
    // What dead letters were too much for the consumers.
    if (this.settings.bounded && this.settings.overflow === 'drop-head') this.dropHead();
  }

  override take(noAck: boolean): Entry | undefined {
    if (this.#expiry !== undefined && this.settings.maxPriority === 0) this.expire();
    const entry = this.#shift();
    if (entry !== undefined && !noAck) this.#hold(entry);
    // What comes to the head may be past its time: get-ok's count is without it (rabbit_amqqueue_process:fetch/2).
    if (this.#expiry !== undefined) this.expire();
    return entry;
  }

  override present(entry: Entry, _gotten: boolean): Message {
    return entry.message;
  }

  override settle(delivery: Delivery): void {
    if (delivery.stale || this.deleted) return;
    this.stats.ack++;
    this.#release(delivery.entry);
  }

  override requeue(deliveries: readonly Delivery[], failed: boolean, byClient: boolean): void {
    const entries: Entry[] = [];
    for (const { stale, entry } of deliveries) {
      if (stale || this.deleted) continue;
      this.#release(entry);
      const returned = entry.returned(failed && this.#counts);
      if (this.outlived(returned)) deadLetter(this, returned.message, 'delivery_limit', returned.failures);
      else entries.push(returned);
    }
    if (entries.length === 0) return;
    for (const entry of entries) this.#readyBytes += this.sizeOf(entry.message);
    this.putBack(entries, failed, byClient);
    if (this.settings.bounded && this.settings.overflow === 'drop-head' && !this.deliversFirst) this.dropHead();
    if (this.#expiry !== undefined) this.expire();
  }

  override discard(deliveries: readonly Delivery[], failed: boolean): void {
    const { maxPriority } = this.settings;
    for (const { stale, entry } of maxPriority > 0 ? highestFirst(deliveries, maxPriority) : deliveries) {
      if (stale || this.deleted) continue;
      this.#release(entry);
      deadLetter(this, entry.message, 'rejected', entry.returned(failed && this.#counts).failures);
    }
  }

  override purge(): number {
    const count = this.backlog.length;
    this.#snapshot = undefined;
    this.backlog.clear();
    this.#readyBytes = 0;
    return count;
  }

  override messages(): IterableIterator<Entry> {
    return this.backlog.entries();
  }

  override snapshot(unacked: readonly Entry[]): QueueState {
    this.#snapshot ??= {
      ready: this.backlog.snapshot(),
      unacked,
      sequence: this.#sequence,
      readyBytes: this.#readyBytes,
      expiring: this.#expiry !== undefined,
    };
    return this.#snapshot;
  }

  override restore(state: QueueState | undefined): void {
    if (state !== undefined && state === this.#snapshot && state.unacked.length === 0) return;
    this.backlog = this.newBacklog(state);
    this.#sequence = state?.sequence ?? 0;
    this.#readyBytes = state?.readyBytes ?? 0;
    this.#unackedCount = 0;
    this.#unackedBytes = 0;
    this.#snapshot = state?.unacked.length === 0 ? state : undefined;
    if (state !== undefined && state.unacked.length > 0) this.#comeBack(state.unacked);
    this.#expiry?.stop();
    this.#expiry = undefined;
    if (state?.expiring) this.#watch();
    this.schedule();
  }

  /** Whether there is no room for a message. */
  protected rejects(message: Message): boolean {
    const { max_length_messages, max_length_bytes } = this.settings;
    return (
      (max_length_messages !== undefined && this.backlog.length + 1 > max_length_messages) ||
      (max_length_bytes !== undefined && this.#readyBytes + this.sizeOf(message) > max_length_bytes)
    );
  }

  protected newBacklog(state?: QueueState): Backlog {
    return this.settings.maxPriority > 0 ? PriorityBacklog.of(this.settings.maxPriority, state?.ready) : EntryDeque.of(state?.ready);
  }

  /** Quorum queues give up on a message that came back too often. */
  protected outlived(_entry: Entry): boolean {
    return false;
  }

  /** From 4.3 on it travels with a message into the queues where it goes when it dies (rabbit_variable_queue:annotate_delivery_count/3). */
  protected get countsFailures(): boolean {
    return this.vhost.release.has('failed-deliveries');
  }

  /** Whether who gets a message at once is told how often it failed elsewhere. */
  protected get tellsAtOnce(): boolean {
    return false;
  }

  /** What comes back and is too much is dropped when consumers have got what they can take. */
  protected get deliversFirst(): boolean {
    return false;
  }

  /** Bytes that count as the message's. */
  protected sizeOf(message: Message): number {
    return message.size;
  }

  protected putBack(entries: Entry[], _failed: boolean, _byClient: boolean): void {
    if (entries.length > 1) entries.sort((one, other) => one.sequence - other.sequence);
    this.backlog.restore(entries);
  }

  /** Messages that count against x-max-length. */
  protected get boundedCount(): number {
    return this.backlog.length;
  }

  protected nextSequence(): number {
    return this.#sequence++;
  }

  protected expire(): void {
    for (const entry of this.backlog.expire(this.vhost.broker.clock.now())) {
      this.#snapshot = undefined;
      this.#readyBytes -= this.sizeOf(entry.message);
      deadLetter(this, entry.message, 'expired', entry.failures);
    }
    this.#watch();
  }

  protected override settingsChanged(): void {
    if (this.settings.bounded && this.settings.overflow === 'drop-head') this.dropHead();
  }

  protected override closed(): void {
    this.#expiry?.stop();
    this.backlog.clear();
    this.#snapshot = undefined;
  }

  /** Straight to a consumer that waits. */
  #hand(message: Message): boolean {
    const consumer = this.ring.take();
    if (consumer === undefined) return false;
    const entry = this.#entryOf(message);
    // It may come back.
    if (entry.expiresAt !== 0 && this.#expiry === undefined) this.#watch();
    this.#running = true;
    this.deliver(consumer, entry);
    this.#running = false;
    // The consumer's sink may have published to this queue meanwhile.
    if (this.backlog.length > 0) this.schedule();
    return true;
  }

  /** It is this consumer's turn. */
  protected handOut(consumer: Consumer, entry: Entry): void {
    this.deliver(consumer, entry);
  }

  protected deliver(consumer: Consumer, entry: Entry): void {
    const { stats } = this;
    if (entry.redelivered) stats.redeliver++;
    if (consumer.noAck) stats.deliver_no_ack++;
    else {
      stats.deliver++;
      this.#hold(entry);
    }
    consumer.channel.deliver(consumer, entry);
  }

  #shift(): Entry | undefined {
    const entry = this.backlog.shift();
    if (entry === undefined) return undefined;
    this.#snapshot = undefined;
    this.#readyBytes -= this.sizeOf(entry.message);
    if (this.#expiry !== undefined) this.#watch();
    return entry;
  }

  #hold(entry: Entry): void {
    this.#snapshot = undefined;
    this.#unackedCount++;
    this.#unackedBytes += this.sizeOf(entry.message);
  }

  #release(entry: Entry): void {
    this.#snapshot = undefined;
    this.#unackedCount--;
    this.#unackedBytes -= this.sizeOf(entry.message);
  }

  #entryOf(message: Message): Entry {
    const failures = this.#failuresOf(message);
    // Who gets it at once is not told (rabbit_variable_queue:publish_delivered/4).
    const told = failures > 0 && !this.tellsAtOnce && this.backlog.length === 0 && this.ring.waits ? 0 : failures;
    return new Entry(message, this.#sequence++, 0, this.#expiresAt(message), told);
  }

  #failuresOf(message: Message): number {
    return this.#counts && message instanceof AnnotatedMessage ? message.annotations.failures : 0;
  }

  /** The shorter of the queue's and the message's own (rabbit_amqqueue_process:calculate_msg_expiry/2). */
  #expiresAt(message: Message): number {
    const ofQueue = this.settings.ttl_milliseconds;
    const ofMessage = message.header.plain ? undefined : expirationOf(message.header);
    if (ofQueue === undefined && ofMessage === undefined) return 0;
    return this.vhost.broker.clock.now() + Math.min(ofQueue ?? Number.POSITIVE_INFINITY, ofMessage ?? Number.POSITIVE_INFINITY);
  }

  protected dropHead(): void {
    for (let entry = this.shiftExcess(); entry !== undefined; entry = this.shiftExcess()) {
      deadLetter(this, entry.message, 'maxlen', entry.failures);
    }
  }

  /** The first message, if there are too many. */
  protected shiftExcess(): Entry | undefined {
    const { max_length_messages = Number.POSITIVE_INFINITY, max_length_bytes = Number.POSITIVE_INFINITY } = this.settings;
    return this.boundedCount > max_length_messages || this.#readyBytes > max_length_bytes ? this.#shift() : undefined;
  }

  /** Whether what nobody takes at once is gone, whatever is before it (rabbit_amqqueue_process:deliver_or_enqueue/4). */
  #vanishes(): boolean {
    const { ttl_milliseconds, deadLetterExchange } = this.settings;
    if (ttl_milliseconds !== 0 || deadLetterExchange !== undefined || this.type !== 'classic') return false;
    return this.backlog.length > 0 || !this.ring.waits;
  }

  /** A message that expires has come. One that its priority brings to the head waits for what happens next (rabbit_amqqueue_process:deliver_or_enqueue/4). */
  #expect(dropped: boolean): void {
    if (this.settings.maxPriority === 0 || this.backlog.length === 1 || dropped) this.#watch();
    else this.#expiry ??= this.#newExpiry();
  }

  #watch(): void {
    this.#expiry ??= this.#newExpiry();
    this.#expiry.watch(this.backlog);
  }

  #newExpiry(): MessageExpiry {
    return new MessageExpiry(this.vhost.broker.clock, () => this.expire());
  }

  #comeBack(unacked: readonly Entry[]): void {
    const entries = unacked.map((entry) => entry.returned(false));
    for (const entry of entries) this.#readyBytes += this.sizeOf(entry.message);
    entries.sort((one, other) => one.sequence - other.sequence);
    this.backlog.restore(entries);
  }
}

/** RabbitMQ asks one queue per priority for what was rejected, the highest first (rabbit_priority_queue:ackfold/4). */
function highestFirst(deliveries: readonly Delivery[], maximum: number): readonly Delivery[] {
  if (deliveries.length < 2) return deliveries;
  const priorityOf = ({ entry }: Delivery): number => Math.min(entry.message.header.priority ?? 0, maximum);
  return [...deliveries].sort((one, other) => priorityOf(other) - priorityOf(one));
}
