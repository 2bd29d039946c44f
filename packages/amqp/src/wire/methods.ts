/** What a method's field can be (AMQP 0-9-1 §4.2.5). `text`: a shortstr for people, which RabbitMQ does not always write in UTF-8. */
export type Domain = 'bit' | 'octet' | 'short' | 'long' | 'longlong' | 'shortstr' | 'text' | 'longstr' | 'table';

export type MethodSpec = {
  readonly class: number;
  readonly id: number;
  readonly fields: Readonly<Record<string, Domain>>;
  /** A content header and body follow (§4.2.6). */
  readonly content?: true;
};

/** Every method that RabbitMQ knows: AMQP 0-9-1 and its extensions (exchange.bind, basic.nack, confirm, blocked, update-secret). */
export const METHODS = {
  'connection.start': {
    class: 10,
    id: 10,
    fields: { versionMajor: 'octet', versionMinor: 'octet', serverProperties: 'table', mechanisms: 'longstr', locales: 'longstr' },
  },
  'connection.start-ok': {
    class: 10,
    id: 11,
    fields: { clientProperties: 'table', mechanism: 'shortstr', response: 'longstr', locale: 'shortstr' },
  },
  'connection.secure': { class: 10, id: 20, fields: { challenge: 'longstr' } },
  'connection.secure-ok': { class: 10, id: 21, fields: { response: 'longstr' } },
  'connection.tune': { class: 10, id: 30, fields: { channelMax: 'short', frameMax: 'long', heartbeat: 'short' } },
  'connection.tune-ok': { class: 10, id: 31, fields: { channelMax: 'short', frameMax: 'long', heartbeat: 'short' } },
  'connection.open': { class: 10, id: 40, fields: { virtualHost: 'shortstr', capabilities: 'shortstr', insist: 'bit' } },
  'connection.open-ok': { class: 10, id: 41, fields: { knownHosts: 'shortstr' } },
  'connection.close': { class: 10, id: 50, fields: { replyCode: 'short', replyText: 'text', classId: 'short', methodId: 'short' } },
  'connection.close-ok': { class: 10, id: 51, fields: {} },
  'connection.blocked': { class: 10, id: 60, fields: { reason: 'shortstr' } },
  'connection.unblocked': { class: 10, id: 61, fields: {} },
  'connection.update-secret': { class: 10, id: 70, fields: { newSecret: 'longstr', reason: 'shortstr' } },
  'connection.update-secret-ok': { class: 10, id: 71, fields: {} },

  'channel.open': { class: 20, id: 10, fields: { outOfBand: 'shortstr' } },
  'channel.open-ok': { class: 20, id: 11, fields: { channelId: 'longstr' } },
  'channel.flow': { class: 20, id: 20, fields: { active: 'bit' } },
  'channel.flow-ok': { class: 20, id: 21, fields: { active: 'bit' } },
  'channel.close': { class: 20, id: 40, fields: { replyCode: 'short', replyText: 'text', classId: 'short', methodId: 'short' } },
  'channel.close-ok': { class: 20, id: 41, fields: {} },

  'access.request': {
    class: 30,
    id: 10,
    fields: { realm: 'shortstr', exclusive: 'bit', passive: 'bit', active: 'bit', write: 'bit', read: 'bit' },
  },
  'access.request-ok': { class: 30, id: 11, fields: { ticket: 'short' } },

  'exchange.declare': {
    class: 40,
    id: 10,
    fields: {
      ticket: 'short',
      exchange: 'shortstr',
      type: 'shortstr',
      passive: 'bit',
      durable: 'bit',
      autoDelete: 'bit',
      internal: 'bit',
      noWait: 'bit',
      arguments: 'table',
    },
  },
  'exchange.declare-ok': { class: 40, id: 11, fields: {} },
  'exchange.delete': { class: 40, id: 20, fields: { ticket: 'short', exchange: 'shortstr', ifUnused: 'bit', noWait: 'bit' } },
  'exchange.delete-ok': { class: 40, id: 21, fields: {} },
  'exchange.bind': {
    class: 40,
    id: 30,
    fields: { ticket: 'short', destination: 'shortstr', source: 'shortstr', routingKey: 'shortstr', noWait: 'bit', arguments: 'table' },
  },
  'exchange.bind-ok': { class: 40, id: 31, fields: {} },
  'exchange.unbind': {
    class: 40,
    id: 40,
    fields: { ticket: 'short', destination: 'shortstr', source: 'shortstr', routingKey: 'shortstr', noWait: 'bit', arguments: 'table' },
  },
  'exchange.unbind-ok': { class: 40, id: 51, fields: {} },

  'queue.declare': {
    class: 50,
    id: 10,
    fields: {
      ticket: 'short',
      queue: 'shortstr',
      passive: 'bit',
      durable: 'bit',
      exclusive: 'bit',
      autoDelete: 'bit',
      noWait: 'bit',
      arguments: 'table',
    },
  },
  'queue.declare-ok': { class: 50, id: 11, fields: { queue: 'shortstr', messageCount: 'long', consumerCount: 'long' } },
  'queue.bind': {
    class: 50,
    id: 20,
    fields: { ticket: 'short', queue: 'shortstr', exchange: 'shortstr', routingKey: 'shortstr', noWait: 'bit', arguments: 'table' },
  },
  'queue.bind-ok': { class: 50, id: 21, fields: {} },
  'queue.purge': { class: 50, id: 30, fields: { ticket: 'short', queue: 'shortstr', noWait: 'bit' } },
  'queue.purge-ok': { class: 50, id: 31, fields: { messageCount: 'long' } },
  'queue.delete': { class: 50, id: 40, fields: { ticket: 'short', queue: 'shortstr', ifUnused: 'bit', ifEmpty: 'bit', noWait: 'bit' } },
  'queue.delete-ok': { class: 50, id: 41, fields: { messageCount: 'long' } },
  'queue.unbind': {
    class: 50,
    id: 50,
    fields: { ticket: 'short', queue: 'shortstr', exchange: 'shortstr', routingKey: 'shortstr', arguments: 'table' },
  },
  'queue.unbind-ok': { class: 50, id: 51, fields: {} },

  'basic.qos': { class: 60, id: 10, fields: { prefetchSize: 'long', prefetchCount: 'short', global: 'bit' } },
  'basic.qos-ok': { class: 60, id: 11, fields: {} },
  'basic.consume': {
    class: 60,
    id: 20,
    fields: {
      ticket: 'short',
      queue: 'shortstr',
      consumerTag: 'shortstr',
      noLocal: 'bit',
      noAck: 'bit',
      exclusive: 'bit',
      noWait: 'bit',
      arguments: 'table',
    },
  },
  'basic.consume-ok': { class: 60, id: 21, fields: { consumerTag: 'shortstr' } },
  'basic.cancel': { class: 60, id: 30, fields: { consumerTag: 'shortstr', noWait: 'bit' } },
  'basic.cancel-ok': { class: 60, id: 31, fields: { consumerTag: 'shortstr' } },
  'basic.publish': {
    class: 60,
    id: 40,
    content: true,
    fields: { ticket: 'short', exchange: 'shortstr', routingKey: 'shortstr', mandatory: 'bit', immediate: 'bit' },
  },
  'basic.return': {
    class: 60,
    id: 50,
    content: true,
    fields: { replyCode: 'short', replyText: 'text', exchange: 'shortstr', routingKey: 'shortstr' },
  },
  'basic.deliver': {
    class: 60,
    id: 60,
    content: true,
    fields: { consumerTag: 'shortstr', deliveryTag: 'longlong', redelivered: 'bit', exchange: 'shortstr', routingKey: 'shortstr' },
  },
  'basic.get': { class: 60, id: 70, fields: { ticket: 'short', queue: 'shortstr', noAck: 'bit' } },
  'basic.get-ok': {
    class: 60,
    id: 71,
    content: true,
    fields: { deliveryTag: 'longlong', redelivered: 'bit', exchange: 'shortstr', routingKey: 'shortstr', messageCount: 'long' },
  },
  'basic.get-empty': { class: 60, id: 72, fields: { clusterId: 'shortstr' } },
  'basic.ack': { class: 60, id: 80, fields: { deliveryTag: 'longlong', multiple: 'bit' } },
  'basic.reject': { class: 60, id: 90, fields: { deliveryTag: 'longlong', requeue: 'bit' } },
  'basic.recover-async': { class: 60, id: 100, fields: { requeue: 'bit' } },
  'basic.recover': { class: 60, id: 110, fields: { requeue: 'bit' } },
  'basic.recover-ok': { class: 60, id: 111, fields: {} },
  'basic.nack': { class: 60, id: 120, fields: { deliveryTag: 'longlong', multiple: 'bit', requeue: 'bit' } },

  'confirm.select': { class: 85, id: 10, fields: { noWait: 'bit' } },
  'confirm.select-ok': { class: 85, id: 11, fields: {} },

  'tx.select': { class: 90, id: 10, fields: {} },
  'tx.select-ok': { class: 90, id: 11, fields: {} },
  'tx.commit': { class: 90, id: 20, fields: {} },
  'tx.commit-ok': { class: 90, id: 21, fields: {} },
  'tx.rollback': { class: 90, id: 30, fields: {} },
  'tx.rollback-ok': { class: 90, id: 31, fields: {} },
} as const;

export type MethodName = keyof typeof METHODS;
