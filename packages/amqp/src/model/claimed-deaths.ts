import { plainExpiration } from './expiration.ts';
import { type Field, integerOf, long, stringOf, type Table, text } from './field-table.ts';
import { type Message, PlainHeader } from './message.ts';
import { refuse } from './refusal.ts';
import { AnnotatedMessage } from './sender-selected.ts';

/**
 * RabbitMQ 3.13 takes over the deaths in the `x-death` header of a message that is published, so that clients may pass on
 * what died; incomplete ones it leaves out (mc_amqpl:recover_deaths/2).
 */
export function withClaimedDeaths(message: Message): Message {
  const claimed = message.header.headers?.get('x-death');
  if (claimed?.type !== 'A') return message;
  const deaths = claimed.value.flatMap(readDeath);
  const headers = new Map(message.header.headers);
  headers.set('x-death', { type: 'A', value: deaths });
  return AnnotatedMessage.withHeader(message, new PlainHeader({ ...message.header.properties(), headers }));
}

function readDeath(field: Field): readonly Field[] {
  if (field.type !== 'F') return [];
  const { value: table } = field;
  checkReadable(table);
  const [count, time, keys] = [integerOf(table.get('count')), secondsOf(table), table.get('routing-keys')];
  const [reason, queue, exchange] = ['reason', 'queue', 'exchange'].map((name) => stringOf(table.get(name)));
  if (count === undefined || time === undefined || keys?.type !== 'A') return [];
  if (reason === undefined || queue === undefined || exchange === undefined) return [];
  const expiration = stringOf(table.get('original-expiration'));
  const death = new Map<string, Field>([
    ...(expiration === undefined ? [] : [['original-expiration', text(plainExpiration(expiration))] as const]),
    ['count', long(count)],
    ['reason', text(reason)],
    ['queue', text(queue)],
    ['time', { type: 'T', value: time }],
    ['exchange', text(exchange)],
    ['routing-keys', keys],
  ]);
  return [{ type: 'F', value: death }];
}

/** Of a complete death, a reason that is no word and an expiration that is no number crash RabbitMQ. */
function checkReadable(table: Table): void {
  if (secondsOf(table) === undefined || !['exchange', 'queue', 'routing-keys', 'reason', 'count'].every((name) => table.has(name))) return;
  const [reason, expiration] = [stringOf(table.get('reason')), table.get('original-expiration')];
  const isNumber = expiration === undefined || /^[+-]?\d+$/.test(stringOf(expiration) ?? '');
  if (reason === undefined || !isNumber) refuse({ kind: 'crash' });
}

/** A time is a number to RabbitMQ, and any number a time. */
function secondsOf(table: Table): bigint | undefined {
  const field = table.get('time');
  if (field?.type === 'T') return field.value;
  const seconds = integerOf(field);
  return seconds === undefined ? undefined : BigInt(seconds);
}
