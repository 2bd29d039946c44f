import type { BrokerConnection } from './broker-connection.ts';
import type { Consumption, ExchangeBinding, ExchangeDeclaration, QueueBinding, QueueDeclaration, QueueDeclared } from './declaration.ts';
import type { Message } from './message.ts';
import type { ChannelSink } from './sink.ts';

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
 * Order on the wire: a method that has a reply (everything but publish, ack, nack, reject, recoverAsync)
 * never delivers while it runs. What became deliverable waits for {@link pump}; call it after the reply
 * is written. If nobody does, the broker pumps in a microtask. Confirms wait for {@link pump} too, and are
 * coalesced there: call it at the end of an input chunk, or leave it to the microtask.
 */
export class Channel {
  readonly connection: BrokerConnection;
  readonly number: number;
  readonly sink: ChannelSink;

  constructor(connection: BrokerConnection, number: number, sink: ChannelSink) {
    this.connection = connection;
    this.number = number;
    this.sink = sink;
  }

  exchangeDeclare(_declaration: ExchangeDeclaration): void {}
  exchangeDelete(_exchange: string, _ifUnused: boolean): void {}
  exchangeBind(_binding: ExchangeBinding): void {}
  exchangeUnbind(_binding: ExchangeBinding): void {}

  queueDeclare(declaration: QueueDeclaration): QueueDeclared {
    return { queue: declaration.queue, messageCount: 0, consumerCount: 0 };
  }
  queueBind(_binding: QueueBinding): void {}
  queueUnbind(_binding: QueueBinding): void {}
  /** Returns how many messages were dropped. */
  queuePurge(_queue: string): number {
    return 0;
  }
  /** Returns how many messages went with it; 0 when there is no such queue, which is no error. */
  queueDelete(_queue: string, _ifUnused: boolean, _ifEmpty: boolean): number {
    return 0;
  }

  basicQos(_prefetchSize: number, _prefetchCount: number, _global: boolean): void {}
  /** Returns the consumer tag. */
  basicConsume(consumption: Consumption): string {
    return consumption.consumerTag;
  }
  /** Unknown tags are ignored. */
  basicCancel(_consumerTag: string): void {}
  basicPublish(_message: Message, _mandatory: boolean, _immediate: boolean): void {}
  basicGet(_queue: string, _noAck: boolean): Gotten | undefined {
    return undefined;
  }
  basicAck(_deliveryTag: number, _multiple: boolean): void {}
  basicNack(_deliveryTag: number, _multiple: boolean, _requeue: boolean): void {}
  basicReject(_deliveryTag: number, _requeue: boolean): void {}
  /** basic.recover and basic.recover-async. */
  basicRecover(_requeue: boolean): void {}

  confirmSelect(): void {}
  txSelect(): void {}
  txCommit(): void {}
  txRollback(): void {}
  /** channel.flow from the client. `false` is refused, as RabbitMQ does. */
  flow(_active: boolean): void {}

  /** The sink became writable again. */
  resume(): void {}
  /** Delivers what became deliverable and sends pending confirms. Cheap when there is nothing. */
  pump(): void {}
  /** Requeues what was not acknowledged and ends the consumers. May be called twice. */
  close(): void {}
}
