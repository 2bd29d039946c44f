import { type Field, stringOf, type Table } from './field-table.ts';
import type { BasicProperties, Message } from './message.ts';
import type { Persona } from './persona.ts';
import { annotationsOf } from './sender-selected.ts';

/**
 * What consumers get of a message that was kept in AMQP 1.0's format, as streams keep it: what that format has no place
 * for is lost. RabbitMQ 3.13 and 4: mc_amqpl:convert_to/3 and convert_from/3; 3.10: rabbit_msg_record.
 */
export function keptProperties(message: Message, persona: Persona): BasicProperties {
  const properties = message.header.properties();
  const isOld = persona === '3.10';
  const { headers, clusterId, type = stringOf(headers?.get(TYPE)), ...rest } = properties;
  const kept: BasicProperties = {
    ...rest,
    ...(type === undefined ? {} : { type }),
    ...(headers === undefined ? {} : { headers: isOld ? simpleHeaders(headers) : keptHeaders(headers, hasDied(message, persona)) }),
  };
  return isOld ? kept : { ...kept, ...rewritten(properties) };
}

/** Where that format has the property of that name. */
const TYPE = 'x-basic-type';

function rewritten({ deliveryMode, expiration, correlationId, messageId }: BasicProperties): BasicProperties {
  return {
    deliveryMode: deliveryMode === 2 ? 2 : 1,
    // A number there, so that it loses zeros in front.
    ...(expiration === undefined ? {} : { expiration: String(Number(expiration)) }),
    ...(correlationId === undefined ? {} : { correlationId: identifier(correlationId) }),
    ...(messageId === undefined ? {} : { messageId: identifier(messageId) }),
  };
}

/** A uuid there, which is written in small letters. */
function identifier(value: string): string {
  return /^urn:uuid:[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value) ? value.toLowerCase() : value;
}

/** 3.10 keeps no arrays and tables. */
function simpleHeaders(headers: Table): Table {
  return new Map([...headers].filter(([name, { type }]) => name !== TYPE && type !== 'A' && type !== 'F'));
}

/** Whether `x-death` is the broker's own word; 3.13 took over what a publisher put there (withClaimedDeaths). */
function hasDied(message: Message, persona: Persona): boolean {
  return persona === '3.13' ? message.header.headers?.get('x-death')?.type === 'A' : annotationsOf(message).deaths.length > 0;
}

function keptHeaders(headers: Table, died: boolean): Table {
  const kept = new Map<string, Field>();
  for (const [name, field] of headers) if (isKept(name, field, died)) kept.set(name, keptField(field));
  return kept;
}

const INTERNAL: ReadonlySet<string> = new Set(['x-routing-key', 'x-exchange']);

function isKept(name: string, field: Field, died: boolean): boolean {
  if (name === 'x-death') return died;
  if (name.startsWith('x-')) return !name.startsWith('x-basic-') && !INTERNAL.has(name);
  return name === 'CC' || (field.type !== 'A' && field.type !== 'F');
}

/** Binary data comes back as a string. */
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
