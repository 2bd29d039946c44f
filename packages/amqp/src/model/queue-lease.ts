import type { Timer } from '@wirelike/kernel';
import type { Queue } from './queue.ts';

/** x-expires: a queue that nobody consumes from, gets from or declares again is deleted (rabbit_amqqueue_process:ensure_expiry_timer/1). */
export class QueueLease {
  readonly #queue: Queue;
  #timer: Timer | undefined;

  constructor(queue: Queue) {
    this.#queue = queue;
  }

  renew(): void {
    const expires = this.#queue.settings.expires_milliseconds;
    this.end();
    if (expires === undefined || this.#queue.deleted || this.#queue.consumers.length > 0) return;
    this.#timer = this.#queue.vhost.broker.clock.after(expires, () => this.#queue.vhost.removeQueue(this.#queue));
  }

  end(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
