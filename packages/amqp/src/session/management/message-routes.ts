import type { Hono } from 'hono';
import { isObject, type JsonObject } from '../../admin/json.ts';
import { propertiesFromJson, propertiesToJson } from '../../admin/properties-json.ts';
import { Message } from '../../model/index.ts';
import { HttpError } from './http-error.ts';
import { onChannel } from './in-process.ts';
import {
  bodyOf,
  exchangeOf,
  type Management,
  type ManagementEnv,
  needed,
  param,
  queueOf,
  type Request,
  textOf,
  wholeOf,
} from './request.ts';

/** Publishing and getting messages over HTTP: for tests and tools, as RabbitMQ says too. */
export function messageRoutes(app: Hono<ManagementEnv>, management: Management): void {
  app.post('/exchanges/:vhost/:name/publish', async (request) => publish(management, request, await bodyOf(request)));
  app.post('/queues/:vhost/:name/get', async (request) => get(management, request, await bodyOf(request)));
  app.get('/aliveness-test/:vhost', (request) => alive(management, request));
}

/** `{"routed": true}` if some queue took it. */
function publish(management: Management, request: Request, body: JsonObject): Response {
  const exchange = exchangeOf(management.broker, request).name;
  const routingKey = textOf(needed(body, 'routing_key'));
  const payload = textOf(needed(body, 'payload'));
  const encoding = textOf(needed(body, 'payload_encoding'), 'string');
  if (encoding !== 'string' && encoding !== 'base64') throw HttpError.badRequest(`unsupported_encoding: ${encoding}`);
  const content = Buffer.from(payload, encoding === 'base64' ? 'base64' : 'utf8');
  const properties = propertiesFromJson(isObject(body.properties) ? body.properties : {});
  const routed = onChannel(management, request, (channel, seen) => {
    channel.basicPublish(Message.of(exchange, routingKey, content, properties), true, false);
    channel.pump();
    return seen.returns.length === 0;
  });
  return request.json({ routed });
}

const ACK_MODES = ['ack_requeue_true', 'ack_requeue_false', 'reject_requeue_true', 'reject_requeue_false'] as const;

/** Up to `count` messages, which `ackmode` leaves in the queue or takes out of it. */
function get(management: Management, request: Request, body: JsonObject): Response {
  const queue = queueOf(management.broker, request).name;
  const count = wholeOf(needed(body, 'count'), 'count');
  const mode = ACK_MODES.find((known) => known === textOf(body.ackmode));
  if (mode === undefined) {
    throw HttpError.badRequest(body.ackmode === undefined ? '[{key_missing,ackmode}]' : `{invalid_ackmode,<<"${String(body.ackmode)}">>}`);
  }
  const encoding = textOf(needed(body, 'encoding'));
  if (encoding !== 'auto' && encoding !== 'base64') throw HttpError.badRequest(`{invalid_encoding,<<"${encoding}">>}`);
  const truncate = body.truncate === undefined ? Number.POSITIVE_INFINITY : wholeOf(body.truncate, 'truncate');
  const messages = onChannel(management, request, (channel) => {
    const found: JsonObject[] = [];
    let lastTag = 0;
    while (found.length < count) {
      const gotten = channel.basicGet(queue, false);
      if (gotten === undefined) break;
      lastTag = gotten.deliveryTag;
      const { message, redelivered, messageCount } = gotten;
      found.push({
        payload_bytes: message.size,
        redelivered,
        exchange: message.exchange,
        routing_key: message.routingKey,
        message_count: messageCount,
        properties: propertiesToJson(message.header.properties()),
        ...payloadOf(message.body.subarray(0, Math.min(message.size, truncate)), encoding),
      });
    }
    if (lastTag > 0 && mode === 'ack_requeue_false') channel.basicAck(lastTag, true);
    else if (lastTag > 0) channel.basicNack(lastTag, true, mode.endsWith('true'));
    return found;
  });
  return request.json(messages);
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
  const answered = onChannel(management, request, (channel) => {
    channel.queueDeclare({ queue: 'aliveness-test' });
    channel.basicPublish(Message.of('', 'aliveness-test', Buffer.from('test_message')), false, false);
    return channel.basicGet('aliveness-test', true) !== undefined;
  });
  if (!answered) throw new HttpError(503, 'failed', `aliveness test of virtual host ${param(request, 'vhost')} failed`);
  return request.json({ status: 'ok' });
}
