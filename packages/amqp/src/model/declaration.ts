import type { Table } from './field-table.ts';

/** exchange.declare (AMQP 0-9-1 §1.6.2.1). `type` and the rest are ignored when passive. */
export interface ExchangeDeclaration {
  readonly exchange: string;
  readonly type: string;
  readonly passive?: boolean;
  readonly durable?: boolean;
  readonly autoDelete?: boolean;
  readonly internal?: boolean;
  readonly arguments?: Table;
}

/** queue.declare (§1.7.2.1). An empty name asks for a generated one. */
export interface QueueDeclaration {
  readonly queue: string;
  readonly passive?: boolean;
  readonly durable?: boolean;
  readonly exclusive?: boolean;
  readonly autoDelete?: boolean;
  readonly arguments?: Table;
}

export interface QueueDeclared {
  readonly queue: string;
  /** Ready messages. */
  readonly messageCount: number;
  readonly consumerCount: number;
}

/** queue.bind and queue.unbind. An empty queue name is the channel's last declared queue. */
export interface QueueBinding {
  readonly queue: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly arguments?: Table;
}

/** exchange.bind and exchange.unbind: messages flow from source to destination. */
export interface ExchangeBinding {
  readonly destination: string;
  readonly source: string;
  readonly routingKey: string;
  readonly arguments?: Table;
}

/** basic.consume. An empty tag asks for a generated one. */
export interface Consumption {
  readonly queue: string;
  readonly consumerTag: string;
  /** Accepted and ignored, as RabbitMQ does. */
  readonly noLocal?: boolean;
  readonly noAck?: boolean;
  readonly exclusive?: boolean;
  readonly arguments?: Table;
}
