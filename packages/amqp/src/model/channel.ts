import type { BrokerConnection } from './broker-connection.ts';
import { Confirms } from './confirms.ts';
import { Consumer, type ConsumerProperties } from './consumer.ts';
import type { Consumption, ExchangeBinding, ExchangeDeclaration, QueueBinding, QueueDeclaration, QueueDeclared } from './declaration.ts';
import { Delivery } from './delivery.ts';
import type { Entry } from './entry.ts';
import { EMPTY_TABLE, integerOf } from './field-table.ts';
import { generateName } from './generated-name.ts';
import type { Message } from './message.ts';
import { Publisher } from './publisher.ts';
import type { Queue } from './queue.ts';
import { checkConsumerArguments } from './queue-arguments.ts';
import { ReceivingChannel } from './receiving-channel.ts';
import { refuse } from './refusal.ts';
import { DIRECT_REPLY_QUEUE } from './reply-to.ts';
import { settleAll, settleOne } from './settlement.ts';
import type { ChannelSink } from './sink.ts';
import * as topology from './topology.ts';
import { traceDeliver } from './trace.ts';
import { type Settlement, Transaction } from './transaction.ts';

export interface Gotten {
  readonly deliveryTag: number;
  readonly redelivered: boolean;
  readonly message: Message;
  /** Messages still ready. */
  readonly messageCount: number;
}

/**
 * One AMQP channel: a method for each of the protocol's. Refusals are thrown ({@link Refusal}); whether
 * one ends the channel or the connection is the session's business, which then calls {@link close}.
 *
 * Order on the wire: a method that has a reply (everything but publish, ack, nack, reject, recover-async)
 * never delivers while it runs. What became deliverable waits for {@link pump}; call it after the reply
 * is written. If nobody does, the broker pumps in a microtask. Confirms wait for {@link pump} too, and are
 * coalesced there: call it at the end of an input chunk, or leave it to the microtask.
 */
export class Channel extends ReceivingChannel {
  readonly #publisher: Publisher;
  #confirms: Confirms | undefined;
  #lastQueue = '';

  /** Use `BrokerConnection.openChannel`. */
  constructor(connection: BrokerConnection, number: number, sink: ChannelSink) {
    super(connection, number, sink);
    this.#publisher = new Publisher(this);
  }

  /** Publisher confirms are on. */
  get confirming(): boolean {
    return this.#confirms !== undefined;
  }

  get unconfirmedCount(): number {
    return this.#confirms?.pendingCount ?? 0;
  }

  exchangeDeclare(declaration: ExchangeDeclaration): void {
    topology.declareExchange(this.vhost, this.actor, declaration);
  }

  exchangeDelete(exchange: string, ifUnused: boolean): void {
    topology.deleteExchange(this.vhost, this.actor, exchange, ifUnused);
  }

  exchangeBind(binding: ExchangeBinding): void {
    topology.bindExchange(this.vhost, this.actor, binding);
  }

  exchangeUnbind(binding: ExchangeBinding): void {
    topology.unbindExchange(this.vhost, this.actor, binding);
  }

  queueDeclare(declaration: QueueDeclaration): QueueDeclared {
    if (declaration.queue.startsWith(DIRECT_REPLY_QUEUE)) return this.#declareReplyQueue(declaration.queue);
    const queue = topology.declareQueue(this.vhost, this.actor, declaration);
    this.#lastQueue = queue.name;
    return { queue: queue.name, messageCount: queue.declaredCount, consumerCount: queue.declaredConsumerCount };
  }

  queueBind(binding: QueueBinding): void {
    topology.bindQueue(this.vhost, this.actor, this.#expanded(binding));
  }

  queueUnbind(binding: QueueBinding): void {
    topology.unbindQueue(this.vhost, this.actor, this.#expanded(binding));
  }

  /** Returns how many messages were dropped. */
  queuePurge(queue: string): number {
    return topology.purgeQueue(this.vhost, this.actor, this.#named(queue));
  }

  /**
   * Returns how many messages went with it; 0 when there is no such queue, which is no error. That its own consumers are
   * gone with it this channel hears only later (rabbit_channel:handle_consuming_queue_down_or_eol/2).
   */
  queueDelete(queue: string, ifUnused: boolean, ifEmpty: boolean): number {
    const { actor, vhost } = this;
    const count = this.postponing(() => topology.deleteQueue(vhost, actor, this.#named(queue), ifUnused, ifEmpty));
    vhost.broker.scheduleConfirms(this);
    return count;
  }

  basicQos(prefetchSize: number, prefetchCount: number, global: boolean): void {
    if (prefetchSize !== 0) refuse({ kind: 'prefetch-size', size: prefetchSize });
    if (global && !this.vhost.release.has('denied-global-prefetch')) this.globalPrefetchCount = prefetchCount;
    else {
      this.prefetchCount = prefetchCount;
      this.globalPrefetchCount = 0;
    }
    this.wakeAll();
  }

  /** Returns the consumer tag. */
  basicConsume(consumption: Consumption): string {
    const name = this.#named(consumption.queue);
    const given = consumption.consumerTag;
    if (given !== '' && (this.consumers.has(given) || this.isReplyConsumer(given))) refuse({ kind: 'consumer-tag-reused', tag: given });
    const limit = this.vhost.broker.settings.consumer_max_per_channel_consumers;
    if (this.consumers.size >= limit) refuse({ kind: 'consumer-limit', limit });
    this.vhost.broker.checkRoom();
    if (name === DIRECT_REPLY_QUEUE) return this.consumeReplies(this, given, consumption.noAck ?? false);
    this.actor.check('read', this.vhost.resource('queue', name));
    const queue = topology.existingQueue(this.vhost, name);
    queue.checkAccess(this.connection);
    const args = consumption.arguments ?? EMPTY_TABLE;
    checkConsumerArguments(queue.resource, queue.type, args, this.vhost.release);
    const properties: ConsumerProperties = {
      tag: given === '' ? generateName('amq.ctag', this.vhost.broker.random) : given,
      noAck: consumption.noAck ?? false,
      exclusive: consumption.exclusive ?? false,
      prefetch: this.prefetchCount,
      priority: integerOf(args.get('x-priority')) ?? 0,
      arguments: args,
    };
    queue.checkConsumer(properties, this.globalPrefetchCount);
    const consumer = new Consumer(this, queue, properties);
    queue.addConsumer(consumer);
    this.consumers.set(consumer.tag, consumer);
    return consumer.tag;
  }

  /** False for an unknown tag. What the consumer has not acknowledged stays with the channel. */
  basicCancel(consumerTag: string): boolean {
    if (this.isReplyConsumer(consumerTag)) {
      this.endReplies();
      return true;
    }
    const consumer = this.consumers.get(consumerTag);
    if (consumer === undefined) return false;
    this.consumers.delete(consumerTag);
    if (consumer.queue.removeConsumer(consumer)) this.vhost.removeQueue(consumer.queue);
    return true;
  }

  basicPublish(message: Message, mandatory: boolean, immediate: boolean): void {
    if (immediate) refuse({ kind: 'not-implemented', what: 'immediate=true' });
    this.#publisher.publish(message, mandatory);
  }

  basicGet(name: string, noAck: boolean): Gotten | undefined {
    const resource = this.vhost.resource('queue', this.#named(name));
    this.actor.check('read', resource);
    const queue = topology.existingQueue(this.vhost, resource.name);
    queue.checkAccess(this.connection);
    queue.touch();
    const entry = queue.take(noAck);
    this.#countGet(queue, entry, noAck);
    if (entry === undefined) return undefined;
    const deliveryTag = ++this.deliveryTag;
    if (!noAck) this.hold(new Delivery(deliveryTag, entry, queue, undefined));
    const message = queue.present(entry, true);
    const redelivered = entry.redelivered;
    if (this.vhost.tracing) traceDeliver(this, queue.name, message, redelivered);
    return { deliveryTag, redelivered, message, messageCount: queue.readyCount };
  }

  basicAck(deliveryTag: number, multiple: boolean): void {
    if (!multiple && this.transaction === undefined) {
      const delivery = this.unacked.take(deliveryTag) ?? refuse({ kind: 'unknown-delivery-tag', tag: deliveryTag });
      settleOne(this, delivery);
      return;
    }
    const deliveries = this.#take(deliveryTag, multiple);
    if (this.transaction !== undefined) this.transaction.settle({ outcome: 'ack', deliveries });
    else settleAll(this, { outcome: 'ack', deliveries }, true);
  }

  basicNack(deliveryTag: number, multiple: boolean, requeue: boolean): void {
    this.#reject(this.#take(deliveryTag, multiple), requeue, !this.vhost.release.has('failed-deliveries') && !requeue);
  }

  basicReject(deliveryTag: number, requeue: boolean): void {
    this.#reject(this.#take(deliveryTag, false), requeue, this.vhost.release.has('failed-deliveries') || !requeue);
  }

  /** basic.recover and basic.recover-async. */
  basicRecover(requeue: boolean): void {
    if (!requeue) refuse({ kind: 'not-implemented', what: 'requeue=false' });
    const deliveries = this.unacked.takeUpTo(0) ?? [];
    for (const { queue } of deliveries) queue.checkRecover();
    this.postponing(() => settleAll(this, { outcome: 'reject', requeue, failed: false, deliveries }, true, true));
    this.vhost.broker.scheduleConfirms(this);
  }

  confirmSelect(): void {
    if (this.transaction !== undefined) refuse({ kind: 'mode-switch', from: 'tx', to: 'confirm' });
    this.#confirms ??= new Confirms(this.sink);
  }

  txSelect(): void {
    if (this.#confirms !== undefined) refuse({ kind: 'mode-switch', from: 'confirm', to: 'tx' });
    this.transaction ??= new Transaction();
  }

  /** Publishes, then rejects. Acknowledgements overtake both on their way to the queues (rabbit_amqqueue_process:prioritise_cast/3). */
  txCommit(): void {
    const { publications, settlements } = this.#inTransaction().take();
    const settle = (outcome: Settlement['outcome']): void => {
      for (const settlement of settlements) if (settlement.outcome === outcome) settleAll(this, settlement, true);
    };
    const accepted = this.postponing(() =>
      this.vhost.letters.holding(() => {
        settle('ack');
        const published = this.#publisher.commit(publications);
        settle('reject');
        return published;
      }),
    );
    this.vhost.broker.scheduleConfirms(this);
    if (accepted) return;
    // What the others took stays published, and what was delivered is delivered (rabbit_channel:complete_tx/1).
    this.sendPostponed();
    refuse({ kind: 'partial-transaction' });
  }

  /** Forgets the publishes; what was acknowledged counts as unacknowledged again. */
  txRollback(): void {
    const { settlements } = this.#inTransaction().take();
    this.unacked.untake(settlements.flatMap(({ deliveries }) => deliveries));
  }

  /** channel.flow from the client. `false` is refused, as RabbitMQ does. */
  flow(active: boolean): void {
    if (!active) refuse({ kind: 'not-implemented', what: 'active=false' });
  }

  /** The sink became writable again. */
  resume(): void {
    this.wakeAll();
    this.vhost.broker.pump();
  }

  /** Delivers what became deliverable and sends pending confirms. Cheap when there is nothing. */
  pump(): void {
    this.vhost.broker.pump();
  }

  /**
   * Ends the consumers and requeues what was not acknowledged. May be called twice. Confirms that are
   * still pending are not sent: pump first if they should be.
   */
  override close(): void {
    if (this.closed) return;
    this.closed = true;
    if (this.connection.channels.delete(this.number)) {
      this.vhost.broker.churn.channel_closed++;
      this.vhost.broker.holdings.channel(-1);
    }
    this.vhost.broker.resting.leave(this);
    this.endReplies();
    const abandoned: Queue[] = [];
    for (const consumer of this.consumers.values()) if (consumer.queue.removeConsumer(consumer)) abandoned.push(consumer.queue);
    this.consumers.clear();
    if (this.transaction !== undefined) this.txRollback();
    settleAll(this, { outcome: 'reject', requeue: true, failed: true, deliveries: this.unacked.takeUpTo(0) ?? [] }, false);
    for (const queue of abandoned) this.vhost.removeQueue(queue);
  }

  // From here on: called by the model itself.

  /** It had nothing to do for a while. */
  rested(): void {
    this.actor.forget();
    this.#publisher.forget();
  }

  nextConfirm(): number {
    return this.#confirms?.next() ?? 0;
  }

  /** Of a message that no queue takes: before anything else is looked at (rabbit_channel:next_state/1). */
  confirmNow(tag: number): void {
    const confirms = this.#confirms;
    if (confirms === undefined) return;
    this.stats.confirm++;
    this.vhost.stats.confirm++;
    this.connection.telling(() => confirms.confirmNow(tag));
  }

  confirm(tag: number, accepted: boolean): void {
    const confirms = this.#confirms;
    if (confirms === undefined) return;
    if (!confirms.pending) this.vhost.broker.scheduleConfirms(this);
    confirms.record(tag, accepted);
    this.stats.confirm++;
    this.vhost.stats.confirm++;
  }

  flushConfirms(): void {
    this.sendPostponed();
    if (!this.closed) this.connection.telling(() => this.#confirms?.flush());
  }

  #take(deliveryTag: number, multiple: boolean): readonly Delivery[] {
    if (multiple) return this.unacked.takeUpTo(deliveryTag) ?? refuse({ kind: 'unknown-delivery-tag', tag: deliveryTag });
    return [this.unacked.take(deliveryTag) ?? refuse({ kind: 'unknown-delivery-tag', tag: deliveryTag })];
  }

  #reject(deliveries: readonly Delivery[], requeue: boolean, failed: boolean): void {
    for (const { queue } of deliveries) queue.checkReject();
    const settlement: Settlement = { outcome: 'reject', requeue, failed, deliveries };
    if (this.transaction !== undefined) this.transaction.settle(settlement);
    else settleAll(this, settlement, true);
  }

  #inTransaction(): Transaction {
    return this.transaction ?? refuse({ kind: 'not-transactional' });
  }

  #countGet(queue: Queue, entry: Entry | undefined, noAck: boolean): void {
    for (const stats of [queue.stats, this.stats, this.vhost.stats]) {
      if (entry === undefined) stats.get_empty++;
      else if (noAck) stats.get_no_ack++;
      else stats.get++;
      if (entry?.redelivered === true) stats.redeliver++;
    }
  }

  #named(queue: string): string {
    if (queue !== '') return queue;
    return this.#lastQueue === '' ? refuse({ kind: 'no-previously-declared-queue' }) : this.#lastQueue;
  }

  /** No queue and no key: both are the last declared queue's name (AMQP 0-9-1 §1.7.2.3). */
  #expanded(binding: QueueBinding): QueueBinding {
    if (binding.queue !== '') return binding;
    const queue = this.#named('');
    return { ...binding, queue, routingKey: binding.routingKey === '' ? queue : binding.routingKey };
  }

  /** Declaring a reply address tells whether its consumer is still there. */
  #declareReplyQueue(name: string): QueueDeclared {
    // The bare name is always there.
    const there = name === DIRECT_REPLY_QUEUE || this.vhost.broker.replyConsumers.has(name);
    if (!there) refuse({ kind: 'not-found', resource: this.vhost.resource('queue', name) });
    this.#lastQueue = name;
    return { queue: name, messageCount: 0, consumerCount: 1 };
  }
}
