import type { BasicProperties } from '../model/index.ts';
import type { JsonObject } from './json.ts';
import { isObject } from './json.ts';
import { tableFromJson, tableToJson } from './json-table.ts';

/** The properties that are texts. */
const NAMES = [
  ['cluster_id', 'clusterId'],
  ['app_id', 'appId'],
  ['user_id', 'userId'],
  ['type', 'type'],
  ['message_id', 'messageId'],
  ['expiration', 'expiration'],
  ['reply_to', 'replyTo'],
  ['correlation_id', 'correlationId'],
  ['content_encoding', 'contentEncoding'],
  ['content_type', 'contentType'],
] as const;

/** A message's properties as the management API writes them: the last of the protocol's first (rabbit_mgmt_format:basic_properties/1). */
export function propertiesToJson(properties: BasicProperties): JsonObject {
  const { headers, timestamp } = properties;
  const all: Readonly<Record<string, unknown>> = {
    cluster_id: properties.clusterId,
    app_id: properties.appId,
    user_id: properties.userId,
    type: properties.type,
    timestamp: timestamp === undefined ? undefined : Number(timestamp),
    message_id: properties.messageId,
    expiration: properties.expiration,
    reply_to: properties.replyTo,
    correlation_id: properties.correlationId,
    priority: properties.priority,
    delivery_mode: properties.deliveryMode,
    headers: headers === undefined ? undefined : tableToJson(headers),
    content_encoding: properties.contentEncoding,
    content_type: properties.contentType,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
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
  const wrong = NAMES.find(([name]) => json[name] !== undefined && typeof json[name] !== 'string');
  if (wrong !== undefined) return new UnfitProperty(['not_string', wrong[0]]);
  const texts = NAMES.flatMap(([name, member]) => (json[name] === undefined ? [] : [[member, json[name]]]));
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
