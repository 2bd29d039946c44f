import type { Clock, Timer } from '@wirelike/kernel';
import type { Exchange } from './exchange.ts';
import { byName, EMPTY_TABLE, type Field, integerOf, long, stringOf } from './field-table.ts';
import { delay_max_milliseconds } from './limits.ts';
import { keepable, Message, PlainHeader } from './message.ts';
import type { Persona } from './persona.ts';
import { refuse } from './refusal.ts';
import { AnnotatedMessage, selectedKeys } from './sender-selected.ts';

export interface DelayedMessage {
  /** Milliseconds since 1970. */
  readonly dueAt: number;
  readonly message: Message;
}

/** Messages that wait in an exchange of the type x-delayed-message until their `x-delay` has passed. */
export class DelayedMessages {
  readonly #exchange: Exchange;
  readonly #clock: Clock;
  /** By due time; of the same time, in order of arrival. */
  #waiting: DelayedMessage[] = [];
  #timer: Timer | undefined;

  constructor(exchange: Exchange, clock: Clock) {
    this.#exchange = exchange;
    this.#clock = clock;
  }

  get waiting(): readonly DelayedMessage[] {
    return this.#waiting;
  }

  /** Throws `invalid-delay` for what crashes the plugin. */
  check(message: Message): void {
    if (this.#delayOf(message) === undefined) refuse({ kind: 'invalid-delay' });
  }

  /** Keeps the message if it asks for a delay. */
  hold(message: Message): boolean {
    const delay = this.#delayOf(message) ?? 0;
    if (delay <= 0 || delay > delay_max_milliseconds) return false;
    this.#insert({ dueAt: this.#clock.now() + delay, message: message instanceof AnnotatedMessage ? message : copyOf(message) });
    this.#arm();
    return true;
  }

  #delayOf({ header }: Message): number | undefined {
    return delayOf(header.headers?.get('x-delay'), this.#exchange.vhost.persona);
  }

  /**
   * A message that waited has a negative `x-delay`, so that it is not delayed again. Up to 3.11 the plugin wrote a
   * signed integer of 32 bits, whatever the publisher's type.
   */
  #waited(message: Message): Message {
    const delay = -(this.#delayOf(message) ?? 0);
    const isOld = this.#exchange.vhost.persona === '3.10';
    const mark: Field = isOld ? { type: 'I', value: Number(BigInt.asIntN(32, BigInt(delay))) } : long(delay);
    const headers = byName(new Map(message.header.headers ?? EMPTY_TABLE).set('x-delay', mark));
    return AnnotatedMessage.withHeader(message, new PlainHeader({ ...message.header.properties(), headers }));
  }

  /** The list is not changed afterwards. */
  snapshot(): readonly DelayedMessage[] {
    return this.#waiting.slice();
  }

  restore(waiting: readonly DelayedMessage[]): void {
    this.clear();
    this.#waiting = waiting.slice();
    this.#arm();
  }

  clear(): void {
    this.#waiting = [];
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #insert(item: DelayedMessage): void {
    const waiting = this.#waiting;
    let low = 0;
    let high = waiting.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((waiting[middle]?.dueAt ?? 0) <= item.dueAt) low = middle + 1;
      else high = middle;
    }
    waiting.splice(low, 0, item);
  }

  #arm(): void {
    const next = this.#waiting[0];
    if (next === undefined || (this.#timer !== undefined && !this.#timer.cancelled && this.#timer.time <= next.dueAt)) return;
    this.#timer?.cancel();
    this.#timer = this.#clock.after(next.dueAt - this.#clock.now(), () => this.#release());
  }

  #release(): void {
    const now = this.#clock.now();
    const vhost = this.#exchange.vhost;
    const later = this.#waiting.findIndex(({ dueAt }) => dueAt > now);
    for (const { message } of this.#waiting.splice(0, later < 0 ? this.#waiting.length : later)) {
      const waited = this.#waited(message);
      // 3.10 goes on sending the publisher's own header, unless it had to change the message for another reason.
      const sent = vhost.persona === '3.10' && !(message instanceof AnnotatedMessage) ? message : waited;
      for (const queue of vhost.routeAlone(this.#exchange, waited, selectedKeys(waited))) {
        this.#exchange.stats.publish_out++;
        queue.enqueue(sent, false);
      }
    }
    this.#arm();
  }
}

/** Without the input that it came in. */
function copyOf({ exchange, routingKey, header, body, size }: Message): Message {
  return new Message(exchange, routingKey, new PlainHeader(header.properties()), keepable(body), size);
}

/**
 * Numbers, and strings that are whole numbers; undefined for other strings (rabbit_delayed_message_utils:get_delay/1).
 * Message containers give the plugin types of AMQP 1.0: it does not take a signed octet for a number, and dies of nothing and of decimals.
 */
function delayOf(field: Field | undefined, persona: Persona): number | undefined {
  if (persona !== '3.10' && field?.type === 'b') return 0;
  const whole = integerOf(field);
  if (whole !== undefined) return whole;
  switch (field?.type) {
    case 'f':
    case 'd':
      return Math.trunc(field.value);
    case 'S':
      return wholeNumber(stringOf(field) ?? '');
    case 'x':
      return persona === '3.10' ? 0 : wholeNumber(Buffer.from(field.value).toString('latin1'));
    case 'D':
      return undefined;
    case 'V':
      return persona === '3.10' ? 0 : undefined;
    default:
      return 0;
  }
}

function wholeNumber(text: string): number | undefined {
  return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}
