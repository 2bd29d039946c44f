import type { Channel } from './channel.ts';
import type { Queue } from './queue.ts';

/** Work that must not happen inside the call that caused it: deliveries and confirms. */
export class Pump {
  #queues: Queue[] = [];
  #channels: Channel[] = [];
  #armed = false;
  readonly #onError: (error: unknown) => void;
  readonly #onMicrotask = (): void => {
    this.#armed = false;
    this.run();
  };

  /** What goes wrong in one queue keeps no other from its work. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  schedule(queue: Queue): void {
    if (queue.scheduled) return;
    queue.scheduled = true;
    this.#queues.push(queue);
    this.#arm();
  }

  scheduleConfirms(channel: Channel): void {
    this.#channels.push(channel);
    this.#arm();
  }

  run(): void {
    while (this.#queues.length > 0) {
      const queues = this.#queues;
      this.#queues = [];
      for (const queue of queues) {
        queue.scheduled = false;
        this.#guarded(() => queue.run());
      }
    }
    if (this.#channels.length === 0) return;
    const channels = this.#channels;
    this.#channels = [];
    for (const channel of channels) this.#guarded(() => channel.flushConfirms());
  }

  #guarded(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#onError(error);
    }
  }

  #arm(): void {
    if (this.#armed) return;
    this.#armed = true;
    queueMicrotask(this.#onMicrotask);
  }
}
