import type { Clock, Timer } from '@wirelike/kernel';
import type { Exchange } from './exchange.ts';
import { EMPTY_TABLE, integerOf, long } from './field-table.ts';
import { Message, PlainHeader } from './message.ts';

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

  /** Keeps the message if it asks for a delay. The waiting copy says how long it waited: `x-delay` becomes negative. */
  hold(message: Message): boolean {
    const headers = message.header.headers ?? EMPTY_TABLE;
    const delay = integerOf(headers.get('x-delay')) ?? 0;
    if (delay <= 0) return false;
    const waited = new PlainHeader({ ...message.header.properties(), headers: new Map(headers).set('x-delay', long(-delay)) });
    const copy = new Message(message.exchange, message.routingKey, waited, message.body, message.size);
    this.#insert({ dueAt: this.#clock.now() + delay, message: copy });
    this.#arm();
    return true;
  }

  /** The list is not changed afterwards. */
  snapshot(): readonly DelayedMessage[] {
    return this.#waiting.slice();
  }

  restore(waiting: readonly DelayedMessage[]): void {
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
    for (let next = this.#waiting[0]; next !== undefined && next.dueAt <= now; next = this.#waiting[0]) {
      this.#waiting.shift();
      const { message } = next;
      for (const queue of vhost.route(this.#exchange, message.routingKey, message.header)) {
        this.#exchange.stats.publish_out++;
        queue.enqueue(message, false);
      }
    }
    this.#arm();
  }
}
