import { reply_text_max_bytes } from '../limits.ts';
import { type Fields, methodSpec } from '../wire/method.ts';
import type { MethodName } from '../wire/methods.ts';

/** AMQP 0-9-1 §1.1: a soft error closes the channel, a hard one the connection. */
const REPLIES = {
  CONTENT_TOO_LARGE: { code: 311, hard: false },
  CONNECTION_FORCED: { code: 320, hard: true },
  INVALID_PATH: { code: 402, hard: true },
  ACCESS_REFUSED: { code: 403, hard: false },
  NOT_FOUND: { code: 404, hard: false },
  RESOURCE_LOCKED: { code: 405, hard: false },
  PRECONDITION_FAILED: { code: 406, hard: false },
  FRAME_ERROR: { code: 501, hard: true },
  SYNTAX_ERROR: { code: 502, hard: true },
  COMMAND_INVALID: { code: 503, hard: true },
  CHANNEL_ERROR: { code: 504, hard: true },
  UNEXPECTED_FRAME: { code: 505, hard: true },
  RESOURCE_ERROR: { code: 506, hard: true },
  NOT_ALLOWED: { code: 530, hard: true },
  NOT_IMPLEMENTED: { code: 540, hard: true },
  INTERNAL_ERROR: { code: 541, hard: true },
} as const;

export type ReplyName = keyof typeof REPLIES;

/** What a close says, and what it closes. */
export interface Failure {
  readonly scope: 'channel' | 'connection';
  readonly code: number;
  readonly text: string;
  /** How the text is sent: in UTF-8, unless it says otherwise. */
  readonly encoding?: 'utf8' | 'latin1';
}

/** `NOT_FOUND - no queue 'nope' in vhost '/'`. Without an explanation the name alone, as for a crash of RabbitMQ's. */
export function failure(name: ReplyName, explanation?: string): Failure {
  const { code, hard } = REPLIES[name];
  return { scope: hard ? 'connection' : 'channel', code, text: explanation === undefined ? name : `${name} - ${explanation}` };
}

/** As 3.12 and 3.13 send it. A character that Latin-1 lacks crashes them: list_to_binary/1 knows none. */
export function inLatin1(reason: Failure): Failure {
  const { text } = reason;
  if (Buffer.byteLength(text) === text.length) return reason;
  return Array.from(text).every((character) => character <= '\xff') ? { ...reason, encoding: 'latin1' } : failure('INTERNAL_ERROR');
}

/** For fault rules, which name a code: its name and scope. */
export function failureOfCode(code: number, text: string | undefined): Failure | undefined {
  const found = Object.entries(REPLIES).find(([, reply]) => reply.code === code);
  if (found === undefined) return undefined;
  const [name, { hard }] = found;
  return { scope: hard ? 'connection' : 'channel', code, text: text === undefined ? name : `${name} - ${text}` };
}

export function replyNameOf(code: number): string | undefined {
  return Object.entries(REPLIES).find(([, reply]) => reply.code === code)?.[0];
}

export function replyCodeOf(name: string): number | undefined {
  return Object.entries(REPLIES).find(([known]) => known === name.toUpperCase().replaceAll('-', '_'))?.[1].code;
}

/** The fields of connection.close and channel.close. */
export function closeFields(reason: Failure, name?: MethodName): Fields<'channel.close'> {
  // A crash of RabbitMQ's, which has no explanation, has no culprit either.
  const spec = name === undefined || reason.text === 'INTERNAL_ERROR' ? undefined : methodSpec(name);
  return { replyCode: reason.code, replyText: limited(reason), classId: spec?.class ?? 0, methodId: spec?.id ?? 0 };
}

/** A shortstr has 255 octets; RabbitMQ cuts with an ellipsis. */
function limited({ text, encoding = 'utf8' }: Failure): string | Uint8Array {
  const bytes = Buffer.from(text, encoding);
  if (bytes.length <= reply_text_max_bytes) return sent(text, encoding);
  const start = bytes.toString(encoding, 0, reply_text_max_bytes - 3).replace(/\ufffd$/, '');
  return sent(`${start}...`, encoding);
}

function sent(text: string, encoding: 'utf8' | 'latin1'): string | Uint8Array {
  return encoding === 'utf8' ? text : Buffer.from(text, encoding);
}
