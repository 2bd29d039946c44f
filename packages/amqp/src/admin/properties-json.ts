import type { BasicProperties } from '../model/index.ts';
import type { JsonObject } from './json.ts';
import { isObject } from './json.ts';
import { tableFromJson, tableToJson } from './json-table.ts';

const NAMES = [
  ['content_type', 'contentType'],
  ['content_encoding', 'contentEncoding'],
  ['correlation_id', 'correlationId'],
  ['reply_to', 'replyTo'],
  ['expiration', 'expiration'],
  ['message_id', 'messageId'],
  ['type', 'type'],
  ['user_id', 'userId'],
  ['app_id', 'appId'],
  ['cluster_id', 'clusterId'],
] as const;

/** A message's properties as the management API writes them. */
export function propertiesToJson(properties: BasicProperties): JsonObject {
  const result: Record<string, unknown> = {};
  for (const [name, member] of NAMES) if (properties[member] !== undefined) result[name] = properties[member];
  if (properties.deliveryMode !== undefined) result.delivery_mode = properties.deliveryMode;
  if (properties.priority !== undefined) result.priority = properties.priority;
  if (properties.timestamp !== undefined) result.timestamp = Number(properties.timestamp);
  if (properties.headers !== undefined) result.headers = tableToJson(properties.headers);
  return result;
}

/** A property that can't be what it is given as. `reason` is RabbitMQ's, as JSON. */
export class UnfitProperty {
  readonly reason: unknown;

  constructor(reason: unknown) {
    this.reason = reason;
  }
}

/** What a client that publishes over HTTP gives. Unknown members are ignored. */
export function propertiesFromJson(json: JsonObject): BasicProperties | UnfitProperty {
  for (const name of ['delivery_mode', 'priority', 'timestamp']) {
    if (json[name] !== undefined && !Number.isInteger(json[name])) return new UnfitProperty(['not_int', name]);
  }
  if (hasNull(json.headers)) return new UnfitProperty('null_not_allowed');
  const texts = NAMES.flatMap(([name, member]) => {
    const value = json[name];
    return typeof value === 'string' || typeof value === 'number' ? [[member, String(value)]] : [];
  });
  const { delivery_mode: deliveryMode, priority, timestamp, headers } = json;
  return {
    ...Object.fromEntries(texts),
    ...(typeof deliveryMode === 'number' ? { deliveryMode } : {}),
    ...(typeof priority === 'number' ? { priority } : {}),
    ...(typeof timestamp === 'number' ? { timestamp: BigInt(Math.floor(timestamp)) } : {}),
    ...(isObject(headers) ? { headers: tableFromJson(headers) } : {}),
  };
}

function hasNull(value: unknown): boolean {
  if (value === null) return true;
  return typeof value === 'object' && Object.values(value).some(hasNull);
}
