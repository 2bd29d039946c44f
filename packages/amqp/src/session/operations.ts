import type { Operation } from '@wirelike/kernel';

/**
 * What a client calls and what the broker tells it, by the protocol's names. Replies belong to their call.
 * basic.ack, basic.nack (confirms) and basic.cancel (a consumer's queue is gone) go both ways.
 */
const CALLED: Readonly<Record<string, string>> = {
  'connection.start-ok': 'AMQP 0-9-1 §1.4.2.2',
  'connection.tune-ok': 'AMQP 0-9-1 §1.4.2.6',
  'connection.open': 'AMQP 0-9-1 §1.4.2.7',
  'connection.close': 'AMQP 0-9-1 §1.4.2.9',
  'connection.update-secret': 'RabbitMQ extension: update-secret',
  'channel.open': 'AMQP 0-9-1 §1.5.2.1',
  'channel.flow': 'AMQP 0-9-1 §1.5.2.3',
  'channel.close': 'AMQP 0-9-1 §1.5.2.5',
  'access.request': 'AMQP 0-8 §2.1.2.1',
  'exchange.declare': 'AMQP 0-9-1 §1.6.2.1',
  'exchange.delete': 'AMQP 0-9-1 §1.6.2.3',
  'exchange.bind': 'RabbitMQ extension: exchange to exchange bindings',
  'exchange.unbind': 'RabbitMQ extension: exchange to exchange bindings',
  'queue.declare': 'AMQP 0-9-1 §1.7.2.1',
  'queue.bind': 'AMQP 0-9-1 §1.7.2.3',
  'queue.unbind': 'AMQP 0-9-1 §1.7.2.5',
  'queue.purge': 'AMQP 0-9-1 §1.7.2.7',
  'queue.delete': 'AMQP 0-9-1 §1.7.2.9',
  'basic.qos': 'AMQP 0-9-1 §1.8.3.1',
  'basic.consume': 'AMQP 0-9-1 §1.8.3.3',
  'basic.cancel': 'AMQP 0-9-1 §1.8.3.5',
  'basic.publish': 'AMQP 0-9-1 §1.8.3.7',
  'basic.get': 'AMQP 0-9-1 §1.8.3.10',
  'basic.ack': 'AMQP 0-9-1 §1.8.3.13',
  'basic.reject': 'AMQP 0-9-1 §1.8.3.14',
  'basic.recover-async': 'AMQP 0-9-1 §1.8.3.15',
  'basic.recover': 'AMQP 0-9-1 §1.8.3.16',
  'basic.nack': 'RabbitMQ extension: negative acknowledgements',
  'confirm.select': 'RabbitMQ extension: publisher confirms',
  'tx.select': 'AMQP 0-9-1 §1.9.2.1',
  'tx.commit': 'AMQP 0-9-1 §1.9.2.3',
  'tx.rollback': 'AMQP 0-9-1 §1.9.2.5',
};

/** The management HTTP API: every request is one operation, told apart by `method` and `path`. */
const MANAGEMENT: Operation = { name: 'management.request', direction: 'in', reference: 'RabbitMQ management HTTP API' };

const TOLD: Readonly<Record<string, string>> = {
  'basic.deliver': 'AMQP 0-9-1 §1.8.3.9',
  'basic.return': 'AMQP 0-9-1 §1.8.3.8',
};

export const OPERATIONS: readonly Operation[] = [
  ...Object.entries(CALLED).map(([name, reference]): Operation => ({ name, direction: 'in', reference })),
  ...Object.entries(TOLD).map(([name, reference]): Operation => ({ name, direction: 'out', reference })),
  MANAGEMENT,
];
