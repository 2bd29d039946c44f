import { Authority } from './authority.ts';
import type { BrokerConnection } from './broker-connection.ts';
import type { Channel } from './channel.ts';
import type { Consumer } from './consumer.ts';
import { Delivery } from './delivery.ts';
import { DeliveryDeadline } from './delivery-deadline.ts';
import type { Entry } from './entry.ts';
import { generateName } from './generated-name.ts';
import type { Message } from './message.ts';
import { Refusal, refuse } from './refusal.ts';
import { newReplyAddress } from './reply-to.ts';
import type { ChannelSink } from './sink.ts';
import { ChannelStats } from './stats.ts';
import { takeBack } from './timed-out.ts';
import { traceDeliver } from './trace.ts';
import type { Transaction } from './transaction.ts';
import { Unacked } from './unacked.ts';
import type { VirtualHost } from './virtual-host.ts';

/** The receiving side of a channel: its consumers, what they were given, and whether they can take more. */
export abstract class ReceivingChannel {
  readonly connection: BrokerConnection;
  readonly vhost: VirtualHost;
  readonly number: number;
  readonly sink: ChannelSink;
  readonly actor: Authority;
  readonly consumers: Map<string, Consumer> = new Map();
  readonly unacked: Unacked = new Unacked();
  readonly stats: ChannelStats = new ChannelStats();
  /** basic.qos without `global`: for consumers that come after it. 0 for no limit. */
  prefetchCount = 0;
  /** basic.qos with `global`: for all consumers together. */
  globalPrefetchCount = 0;
  transaction: Transaction | undefined = undefined;
  closed = false;
  /** Methods that its client sent, but those that are counted by themselves. */
  heard = 0;
  protected deliveryTag = 0;
  readonly #deadline: DeliveryDeadline = new DeliveryDeadline();
  readonly #timeout_milliseconds: number;
  /** Unacknowledged deliveries to consumers; those from basic.get don't count against a prefetch. */
  #held = 0;
  #lastServed: Consumer | undefined;
  /** Deliveries and cancellations that must not overtake the reply of the method that they come of. */
  #postponed: (() => void)[] | undefined;
  #reply: { readonly tag: string; readonly address: string } | undefined;

  constructor(connection: BrokerConnection, number: number, sink: ChannelSink) {
    this.connection = connection;
    this.vhost = connection.virtualHost;
    this.number = number;
    this.sink = sink;
    this.actor = new Authority(this);
    this.#timeout_milliseconds = this.vhost.broker.settings.consumer_timeout_milliseconds;
  }

  abstract close(): void;

  abstract rested(): void;

  /** Grows with all that it has to do. */
  get activity(): number {
    const { publish, deliver, deliver_no_ack, ack, confirm } = this.stats;
    return this.heard + publish + deliver + deliver_no_ack + ack + confirm;
  }

  /** The global prefetch allows another delivery. */
  get hasRoom(): boolean {
    return this.globalPrefetchCount === 0 || this.#held < this.globalPrefetchCount;
  }

  /** Where replies to this channel's consumer of amq.rabbitmq.reply-to go. */
  get replyAddress(): string | undefined {
    return this.#reply?.address;
  }

  /** A queue hands over a message for one of this channel's consumers. */
  deliver(consumer: Consumer, entry: Entry): void {
    const tag = ++this.deliveryTag;
    this.#lastServed = consumer;
    const redelivered = entry.redelivered;
    const { stats, vhost } = this;
    if (redelivered) {
      stats.redeliver++;
      vhost.stats.redeliver++;
    }
    if (consumer.noAck) {
      stats.deliver_no_ack++;
      vhost.stats.deliver_no_ack++;
    } else {
      stats.deliver++;
      vhost.stats.deliver++;
      consumer.unacked++;
      this.#held++;
      this.hold(new Delivery(tag, entry, consumer.queue, consumer));
    }
    const message = consumer.queue.present(entry, false);
    if (this.#postponed === undefined) this.#send(consumer.tag, tag, redelivered, message);
    else this.#postponed.push(() => this.#send(consumer.tag, tag, redelivered, message));
    if (vhost.tracing) traceDeliver(this, consumer.queue.name, message, redelivered);
  }

  protected hold(delivery: Delivery): void {
    this.unacked.push(delivery);
    if (this.unacked.size === 1) this.vhost.broker.expectAcknowledgements();
  }

  /** Does what the queues may answer with deliveries or their end at once; what this channel is told of it waits for the pump. */
  protected postponing<T>(run: () => T): T {
    this.#postponed ??= [];
    return run();
  }

  /** What comes of it overtakes the reply of the method that makes it possible. */
  deliveringAtOnce(run: () => void): void {
    const postponed = this.#postponed;
    this.#postponed = undefined;
    run();
    this.#postponed = postponed;
  }

  protected sendPostponed(): void {
    const postponed = this.#postponed;
    if (postponed === undefined) return;
    this.#postponed = undefined;
    for (const send of postponed) if (!this.closed) send();
  }

  /** Takes no delivery tag (rabbit_channel:handle_cast({deliver_reply, …})). */
  deliverReply(message: Message): void {
    if (this.#reply !== undefined) this.#send(this.#reply.tag, this.deliveryTag + 1, false, message);
  }

  #send(consumerTag: string, deliveryTag: number, redelivered: boolean, message: Message): void {
    try {
      this.sink.deliver(consumerTag, deliveryTag, redelivered, message);
    } catch (error) {
      this.connection.failed(error);
    }
  }

  /** The consumer's queue is gone. */
  consumerLost(consumer: Consumer): void {
    this.consumers.delete(consumer.tag);
    if (this.closed) return;
    const tell = (): void => this.connection.telling(() => this.sink.cancelled(consumer.tag));
    if (this.#postponed === undefined) tell();
    else this.#postponed.push(tell);
  }

  /** A delivery is settled: its consumer, and maybe others of the channel, can take another. */
  release(delivery: Delivery): void {
    const { consumer } = delivery;
    if (consumer === undefined) return;
    if (!delivery.stale) {
      consumer.unacked--;
      this.#held--;
    } else if (consumer.overdue > 0) consumer.overdue--;
    else return;
    if (this.globalPrefetchCount !== 0) this.wakeAll();
    else if (!consumer.waiting) consumer.queue.wake(consumer);
  }

  /** Deliveries whose messages are with the client, those that a transaction would acknowledge included. */
  *outstanding(): IterableIterator<Delivery> {
    yield* this.unacked.all();
    if (this.transaction !== undefined) yield* this.transaction.deliveries();
  }

  /** The messages of all deliveries so far are back in their queues: the broker was restored. */
  forgetDeliveries(): void {
    for (const delivery of this.outstanding()) delivery.stale = true;
    for (const consumer of this.consumers.values()) {
      consumer.unacked = 0;
      consumer.overdue = 0;
    }
    this.#held = 0;
    this.wakeAll();
  }

  /** Refuses the channel if a delivery has not been acknowledged for too long. Returns whether there are any left to look after. */
  tick(now: number): boolean {
    // From 4.3 on -1 is what a client is told (rabbit_channel:handle_queue_actions/2).
    let timeout = -1;
    if (this.vhost.release.has('timeouts-of-quorum-queues')) {
      if (takeBack(this, this.#deadline, this.deliveryTag, now)) return this.outstanding().next().done !== true;
    } else {
      // The oldest delivery decides, whatever holds for the queues of others (rabbit_channel:evaluate_consumer_timeout/1).
      const { oldest } = this.unacked;
      timeout = oldest?.queue.settings.consumer_timeout_milliseconds ?? this.#timeout_milliseconds;
      if (!this.#deadline.passed(oldest, this.deliveryTag, now, timeout)) return this.outstanding().next().done !== true;
    }
    const refusal = new Refusal({ kind: 'acknowledgement-timeout', channel: this.number, timeout_milliseconds: timeout });
    this.connection.telling(() => this.sink.refused(refusal));
    this.close();
    return false;
  }

  /** Whoever was served last comes last. RabbitMQ leaves the order to chance, to be as fair (rabbit_limiter:notify_queues/1). */
  protected wakeAll(): void {
    const consumers = [...this.consumers.values()];
    const next = this.#lastServed === undefined ? 0 : consumers.indexOf(this.#lastServed) + 1;
    for (const consumer of [...consumers.slice(next), ...consumers.slice(0, next)]) {
      if (consumer.waiting || !consumer.ready) continue;
      consumer.queue.wake(consumer);
      consumer.queue.schedule();
    }
  }

  /** The consumer of amq.rabbitmq.reply-to. */
  protected isReplyConsumer(tag: string): boolean {
    return this.#reply?.tag === tag;
  }

  protected consumeReplies(channel: Channel, given: string, noAck: boolean): string {
    if (!noAck) refuse({ kind: 'reply-consumer-acknowledges' });
    if (this.#reply !== undefined) refuse({ kind: 'reply-consumer-exists' });
    const { broker } = this.vhost;
    const tag = given === '' ? generateName('amq.ctag', broker.random) : given;
    this.#reply = { tag, address: newReplyAddress(broker.random) };
    broker.replyConsumers.set(this.#reply.address, channel);
    return tag;
  }

  protected endReplies(): void {
    if (this.#reply !== undefined) this.vhost.broker.replyConsumers.delete(this.#reply.address);
    this.#reply = undefined;
  }
}
