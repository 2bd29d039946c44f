import type { Delivery } from './delivery.ts';

interface Mark {
  /** The last delivery tag given out by then. */
  readonly tag: number;
  readonly time: number;
}

/**
 * consumer_timeout without a clock reading per delivery: at every tick the last tag is noted, so that later
 * ticks know how old at least a delivery is. RabbitMQ looks once a minute as well (channel_tick_interval).
 */
export class DeliveryDeadline {
  #marks: Mark[] = [];

  /** Deliveries up to this one are at least as old as the last answer was about. */
  get tag(): number {
    return this.#marks[0]?.tag ?? 0;
  }

  passed(oldest: Delivery | undefined, lastTag: number, now: number, timeout_milliseconds: number): boolean {
    if (oldest === undefined) {
      this.#marks = [];
      return false;
    }
    // Marks before the oldest delivery say nothing about it.
    this.#marks = this.#marks.filter((mark) => mark.tag >= oldest.tag);
    if (this.#marks.at(-1)?.tag !== lastTag) this.#marks.push({ tag: lastTag, time: now });
    return (this.#marks[0]?.time ?? now) + timeout_milliseconds <= now;
  }
}
