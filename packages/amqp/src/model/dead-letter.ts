import { byName, EMPTY_TABLE, type Field, integerOf, long, stringOf, type Table, text } from './field-table.ts';
import { type BasicProperties, type Message, PlainHeader } from './message.ts';
import type { Release } from './persona.ts';
import type { Queue } from './queue.ts';
import { AnnotatedMessage, type Annotations, annotationsOf, openKeys, selectedKeys } from './sender-selected.ts';

export type DeathReason = 'rejected' | 'expired' | 'maxlen' | 'delivery_limit';

/**
 * Publishes a message that died in a queue to the queue's dead letter exchange, if it has one and the
 * exchange exists (rabbit_dead_letter:publish/5). The receiving queues deliver later, not within this call.
 * `failures`: how often consumers failed with it, as far as the queue counted.
 */
export function deadLetter(queue: Queue, message: Message, reason: DeathReason, failures: number): void {
  const { deadLetterExchange } = queue.settings;
  if (deadLetterExchange === undefined) return;
  queue.vhost.letters.send(() => send(queue, message, { reason, failures }, deadLetterExchange));
}

function send(queue: Queue, message: Message, end: End, deadLetterExchange: string): void {
  const { deadLetterRoutingKey } = queue.settings;
  const exchange = queue.vhost.exchanges.get(deadLetterExchange);
  if (exchange === undefined) return;
  const letter = letterOf(queue, message, end, exchange.name, deadLetterRoutingKey);
  const keys = deadLetterRoutingKey === undefined ? selectedKeys(letter) : undefined;
  const queues = queue.vhost.routeAlone(exchange, letter, keys);
  exchange.stats.publish_in++;
  for (const target of queues) {
    if (end.reason !== 'rejected' && closesCycle(target.name, letter.deaths)) continue;
    // Streams of 3.10 take messages from channels only (rabbit_stream_queue:deliver/2).
    if (target.type === 'stream' && queue.vhost.persona === '3.10') continue;
    exchange.stats.publish_out++;
    target.enqueueLetter(letter);
  }
}

function letterOf(queue: Queue, message: Message, end: End, exchange: string, routingKey: string | undefined): AnnotatedMessage {
  const { reason } = end;
  const { persona, broker } = queue.vhost;
  const { expiration, ...rest } = message.header.properties();
  const headers = new Map(message.header.headers ?? EMPTY_TABLE);
  const past = pastDeaths(message, headers, persona === '4');
  const deaths = recordDeath(past, persona === '3.10' && headers.get('x-death')?.type === 'A', {
    reason,
    queue: queue.name,
    exchange: message.exchange,
    routingKeys: openKeys(message),
    expiration,
    expirationFirst: persona !== '3.10',
    time: Math.floor(broker.clock.now() / 1_000),
  });
  // Message containers keep the keys apart, and leave the header as it is.
  if (routingKey !== undefined && persona === '3.10') headers.delete('CC');
  const event = { exchange: message.exchange, queue: queue.name, reason };
  const first = isFirst(queue.vhost.release, message, headers);
  headers.set('x-death', { type: 'A', value: deaths });
  if (first) for (const [name, value] of Object.entries(event)) headers.set(`x-first-death-${name}`, text(value));
  if (persona !== '3.10') for (const [name, value] of Object.entries(event)) headers.set(`x-last-death-${name}`, text(value));
  // Setting a header of a list sorts them all (rabbit_misc:set_table_value/4); later releases do when they write them.
  const properties: BasicProperties = { ...rest, headers: persona === '3.10' && !first ? byName(headers) : headers };
  const before = annotationsOf(message);
  const annotations: Annotations = {
    blindKeys: routingKey === undefined ? before.blindKeys : [],
    deaths,
    failures: Math.max(end.failures, before.failures),
    redirected: routingKey !== undefined || before.redirected,
  };
  return new AnnotatedMessage(message, new PlainHeader(properties), annotations, exchange, routingKey ?? message.routingKey);
}

function isFirst(release: Release, message: Message, headers: Table): boolean {
  if (release.persona === '4') return annotationsOf(message).deaths.length === 0;
  return release.has('deaths-read-from-headers') ? headers.get('x-death')?.type !== 'A' : !headers.has('x-death');
}

interface End {
  readonly reason: DeathReason;
  readonly failures: number;
}

/** Up to 3.13 the header is the memory, whoever wrote it (in 3.13, see withClaimedDeaths); 4.0 trusts only its own. */
function pastDeaths(message: Message, headers: Table, own: boolean): readonly Field[] {
  if (own) return annotationsOf(message).deaths;
  const field = headers.get('x-death');
  return field?.type === 'A' ? field.value : [];
}

interface Death {
  readonly reason: DeathReason;
  readonly queue: string;
  readonly exchange: string;
  readonly routingKeys: readonly string[];
  /** The message's own, which is taken off. */
  readonly expiration: string | undefined;
  /** Where that is told: from 3.13 on at the front, before that at the end. */
  readonly expirationFirst: boolean;
  /** Seconds since 1970. */
  readonly time: number;
}

/**
 * Newest first; deaths of the same queue and reason are counted, and keep what was noted the first time.
 * `sorted`: up to 3.12 a death that is not the message's first is noted in the order of the names, and deaths
 * that a client made up get a count, and the others change places (rabbit_dead_letter:update_x_death_header/2).
 */
function recordDeath(past: readonly Field[], sorted: boolean, death: Death): Field[] {
  const same = past.find((field) => isDeath(field, death.queue, death.reason));
  const kept = past.filter((field) => field !== same);
  const others = sorted ? kept.map(counted).reverse() : kept;
  if (same?.type === 'F') {
    const again = new Map(same.value);
    again.set('count', long((integerOf(again.get('count')) ?? 0) + 1));
    return [{ type: 'F', value: sorted ? byName(again) : again }, ...others];
  }
  const own: [string, Field][] = death.expiration === undefined ? [] : [['original-expiration', text(death.expiration)]];
  const entry = new Map<string, Field>([
    ...(death.expirationFirst ? own : []),
    ['count', long(1)],
    ['reason', text(death.reason)],
    ['queue', text(death.queue)],
    ['time', { type: 'T', value: BigInt(death.time) }],
    ['exchange', text(death.exchange)],
    ['routing-keys', { type: 'A', value: death.routingKeys.map(text) }],
    ...(death.expirationFirst ? [] : own),
  ]);
  return [{ type: 'F', value: sorted ? byName(entry) : entry }, ...others];
}

function counted(field: Field): Field {
  if (field.type !== 'F' || field.value.has('count')) return field;
  return { type: 'F', value: new Map([['count', long(1)], ...field.value]) };
}

function isDeath(field: Field, queue: string, reason: string): boolean {
  return field.type === 'F' && stringOf(field.value.get('queue')) === queue && stringOf(field.value.get('reason')) === reason;
}

/** The message has been in this queue and has come back with nobody having rejected it since. */
function closesCycle(queue: string, deaths: readonly Field[]): boolean {
  for (const death of deaths) {
    if (death.type !== 'F' || stringOf(death.value.get('reason')) === 'rejected') return false;
    if (stringOf(death.value.get('queue')) === queue) return true;
  }
  return false;
}
