import type { Hono } from 'hono';
import { isBase64 } from '../../admin/base64.ts';
import { isObject, type JsonObject } from '../../admin/json.ts';
import { propertiesFromJson, propertiesToJson, UnfitProperty } from '../../admin/properties-json.ts';
import { Message } from '../../model/index.ts';
import { HttpError } from './http-error.ts';
import { gotten, onChannel, published } from './in-process.ts';
import { bodyOf, type Management, type ManagementEnv, needed, param, type Request, textOf, vhostOf, wholeOf } from './request.ts';

/** Publishing and getting messages over HTTP: for tests and tools, as RabbitMQ says too. */
export function messageRoutes(app: Hono<ManagementEnv>, management: Management): void {
  app.post('/exchanges/:vhost/:name/publish', (request) => publish(management, request));
  app.post('/queues/:vhost/:name/get', (request) => get(management, request));
  app.get('/aliveness-test/:vhost', (request) => alive(management, request));
}

/** `{"routed": true}` if some queue took it. */
async function publish(management: Management, request: Request): Promise<Response> {
  const name = param(request, 'name');
  const exchange = name === 'amq.default' ? '' : name;
  lookUp(management, request, 'exchange', exchange);
  const [routingKey, given, payload, encoding] = needed(await bodyOf(request), 'routing_key', 'properties', 'payload', 'payload_encoding');
  const properties = propertiesFromJson(isObject(given) ? given : {});
  if (properties instanceof UnfitProperty) throw HttpError.badRequest(properties.reason);
  if (typeof payload !== 'string') throw HttpError.badRequest('payload_not_string');
  const content = contentOf(payload, encoding);
  const routed = onChannel(management, request, published, (channel, seen) => {
    channel.basicPublish(Message.of(exchange, textOf(routingKey), content, properties), true, false);
    channel.pump();
    return seen.returns.length === 0;
  });
  return request.json({ routed });
}

/** Whether there is such a thing is asked before anything else. */
function lookUp({ broker }: Management, request: Request, kind: 'exchange' | 'queue', name: string): void {
  if (!broker.release.has('early-lookups')) return;
  const vhost = broker.vhosts.get(param(request, 'vhost'));
  if (vhost === undefined) throw HttpError.missing('vhost_not_found');
  const known: ReadonlyMap<string, unknown> = kind === 'queue' ? vhost.queues : vhost.exchanges;
  if (!known.has(name)) throw HttpError.missing(`${kind}_not_found`);
}

function contentOf(payload: string, encoding: unknown): Buffer {
  if (encoding === 'string') return Buffer.from(payload, 'utf8');
  if (encoding !== 'base64') throw HttpError.badRequest(['unsupported_encoding', encoding]);
  if (!isBase64(payload)) throw HttpError.badRequest(['not_base64', payload]);
  return Buffer.from(payload, 'base64');
}

const ACK_MODES = ['ack_requeue_true', 'ack_requeue_false', 'reject_requeue_true', 'reject_requeue_false'] as const;

/** Up to `count` messages, which `ackmode` leaves in the queue or takes out of it. */
async function get(management: Management, request: Request): Promise<Response> {
  const queue = param(request, 'name');
  lookUp(management, request, 'queue', queue);
  const body = await bodyOf(request);
  const [ackmode, wanted, encoding] = needed(body, 'ackmode', 'count', 'encoding');
  const mode = ACK_MODES.find((known) => known === ackmode);
  // RabbitMQ dies of an unknown one, with 500.
  if (mode === undefined) throw HttpError.badRequest(['invalid_ackmode', ackmode]);
  const given = wholeOf(wanted);
  // It counts down until there is nothing more to get: from below zero, to the end.
  const count = given < 0 ? Number.POSITIVE_INFINITY : given;
  if (encoding !== 'auto' && encoding !== 'base64') throw HttpError.badRequest('Unsupported encoding. Please use auto or base64.');
  const truncate = body.truncate === undefined ? Number.POSITIVE_INFINITY : wholeOf(body.truncate);
  const messages = onChannel(management, request, gotten, (channel) => {
    const found: JsonObject[] = [];
    let lastTag = 0;
    while (found.length < count) {
      const got = channel.basicGet(queue, false);
      if (got === undefined) break;
      lastTag = got.deliveryTag;
      const { message, redelivered, messageCount } = got;
      found.push({
        payload_bytes: message.size,
        redelivered,
        exchange: message.exchange,
        routing_key: message.routingKey,
        message_count: messageCount,
        properties: propertiesOf(message),
        ...payloadOf(message.body.subarray(0, Math.max(0, Math.min(message.size, truncate))), encoding),
      });
    }
    if (lastTag > 0 && mode === 'ack_requeue_false') channel.basicAck(lastTag, true);
    else if (lastTag > 0) channel.basicNack(lastTag, true, mode.endsWith('true'));
    return found;
  });
  return request.json(messages);
}

/** An empty property list is an empty list to Erlang. */
function propertiesOf(message: Message): JsonObject | readonly [] {
  const properties = propertiesToJson(message.header.properties());
  return Object.keys(properties).length === 0 ? [] : properties;
}

/** `auto` is text where the bytes are UTF-8, base64 where they are not. */
function payloadOf(bytes: Uint8Array, encoding: string): JsonObject {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (encoding === 'auto') {
    try {
      return { payload: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(buffer), payload_encoding: 'string' };
    } catch {
      // Not UTF-8.
    }
  }
  return { payload: buffer.toString('base64'), payload_encoding: 'base64' };
}

/** Declares a queue, publishes to it and gets the message back. */
function alive(management: Management, request: Request): Response {
  vhostOf(management.broker, request);
  if (management.broker.release.has('aliveness-without-queue')) {
    onChannel(management, request, gotten, () => undefined);
    return request.json({ status: 'ok' });
  }
  const answered = onChannel(management, request, gotten, (channel) => {
    channel.queueDeclare({ queue: 'aliveness-test' });
    channel.basicPublish(Message.of('', 'aliveness-test', Buffer.from('test_message')), false, false);
    return channel.basicGet('aliveness-test', true) !== undefined;
  });
  if (!answered) throw new HttpError(503, 'failed', `aliveness test of virtual host ${param(request, 'vhost')} failed`);
  return request.json({ status: 'ok' });
}
