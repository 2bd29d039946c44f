import type { Backlog } from './backlog.ts';
import { ClassicQueue } from './classic-queue.ts';
import type { Consumer, ConsumerProperties } from './consumer.ts';
import type { Delivery } from './delivery.ts';
import { Entry } from './entry.ts';
import { byName, EMPTY_TABLE, long } from './field-table.ts';
import { type Message, PlainHeader } from './message.ts';
import type { QueueState } from './queue-state.ts';
import { QuorumBacklog } from './quorum-backlog.ts';
import { refuse } from './refusal.ts';
import { AnnotatedMessage } from './sender-selected.ts';

/** A quorum queue with one member (rabbit_fifo). */
export class QuorumQueue extends ClassicQueue {
  /** Unacknowledged messages of basic.get: each of them looks like a consumer to queue.declare. */
  #gotten = 0;
  /** It was over its limit, and has not been well below it since. */
  #full = false;

  override get consumerCount(): number {
    return this.consumers.length + this.#gotten;
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

  override take(noAck: boolean): Entry | undefined {
    if (this.settings.singleActiveConsumer) refuse({ kind: 'quorum-single-active-get', resource: this.resource });
    const entry = super.take(noAck);
    if (entry !== undefined && !noAck) this.#gotten++;
    return entry;
  }

  /** `x-delivery-count`: how often it came back. Up to 3.10 basic.get shows 0, too. */
  override present(entry: Entry, gotten: boolean): Message {
    if (entry.returns === 0 && !(gotten && this.vhost.persona === '3.10')) return entry.message;
    const properties = entry.message.header.properties();
    const headers = byName(new Map(properties.headers ?? EMPTY_TABLE).set('x-delivery-count', long(entry.returns)));
    return AnnotatedMessage.withHeader(entry.message, new PlainHeader({ ...properties, headers }));
  }

  override settle(delivery: Delivery): void {
    this.#settled(delivery);
    super.settle(delivery);
  }

  override requeue(deliveries: readonly Delivery[], byClient: boolean): void {
    for (const delivery of deliveries) this.#settled(delivery);
    super.requeue(deliveries, byClient);
  }

  override discard(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) this.#settled(delivery);
    super.discard(deliveries);
  }

  override restore(state: QueueState | undefined): void {
    this.#gotten = 0;
    this.#full = false;
    super.restore(state);
  }

  protected override newBacklog(state?: QueueState): Backlog {
    return QuorumBacklog.of(this.vhost.persona === '4', state?.ready);
  }

  /** The one that goes over the limit is taken, and publishers are told to stop (rabbit_fifo:evaluate_limit/5). */
  protected override rejects(): boolean {
    this.#look();
    return this.#full;
  }

  protected override outlived(entry: Entry): boolean {
    return this.settings.deliveryLimit !== undefined && entry.returns > this.settings.deliveryLimit;
  }

  /**
   * Without a delivery limit a message that a client returns goes to the back, so that RabbitMQ's log can be
   * cut off at its front (rabbit_fifo:handle_aux/5); with one, or when its consumer went away, to the front.
   */
  protected override putBack(entries: Entry[], byClient: boolean): void {
    if (this.settings.deliveryLimit !== undefined || !byClient) this.backlog.restore(entries);
    else {
      for (const { message, returns, expiresAt } of entries) {
        this.backlog.push(new Entry(message, this.nextSequence(), returns, expiresAt));
      }
    }
  }

  /** `exclusive` is not looked at (rabbit_quorum_queue:consume/3). */
  protected override get exclusiveConsumers(): boolean {
    return false;
  }

  /** From 4.0 on a newcomer of higher priority takes over, once the active consumer has nothing in hand. */
  protected override takesOver(newcomer: Consumer, active: Consumer): boolean {
    return this.vhost.persona === '4' && newcomer.priority > active.priority;
  }

  #look(): void {
    const { max_length_messages = Number.POSITIVE_INFINITY, max_length_bytes = Number.POSITIVE_INFINITY } = this.settings;
    const { readyCount, readyBytes } = this;
    if (readyCount > max_length_messages || readyBytes > max_length_bytes) this.#full = true;
    else if (readyCount <= low(max_length_messages) && readyBytes <= low(max_length_bytes)) this.#full = false;
  }

  #settled(delivery: Delivery): void {
    if (delivery.consumer === undefined && !delivery.stale && !this.deleted) this.#gotten--;
  }
}

/** Where publishers may go on (rabbit_fifo, LOW_LIMIT). */
function low(limit: number): number {
  return Math.trunc(limit * 0.8);
}
