import { EMPTY_TABLE, type Field, type Table } from './field-table.ts';
import type { BasicProperties, Message } from './message.ts';
import { annotationsOf } from './sender-selected.ts';

/**
 * What consumers of RabbitMQ 4 get of a message that was kept in AMQP 1.0's format, as streams keep it
 * (mc_amqpl:convert_to/3 and convert_from/3): what that format has no place for is lost.
 */
export function keptProperties(message: Message): BasicProperties {
  const { headers, deliveryMode, expiration, correlationId, messageId, clusterId, ...rest } = message.header.properties();
  return {
    ...rest,
    deliveryMode: deliveryMode === 2 ? 2 : 1,
    // A number there, so that it loses zeros in front.
    ...(expiration === undefined ? {} : { expiration: String(Number(expiration)) }),
    ...(correlationId === undefined ? {} : { correlationId: identifier(correlationId) }),
    ...(messageId === undefined ? {} : { messageId: identifier(messageId) }),
    ...(headers === undefined ? {} : { headers: keptHeaders(message, headers) }),
  };
}

/** A uuid there, which is written in small letters. */
function identifier(value: string): string {
  return /^urn:uuid:[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value) ? value.toLowerCase() : value;
}

function keptHeaders(message: Message, headers: Table): Table {
  const died = annotationsOf(message).deaths.length > 0;
  const kept = new Map<string, Field>();
  for (const [name, field] of headers) if (isKept(name, field, died)) kept.set(name, keptField(field));
  return kept.size === 0 ? EMPTY_TABLE : kept;
}

const INTERNAL: ReadonlySet<string> = new Set(['x-routing-key', 'x-exchange']);

function isKept(name: string, field: Field, died: boolean): boolean {
  if (name === 'x-death') return died;
  if (name.startsWith('x-')) return !name.startsWith('x-basic-') && !INTERNAL.has(name);
  return name === 'CC' || (field.type !== 'A' && field.type !== 'F');
}

/** Binary data comes back as a string, and `L` as `l`. */
function keptField(field: Field): Field {
  switch (field.type) {
    case 'x':
      return { type: 'S', value: field.value };
    case 'A':
      return { type: 'A', value: field.value.map(keptField) };
    case 'F':
      return { type: 'F', value: new Map([...field.value].map(([name, inner]) => [name, keptField(inner)])) };
    default:
      return field;
  }
}
