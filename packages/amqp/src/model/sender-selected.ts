import type { Field, Table } from './field-table.ts';
import { keepable, Message, PlainHeader } from './message.ts';
import { refuse } from './refusal.ts';

/**
 * A message with more to remember than what clients see: keys from its BCC header, which was taken off,
 * and how it died before (RabbitMQ 4 keeps that apart from what publishers put into `x-death`).
 */
export class AnnotatedMessage extends Message {
  /** Of another with a header of its own. */
  static withHeader(message: Message, header: PlainHeader): AnnotatedMessage {
    const { blindKeys, deaths, failures } = message instanceof AnnotatedMessage ? message : { blindKeys: NONE, deaths: NONE, failures: 0 };
    return new AnnotatedMessage(message, header, blindKeys, deaths, failures);
  }

  readonly blindKeys: readonly string[];
  readonly deaths: readonly Field[];
  /** How often consumers failed with it in queues that it died in (RabbitMQ 4: mc's `delivery_count`). */
  readonly failures: number;

  constructor(
    message: Message,
    header: PlainHeader,
    blindKeys: readonly string[],
    deaths: readonly Field[],
    failures: number,
    exchange?: string,
    routingKey?: string,
  ) {
    super(exchange ?? message.exchange, routingKey ?? message.routingKey, header, keepable(message.body), message.size);
    this.blindKeys = blindKeys;
    this.deaths = deaths;
    this.failures = failures;
  }
}

/**
 * Sender-selected distribution (https://www.rabbitmq.com/docs/sender-selected): the keys in the CC and BCC
 * headers, after the routing key. Undefined if there are none.
 */
export function selectedKeys(message: Message): string[] | undefined {
  const headers = message.header.headers;
  const blind = message instanceof AnnotatedMessage ? message.blindKeys : NONE;
  const open = headers === undefined ? NONE : keysIn(headers, 'CC');
  const hidden = headers === undefined ? NONE : keysIn(headers, 'BCC');
  if (open.length === 0 && hidden.length === 0 && blind.length === 0) return undefined;
  return [message.routingKey, ...open, ...hidden, ...blind];
}

/** The routing key and the keys that receivers may see. */
export function openKeys(message: Message): string[] {
  const headers = message.header.headers;
  return headers === undefined ? [message.routingKey] : [message.routingKey, ...keysIn(headers, 'CC')];
}

/** Without its BCC header, if it has one. */
export function withoutBlindCopies(message: Message): Message {
  const headers = message.header.headers;
  if (headers === undefined || !headers.has('BCC')) return message;
  const rest = new Map(headers);
  rest.delete('BCC');
  return new AnnotatedMessage(message, new PlainHeader({ ...message.header.properties(), headers: rest }), keysIn(headers, 'BCC'), NONE, 0);
}

function keysIn(headers: Table, name: 'CC' | 'BCC'): readonly string[] {
  const field = headers.get(name);
  if (field === undefined) return NONE;
  if (field.type !== 'A') return refuse({ kind: 'invalid-sender-selected-distribution', header: name, field });
  return field.value.flatMap((item) => (item.type === 'S' && typeof item.value === 'string' ? [item.value] : []));
}

const NONE: readonly never[] = [];
