import type { Field, Table } from './field-table.ts';
import { keepable, Message, PlainHeader } from './message.ts';
import { refuse } from './refusal.ts';

/** What is to be remembered of a message beyond what clients see. */
export interface Annotations {
  /** Keys from its BCC header, which was taken off. */
  readonly blindKeys: readonly string[];
  /** How it died before: RabbitMQ 4 keeps that apart from what publishers put into `x-death`. */
  readonly deaths: readonly Field[];
  /** How often consumers failed with it in queues that it died in (RabbitMQ 4: mc's `delivery_count`). */
  readonly failures: number;
  /** A dead letter routing key took the place of all its keys: those in its CC header no longer count. */
  readonly redirected: boolean;
}

const NOTHING: Annotations = { blindKeys: [], deaths: [], failures: 0, redirected: false };

/** A message with annotations. */
export class AnnotatedMessage extends Message {
  /** Of another with a header of its own. */
  static withHeader(message: Message, header: PlainHeader): AnnotatedMessage {
    return new AnnotatedMessage(message, header, annotationsOf(message));
  }

  readonly annotations: Annotations;

  constructor(message: Message, header: PlainHeader, annotations: Annotations, exchange?: string, routingKey?: string) {
    super(exchange ?? message.exchange, routingKey ?? message.routingKey, header, keepable(message.body), message.size);
    this.annotations = annotations;
  }

  get deaths(): readonly Field[] {
    return this.annotations.deaths;
  }
}

export function annotationsOf(message: Message): Annotations {
  return message instanceof AnnotatedMessage ? message.annotations : NOTHING;
}

/**
 * Sender-selected distribution (https://www.rabbitmq.com/docs/sender-selected): the keys in the CC and BCC
 * headers, after the routing key. Undefined if there are none.
 */
export function selectedKeys(message: Message): string[] | undefined {
  const headers = message.header.headers;
  const { blindKeys: blind, redirected } = annotationsOf(message);
  if (redirected) return undefined;
  const open = headers === undefined ? NONE : keysIn(headers, 'CC');
  const hidden = headers === undefined ? NONE : keysIn(headers, 'BCC');
  if (open.length === 0 && hidden.length === 0 && blind.length === 0) return undefined;
  return [message.routingKey, ...open, ...hidden, ...blind];
}

/** The routing key and the keys that receivers may see. */
export function openKeys(message: Message): string[] {
  const headers = message.header.headers;
  return headers === undefined || annotationsOf(message).redirected ? [message.routingKey] : [message.routingKey, ...keysIn(headers, 'CC')];
}

/** Without its BCC header, if it has one. */
export function withoutBlindCopies(message: Message): Message {
  const headers = message.header.headers;
  if (headers === undefined || !headers.has('BCC')) return message;
  // RabbitMQ looks at CC first (rabbit_basic:header_routes/1).
  keysIn(headers, 'CC');
  const rest = new Map(headers);
  rest.delete('BCC');
  const header = new PlainHeader({ ...message.header.properties(), headers: rest });
  return new AnnotatedMessage(message, header, { ...NOTHING, blindKeys: keysIn(headers, 'BCC') });
}

function keysIn(headers: Table, name: 'CC' | 'BCC'): readonly string[] {
  const field = headers.get(name);
  if (field === undefined) return NONE;
  if (field.type !== 'A') return refuse({ kind: 'invalid-sender-selected-distribution', header: name, field });
  return field.value.flatMap((item) => (item.type === 'S' && typeof item.value === 'string' ? [item.value] : []));
}

const NONE: readonly never[] = [];
