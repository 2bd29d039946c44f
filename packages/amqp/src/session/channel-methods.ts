import type { Channel, Release } from '../model/index.ts';
import type { Fields } from '../wire/method.ts';
import type { MethodName } from '../wire/methods.ts';
import type { ChannelSession } from './channel-session.ts';
import { writeContent } from './content-writer.ts';
import { failure } from './replies.ts';

type Handler<N extends MethodName> = (channel: ChannelSession, model: Channel, fields: Fields<N>) => void;

/** The methods that a client calls on an open channel. What RabbitMQ calls unimplemented is missing here. */
type Handled =
  | 'channel.flow'
  | 'access.request'
  | 'exchange.declare'
  | 'exchange.delete'
  | 'exchange.bind'
  | 'exchange.unbind'
  | 'queue.declare'
  | 'queue.bind'
  | 'queue.purge'
  | 'queue.delete'
  | 'queue.unbind'
  | 'basic.qos'
  | 'basic.consume'
  | 'basic.cancel'
  | 'basic.cancel-ok'
  | 'basic.get'
  | 'basic.ack'
  | 'basic.reject'
  | 'basic.recover-async'
  | 'basic.recover'
  | 'basic.nack'
  | 'confirm.select'
  | 'tx.select'
  | 'tx.commit'
  | 'tx.rollback';

/** Each calls the broker, which throws what it refuses, and writes the reply if one is wanted. */
export const HANDLERS: { readonly [N in Handled]: Handler<N> } = {
  'channel.flow': (channel, model, { active }) => {
    model.flow(active);
    channel.reply('channel.flow-ok', { active });
  },
  // From AMQP 0-8; RabbitMQ grants everything.
  'access.request': (channel) => channel.reply('access.request-ok', { ticket: 1 }),

  'exchange.declare': (channel, model, fields) => {
    model.exchangeDeclare(fields);
    if (!fields.noWait) channel.reply('exchange.declare-ok', {});
  },
  'exchange.delete': (channel, model, { exchange, ifUnused, noWait }) => {
    model.exchangeDelete(exchange, ifUnused);
    if (!noWait) channel.reply('exchange.delete-ok', {});
  },
  'exchange.bind': (channel, model, fields) => {
    model.exchangeBind(fields);
    if (!fields.noWait) channel.reply('exchange.bind-ok', {});
  },
  'exchange.unbind': (channel, model, fields) => {
    model.exchangeUnbind(fields);
    if (!fields.noWait) channel.reply('exchange.unbind-ok', {});
  },

  'queue.declare': (channel, model, fields) => {
    const declared = model.queueDeclare(fields);
    if (!fields.noWait) channel.reply('queue.declare-ok', declared);
  },
  'queue.bind': (channel, model, fields) => {
    model.queueBind(fields);
    if (!fields.noWait) channel.reply('queue.bind-ok', {});
  },
  'queue.purge': (channel, model, { queue, noWait }) => {
    const messageCount = model.queuePurge(queue);
    if (!noWait) channel.reply('queue.purge-ok', { messageCount });
  },
  'queue.delete': (channel, model, { queue, ifUnused, ifEmpty, noWait }) => {
    const messageCount = model.queueDelete(queue, ifUnused, ifEmpty);
    if (!noWait) channel.reply('queue.delete-ok', { messageCount });
  },
  'queue.unbind': (channel, model, fields) => {
    model.queueUnbind(fields);
    channel.reply('queue.unbind-ok', {});
  },

  'basic.qos': (channel, model, { prefetchSize, prefetchCount, global }) => {
    model.basicQos(prefetchSize, prefetchCount, global);
    channel.reply('basic.qos-ok', {});
  },
  'basic.consume': (channel, model, fields) => {
    const consumerTag = model.basicConsume(fields);
    if (!fields.noWait) channel.reply('basic.consume-ok', { consumerTag });
  },
  'basic.cancel': (channel, model, { consumerTag, noWait }) => {
    model.basicCancel(consumerTag);
    channel.forgetTag(consumerTag);
    if (!noWait) channel.reply('basic.cancel-ok', { consumerTag });
  },
  'basic.cancel-ok': (channel, model, { consumerTag }) => {
    if (model.basicCancel(consumerTag)) channel.forgetTag(consumerTag);
    else channel.failed(failure('INTERNAL_ERROR'));
  },
  'basic.get': (channel, model, { queue, noAck }) => get(channel, model, queue, noAck),
  'basic.ack': (_, model, { deliveryTag, multiple }) => model.basicAck(deliveryTag, multiple),
  'basic.reject': (_, model, { deliveryTag, requeue }) => model.basicReject(deliveryTag, requeue),
  'basic.recover-async': (_, model, { requeue }) => model.basicRecover(requeue),
  'basic.recover': (channel, model, { requeue }) => {
    model.basicRecover(requeue);
    channel.reply('basic.recover-ok', {});
  },
  'basic.nack': (_, model, { deliveryTag, multiple, requeue }) => model.basicNack(deliveryTag, multiple, requeue),

  'confirm.select': (channel, model, { noWait }) => {
    model.confirmSelect();
    if (!noWait) channel.reply('confirm.select-ok', {});
  },
  'tx.select': (channel, model) => {
    model.txSelect();
    channel.reply('tx.select-ok', {});
  },
  'tx.commit': (channel, model) => {
    model.txCommit();
    channel.reply('tx.commit-ok', {});
  },
  'tx.rollback': (channel, model) => {
    model.txRollback();
    channel.reply('tx.rollback-ok', {});
  },
};

export function isHandled(name: MethodName, release: Release): name is Handled {
  if (name === 'basic.cancel-ok') return release.has('cancelling-cancel-ok');
  return Object.hasOwn(HANDLERS, name);
}

function get(channel: ChannelSession, model: Channel, queue: string, noAck: boolean): void {
  const gotten = model.basicGet(queue, noAck);
  if (gotten === undefined) {
    channel.reply('basic.get-empty', { clusterId: '' });
    return;
  }
  const { deliveryTag, redelivered, message, messageCount } = gotten;
  const { exchange, routingKey } = message;
  channel.reply('basic.get-ok', { deliveryTag, redelivered, exchange, routingKey, messageCount });
  writeContent(channel.session, channel.number, message);
}
