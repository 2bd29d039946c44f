import type { Actor } from '../actor.ts';
import type { ChannelScript } from '../channel-script.ts';
import type { Plain } from '../codec/fields.ts';
import { argument } from '../codec/frames.ts';
import { type Dice, pick } from '../dice.ts';
import type { Area } from '../scenario.ts';
import { type Seat, Seats } from '../seats.ts';
import { type Walk, walksOf } from '../walking.ts';

/** A queue of each kind, and with single active consumer. */
type Mode = 'classic' | 'priority' | 'single' | 'quorum' | 'quorum single';
const modes: readonly Mode[] = ['classic', 'priority', 'single', 'quorum', 'quorum single'];

/** One queue with consumers on several channels of several connections. */
class ConsumersWalk implements Walk {
  readonly #a: Actor;
  readonly #roll: Dice;
  readonly #mode: Mode;
  readonly #queue: string;
  readonly #publisher: ChannelScript;
  readonly #seats: Seats;
  #published = 0;
  #consumed = 0;

  constructor(a: Actor, publisher: ChannelScript, roll: Dice, mode: Mode) {
    this.#a = a;
    this.#publisher = publisher;
    this.#roll = roll;
    this.#mode = mode;
    this.#queue = a.name('q');
    this.#seats = new Seats(a, roll);
  }

  get #quorum(): boolean {
    return this.#mode.startsWith('quorum');
  }

  async begin(): Promise<void> {
    await this.#publisher.confirmSelect();
    await this.#declare();
    await this.#seats.connect(2);
    await this.#seats.connect(1);
  }

  async #declare(): Promise<void> {
    const args: Record<string, Plain> = {};
    const roll = this.#roll;
    if (this.#quorum) args['x-queue-type'] = 'quorum';
    if (this.#quorum && roll(2) === 0) args['x-delivery-limit'] = roll(4);
    if (this.#mode.endsWith('single')) args['x-single-active-consumer'] = true;
    if (this.#mode === 'priority') args['x-max-priority'] = 3;
    if (roll(4) === 0) args['x-max-length'] = 3 + roll(5);
    await this.#publisher.queue(this.#queue, { durable: true, autoDelete: !this.#quorum && roll(8) === 0, arguments: args });
  }

  async step(): Promise<void> {
    const roll = this.#roll;
    const seat = this.#seats.pick();
    if (seat === undefined) return this.#seats.connect(1 + roll(2));
    const { ch } = seat;
    if (seat.connection.wire.isClosed) return this.#seats.leave(seat);
    if (ch.isClosed) {
      seat.clear();
      await ch.reopen();
      return this.#rest();
    }
    const chance = roll(100);
    if (chance < 30) this.#publish();
    else if (chance < 52) this.#settle(seat);
    else if (chance < 70) await this.#consume(seat);
    else if (chance < 78) await this.#cancel(seat);
    else if (chance < 82) await this.#get(seat);
    else if (chance < 86) await ch.qos(roll(4), roll(4) === 0 && !this.#quorum);
    else if (chance < 89) await this.#recover(seat);
    else if (chance < 92) await this.#close(seat);
    else if (chance < 94) {
      // What is said first of several channels that end at once is a race.
      for (const other of this.#seats.beside(seat)) if (!other.ch.isClosed) await this.#close(other).then(() => this.#rest());
      this.#a.note(`${seat.connection.label} ends`);
      if (roll(2) === 0) await seat.connection.close();
      else seat.connection.wire.destroy();
      await this.#a.settle(30);
      this.#seats.leave(seat);
    } else if (chance < 95) await this.#delete(seat);
    else if (chance < 97) await this.#publisher.call('queue.purge', { queue: this.#queue });
    else await this.#seats.connect(1);
    await this.#rest();
  }

  async end(): Promise<void> {
    for (const seat of this.#seats.all) {
      if (seat.connection.wire.isClosed) continue;
      for (const other of this.#seats.beside(seat)) {
        if (other.ch.isClosed) continue;
        await this.#close(other);
        await this.#rest();
      }
      await seat.connection.close();
      await this.#rest();
    }
    if (this.#publisher.isClosed) return;
    await this.#publisher.sync();
    if (!this.#mode.endsWith('quorum single')) await this.#publisher.drain(this.#queue);
    if (!this.#publisher.isClosed) await this.#publisher.call('queue.delete', { queue: this.#queue });
  }

  #publish(): void {
    const many = this.#roll(3) === 0 ? 3 : 1;
    for (let index = 0; index < many; index++) {
      const properties = this.#roll(3) === 0 ? { priority: this.#roll(5) } : {};
      this.#publisher.publish({ key: this.#queue, body: `m${++this.#published}`, properties });
    }
  }

  #settle(seat: Seat): void {
    const tag = seat.unacked[this.#roll(Math.max(1, seat.unacked.length))];
    if (tag === undefined) return;
    const multiple = this.#roll(3) === 0;
    seat.unacked = seat.unacked.filter((each) => (multiple ? each > tag : each !== tag));
    const requeue = this.#roll(3) !== 0;
    const chance = this.#roll(3);
    if (chance === 0) seat.ch.ack(tag, multiple);
    else if (!multiple && chance === 1) seat.ch.reject(tag, requeue);
    else seat.ch.nack(tag, { multiple, requeue });
  }

  async #consume(seat: Seat): Promise<void> {
    const roll = this.#roll;
    const noAck = roll(5) === 0;
    // With a quorum queue, what a batch of publishes does to an automatically acknowledging consumer with a prefetch is a race.
    if (noAck && this.#quorum) await seat.ch.qos(0);
    else if (roll(2) === 0) await seat.ch.qos(1 + roll(3));
    // Not in the order in which they come, and some again.
    const used = roll(3) === 0 ? seat.cancelled : undefined;
    const tag = used ?? `${pick(roll, ['x', 'k', 'c'])}${++this.#consumed}`;
    const args: Record<string, Plain> = roll(3) === 0 ? { 'x-priority': roll(3) - 1 } : {};
    const answer = await seat.ch.consume(this.#queue, { tag, noAck, exclusive: roll(8) === 0, arguments: args });
    seat.cancelled = undefined;
    if (answer?.name === 'basic.consume-ok') seat.consumers.set(tag, noAck);
  }

  async #cancel(seat: Seat): Promise<void> {
    const tag = [...seat.consumers.keys()][this.#roll(Math.max(1, seat.consumers.size))];
    if (tag === undefined) return;
    seat.consumers.delete(tag);
    seat.cancelled = tag;
    await seat.ch.call('basic.cancel', { consumerTag: tag });
  }

  async #get(seat: Seat): Promise<void> {
    const noAck = this.#roll(3) === 0;
    const event = await seat.ch.get(this.#queue, noAck);
    if (event?.body !== undefined && !noAck) seat.unacked.push(Number(argument(event.args, 'deliveryTag')));
  }

  async #recover(seat: Seat): Promise<void> {
    if (this.#roll(2) === 0) await seat.ch.call('basic.recover', { requeue: true });
    else seat.ch.send('basic.recover-async', { requeue: true });
    seat.unacked = [];
  }

  async #close(seat: Seat): Promise<void> {
    await seat.ch.close();
    await this.#a.settle(20);
    seat.clear();
  }

  async #delete(seat: Seat): Promise<void> {
    await seat.ch.call('queue.delete', { queue: this.#queue, ifUnused: !this.#quorum && this.#roll(3) === 0 });
    await this.#rest();
  }

  /** Waits until the queue has done what was asked of it, then takes what came, channel by channel. */
  async #rest(): Promise<void> {
    const publisher = this.#publisher;
    if (publisher.isClosed) await publisher.reopen().then(() => publisher.confirmSelect());
    await publisher.confirms();
    const all = [publisher, ...this.#seats.all.map(({ ch }) => ch)];
    if (this.#quorum) await this.#a.settle(40);
    for (let round = 0; round < 2; round++) for (const ch of all) await ch.sync();
    const answer = await publisher.queue(this.#queue, { passive: true });
    if (answer?.name !== 'queue.declare-ok') {
      await publisher.reopen();
      await publisher.confirmSelect();
      await this.#declare();
    }
    for (let round = 0; round < 2; round++) {
      for (const ch of all) if (!ch.isClosed) await ch.count(this.#queue).then(() => ch.sync());
    }
    publisher.takeWaiting();
    for (const seat of this.#seats.all) for (const event of seat.ch.takeWaiting()) seat.received(event);
  }
}

/** Random steps, the same against both servers, of many consumers of one queue. */
export const walksOfConsumers: Area = {
  name: 'walks of consumers',
  scenarios: walksOf({
    what: 'consumers',
    modes,
    steps_per_walk: 45,
    walk: (a, ch, roll, mode) => new ConsumersWalk(a, ch, roll, mode),
  }),
};
