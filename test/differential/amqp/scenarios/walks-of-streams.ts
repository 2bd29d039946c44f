import type { Actor } from '../actor.ts';
import type { ChannelScript } from '../channel-script.ts';
import type { Plain } from '../codec/fields.ts';
import { type Dice, pick } from '../dice.ts';
import type { Area } from '../scenario.ts';
import { type Seat, Seats } from '../seats.ts';
import { type Walk, walksOf } from '../walking.ts';

type Mode = 'plain' | 'filtered';
const modes: readonly Mode[] = ['plain', 'filtered'];

/** One stream, written to one message at a time, with readers on several channels of several connections. */
class StreamsWalk implements Walk {
  readonly #a: Actor;
  readonly #roll: Dice;
  readonly #mode: Mode;
  readonly #stream: string;
  readonly #writer: ChannelScript;
  readonly #seats: Seats;
  #published = 0;
  #consumed = 0;

  constructor(a: Actor, writer: ChannelScript, roll: Dice, mode: Mode) {
    this.#a = a;
    this.#writer = writer;
    this.#roll = roll;
    this.#mode = mode;
    this.#stream = a.name('s');
    this.#seats = new Seats(a, roll);
  }

  async begin(): Promise<void> {
    await this.#writer.confirmSelect();
    await this.#declare();
    await this.#seats.connect(2);
    await this.#seats.connect(1);
  }

  async #declare(): Promise<void> {
    await this.#writer.queue(this.#stream, { durable: true, arguments: { 'x-queue-type': 'stream' } });
    await this.#writer.bind(this.#stream, 'amq.fanout', '');
  }

  async step(): Promise<void> {
    const roll = this.#roll;
    const seat = this.#seats.pick();
    if (seat === undefined) return this.#seats.connect(1 + roll(2));
    const { ch } = seat;
    if (ch.isClosed) {
      seat.clear();
      if (seat.connection.wire.isClosed) this.#seats.leave(seat);
      else await ch.reopen();
      return;
    }
    const chance = roll(100);
    if (chance < 35) await this.#publish();
    else if (chance < 60) this.#settle(seat);
    else if (chance < 82) await this.#consume(seat);
    else if (chance < 87) {
      const [tag] = seat.consumers.keys();
      if (tag === undefined) return;
      seat.consumers.delete(tag);
      await ch.call('basic.cancel', { consumerTag: tag });
    } else if (chance < 90) await ch.close();
    else if (chance < 92) await ch.call('basic.recover', { requeue: true });
    else if (chance < 93) await ch.call('queue.delete', { queue: this.#stream });
    else if (chance < 97) await ch.qos(roll(3), roll(3) === 0);
    else await this.#seats.connect(1);
    await this.#rest();
  }

  async end(): Promise<void> {
    for (const { connection } of this.#seats.all) if (!connection.wire.isClosed) await connection.close();
    if (!this.#writer.isClosed) await this.#writer.call('queue.delete', { queue: this.#stream });
  }

  async #publish(): Promise<void> {
    const many = 1 + this.#roll(3);
    for (let index = 0; index < many; index++) {
      const filter = this.#mode === 'filtered' ? pick(this.#roll, [undefined, 'red', 'blue']) : undefined;
      const headers = filter === undefined ? {} : { headers: { 'x-stream-filter-value': filter } };
      this.#writer.publish({ key: this.#stream, body: `m${this.#published++}`, ...headers });
      await this.#writer.confirms();
    }
  }

  #settle(seat: Seat): void {
    const tag = seat.unacked[this.#roll(Math.max(1, seat.unacked.length))];
    if (tag === undefined) return;
    const multiple = this.#roll(2) === 0;
    seat.unacked = seat.unacked.filter((each) => (multiple ? each > tag : each !== tag));
    const chance = this.#roll(8);
    if (chance === 0) seat.ch.reject(tag, this.#roll(2) === 0);
    else if (chance === 1) seat.ch.nack(tag, { multiple, requeue: this.#roll(2) === 0 });
    else seat.ch.ack(tag, multiple);
  }

  async #consume(seat: Seat): Promise<void> {
    const roll = this.#roll;
    if (roll(4) !== 0) await seat.ch.qos(1 + roll(4));
    const tag = `${pick(roll, ['x', 'k', 'c'])}${++this.#consumed}`;
    const offsets: readonly [Plain, ...Plain[]] = [
      'first',
      'last',
      'next',
      0,
      roll(10),
      this.#published + 1,
      { type: 'T', value: 1n },
      { type: 'T', value: 4_000_000_000n },
      '1h',
      '7D',
    ];
    const args: Record<string, Plain> = roll(8) === 0 ? {} : { 'x-stream-offset': pick(roll, offsets) };
    if (this.#mode === 'filtered' && roll(2) === 0) {
      args['x-stream-filter'] = pick<Plain>(roll, ['red', 'blue', ['red', 'blue'], 'none']);
      if (roll(2) === 0) args['x-stream-match-unfiltered'] = roll(3) !== 0;
    }
    if (roll(10) === 0) args['x-priority'] = 5;
    const answer = await seat.ch.consume(this.#stream, { tag, exclusive: roll(10) === 0, arguments: args });
    if (answer?.name === 'basic.consume-ok') seat.consumers.set(tag, false);
  }

  /** Reads are in the server's own time. */
  async #rest(): Promise<void> {
    const writer = this.#writer;
    if (writer.isClosed) await writer.reopen().then(() => writer.confirmSelect());
    const all = [writer, ...this.#seats.all.map(({ ch }) => ch)];
    for (const ch of all) await ch.sync();
    await this.#a.settle(50);
    for (const ch of all) await ch.sync();
    // How many there are is counted now and then.
    if ((await writer.count(this.#stream)) === undefined) {
      await writer.reopen();
      await writer.confirmSelect();
      this.#published = 0;
      await this.#declare();
    }
    for (const seat of this.#seats.all) for (const event of seat.ch.takeWaiting()) seat.received(event);
  }
}

/** Random steps, the same against both servers, of many readers of one stream. */
export const walksOfStreams: Area = {
  name: 'walks of streams',
  scenarios: walksOf({
    what: 'stream',
    modes,
    steps_per_walk: 40,
    walk: (a, ch, roll, mode) => new StreamsWalk(a, ch, roll, mode),
  }),
};
