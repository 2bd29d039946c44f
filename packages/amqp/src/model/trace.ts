import { type Field, type Table, text } from './field-table.ts';
import { type BasicProperties, Message, PlainHeader } from './message.ts';
import type { Queue } from './queue.ts';
import type { ReceivingChannel } from './receiving-channel.ts';

const TRACE_EXCHANGE = 'amq.rabbitmq.trace';

/** The firehose (https://www.rabbitmq.com/docs/firehose): a copy of every message published (rabbit_trace:tap_in/6). */
export function tracePublish(channel: ReceivingChannel, message: Message, queues: readonly Queue[]): void {
  if (message.exchange === TRACE_EXCHANGE) return;
  trace(channel, `publish.${message.exchange}`, message, [
    ['routed_queues', { type: 'A', value: queues.map((queue) => text(queue.name)) }],
  ]);
}

/** And of every message delivered (rabbit_trace:tap_out/5). */
export function traceDeliver(channel: ReceivingChannel, queue: string, message: Message, redelivered: boolean): void {
  if (message.exchange === TRACE_EXCHANGE) return;
  trace(channel, `deliver.${queue}`, message, [], [['redelivered', { type: 'I', value: redelivered ? 1 : 0 }]]);
}

type Fields = readonly (readonly [string, Field])[];

function trace(channel: ReceivingChannel, routingKey: string, message: Message, last: Fields, first: Fields = []): void {
  const { vhost, connection } = channel;
  const exchange = vhost.exchanges.get(TRACE_EXCHANGE);
  if (exchange === undefined) return;
  const headers = new Map<string, Field>([
    ['exchange_name', text(message.exchange)],
    ['routing_keys', { type: 'A', value: [text(message.routingKey)] }],
    ['properties', { type: 'F', value: describeProperties(message.header.properties()) }],
    ['node', text(vhost.broker.nodeName)],
    ...first,
    ['vhost', text(vhost.name)],
    ['connection', text(connection.name)],
    ['channel', { type: 'I', value: channel.number }],
    ['user', text(connection.user)],
    ...last,
  ]);
  const copy = new Message(TRACE_EXCHANGE, routingKey, new PlainHeader({ headers }), message.body, message.size);
  for (const queue of vhost.route(exchange, copy)) queue.enqueue(copy, false);
}

function describeProperties(properties: BasicProperties): Table {
  const table = new Map<string, Field>();
  const put = (name: string, value: string | undefined): void => {
    if (value !== undefined) table.set(name, text(value));
  };
  put('content_type', properties.contentType);
  put('content_encoding', properties.contentEncoding);
  if (properties.headers !== undefined) table.set('headers', { type: 'F', value: properties.headers });
  if (properties.deliveryMode !== undefined) table.set('delivery_mode', { type: 'I', value: properties.deliveryMode });
  if (properties.priority !== undefined) table.set('priority', { type: 'I', value: properties.priority });
  put('correlation_id', properties.correlationId);
  put('reply_to', properties.replyTo);
  put('expiration', properties.expiration);
  put('message_id', properties.messageId);
  if (properties.timestamp !== undefined) table.set('timestamp', { type: 'I', value: Number(properties.timestamp) });
  put('type', properties.type);
  put('user_id', properties.userId);
  put('app_id', properties.appId);
  put('cluster_id', properties.clusterId);
  // RabbitMQ collects them from the first to the last, and so the last comes first (rabbit_trace:msg_to_table/1).
  return new Map([...table].reverse());
}
