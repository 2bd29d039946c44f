import { type Actor, type ConnectionScript, capabilities } from './actor.ts';
import type { ChannelScript } from './channel-script.ts';
import { argument } from './codec/frames.ts';
import type { Dice } from './dice.ts';
import type { Received } from './inbox.ts';

/** A channel, with what its client knows of it. */
export class Seat {
  readonly connection: ConnectionScript;
  readonly ch: ChannelScript;
  /** By tag, whether it need not acknowledge. */
  readonly consumers = new Map<string, boolean>();
  unacked: number[] = [];
  /** The tag of the consumer that it cancelled last. */
  cancelled: string | undefined;

  constructor(connection: ConnectionScript, ch: ChannelScript) {
    this.connection = connection;
    this.ch = ch;
  }

  received(event: Received): void {
    const tag = String(argument(event.args, 'consumerTag'));
    if (event.name === 'basic.cancel') this.consumers.delete(tag);
    if (event.name === 'basic.deliver' && this.consumers.get(tag) !== true) {
      this.unacked.push(Number(argument(event.args, 'deliveryTag')));
    }
  }

  /** Its channel was closed. */
  clear(): void {
    this.unacked = [];
    this.consumers.clear();
  }
}

/** Several channels of several connections, some of which can't be told that a consumer was cancelled. */
export class Seats {
  readonly #a: Actor;
  readonly #roll: Dice;
  #all: readonly Seat[] = [];
  #connections = 0;

  constructor(a: Actor, roll: Dice) {
    this.#a = a;
    this.#roll = roll;
  }

  get all(): readonly Seat[] {
    return this.#all;
  }

  /** Those of the same connection, itself included. */
  beside({ connection }: Seat): readonly Seat[] {
    return this.#all.filter((each) => each.connection === connection);
  }

  /** One of them; undefined if there is none. */
  pick(): Seat | undefined {
    return this.#all[this.#roll(this.#all.length)];
  }

  async connect(channels: number): Promise<void> {
    const label = 'bcdefghijklmnopqrstuvw'.charAt(this.#connections++);
    const connection = await this.#a.connect({ label, clientProperties: this.#roll(4) === 0 ? {} : { capabilities } });
    for (let number = 1; number <= channels; number++) {
      this.#all = [...this.#all, new Seat(connection, await connection.channel(number))];
    }
  }

  /** Its connection is closed. */
  leave(seat: Seat): void {
    this.#all = this.#all.filter((each) => each.connection !== seat.connection);
  }
}
