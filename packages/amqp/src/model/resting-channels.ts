import type { Clock, Timer } from '@wirelike/kernel';
import { channel_rest_looks, channel_rest_milliseconds } from './limits.ts';

/** A channel, as far as its rest is concerned. */
export interface Restless {
  /** Grows with all that the channel has to do. */
  readonly activity: number;
  rested(): void;
}

interface Look {
  activity: number;
  quiet: number;
}

/**
 * Tells channels when they had nothing to do for a second: RabbitMQ's then hibernate, and forget what they were allowed to do
 * (rabbit_channel:handle_pre_hibernate/1). It looks every now and then, while there is somebody to tell.
 */
export class RestingChannels {
  readonly #clock: Clock;
  readonly #awake = new Map<Restless, Look>();
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Tells that channel once. */
  expect(channel: Restless): void {
    this.#awake.set(channel, { activity: channel.activity, quiet: 0 });
    this.#timer ??= this.#clock.after(channel_rest_milliseconds / channel_rest_looks, () => this.#look());
  }

  /** It is closed. */
  leave(channel: Restless): void {
    this.#awake.delete(channel);
  }

  /** Nobody is connected any more. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** All of them, now. */
  restAll(): void {
    for (const channel of this.#awake.keys()) channel.rested();
    this.#awake.clear();
  }

  #look(): void {
    this.#timer = undefined;
    for (const [channel, look] of this.#awake) {
      const { activity } = channel;
      look.quiet = activity === look.activity ? look.quiet + 1 : 0;
      look.activity = activity;
      if (look.quiet < channel_rest_looks) continue;
      this.#awake.delete(channel);
      channel.rested();
    }
    if (this.#awake.size > 0) this.#timer = this.#clock.after(channel_rest_milliseconds / channel_rest_looks, () => this.#look());
  }
}
