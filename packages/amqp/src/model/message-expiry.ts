import type { Clock, Timer } from '@wirelike/kernel';
import type { Backlog } from './backlog.ts';

/** One timer per queue, for the message at its front: those behind it don't expire before it is gone, as in RabbitMQ. */
export class MessageExpiry {
  readonly #clock: Clock;
  readonly #expire: () => void;
  #timer: Timer | undefined;

  constructor(clock: Clock, expire: () => void) {
    this.#clock = clock;
    this.#expire = expire;
  }

  /** The front may have changed. */
  watch(backlog: Backlog): void {
    const at = backlog.nextExpiry();
    if (at === 0 || (this.#timer !== undefined && !this.#timer.cancelled && this.#timer.time <= at)) return;
    this.#timer?.cancel();
    this.#timer = this.#clock.after(at - this.#clock.now(), this.#expire);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
