import type { Actor } from '../actor.ts';
import type { ChannelScript } from '../channel-script.ts';
import type { Plain } from '../codec/fields.ts';
import { argument } from '../codec/frames.ts';
import { type Dice, pick } from '../dice.ts';
import type { Area } from '../scenario.ts';
import { type Walk, walk_count, walksOf } from '../walking.ts';

/** Classic queues with confirms or in transactions, quorum queues, or some of each that send each other their dead letters. */
type Mode = 'confirm' | 'tx' | 'quorum' | 'letters';
const modes: readonly Mode[] = ['confirm', 'tx', 'quorum', 'letters'];

/** One random walk: three queues, one channel, whatever comes to mind. */
class QueuesWalk implements Walk {
  readonly #a: Actor;
  readonly #ch: ChannelScript;
  readonly #roll: Dice;
  readonly #mode: Mode;
  readonly #queues: readonly [string, string, string];
  /** Only one queue has consumers: with more, RabbitMQ's processes race for the delivery tags. */
  readonly #consumed: string;
  readonly #consumers = new Set<string>();
  readonly #silent = new Set<string>();
  #unacked: number[] = [];
  /** Settled since the last commit: a rollback takes it back. */
  #uncommitted: number[] = [];
  #published = 0;

  constructor(a: Actor, ch: ChannelScript, roll: Dice, mode: Mode) {
    this.#a = a;
    this.#ch = ch;
    this.#roll = roll;
    this.#mode = mode;
    this.#queues = [a.name('a'), a.name('b'), a.name('c')];
    this.#consumed = pick(roll, this.#queues);
  }

  get isOver(): boolean {
    return this.#ch.isClosed;
  }

  async begin(): Promise<void> {
    const roll = this.#roll;
    await this.#ch.exchange(this.#a.name('x'), 'topic', { autoDelete: true });
    for (const [index, queue] of this.#queues.entries()) {
      if (this.#mode === 'letters') {
        await this.#declareForLetters(queue, this.#queues[index + 1]);
        continue;
      }
      const args: Record<string, Plain> = this.#mode === 'quorum' ? { 'x-queue-type': 'quorum' } : {};
      if (roll(3) === 0) args['x-max-length'] = 1 + roll(5);
      if (this.#mode === 'quorum') {
        if (roll(2) === 0) args['x-delivery-limit'] = roll(3);
        await this.#ch.queue(queue, { durable: true, arguments: args });
        await this.#ch.bind(queue, this.#a.name('x'), pick(roll, ['#', 'k.*', 'k.one']));
        continue;
      }
      if (roll(4) === 0) args['x-max-priority'] = 3;
      if (roll(4) === 0) args['x-overflow'] = 'reject-publish';
      // To a queue further on, so that nothing goes round for ever.
      const next = this.#queues[index + 1];
      if (next !== undefined && roll(2) === 0) {
        args['x-dead-letter-exchange'] = '';
        args['x-dead-letter-routing-key'] = next;
      }
      await this.#ch.queue(queue, { exclusive: true, arguments: args });
      await this.#ch.bind(queue, this.#a.name('x'), pick(roll, ['#', 'k.*', 'k.one']));
    }
    if (this.#mode === 'tx') await this.#ch.call('tx.select');
    else await this.#ch.confirmSelect();
    if (roll(2) === 0) await this.#ch.qos(1 + roll(3));
  }

  async #declareForLetters(queue: string, next: string | undefined): Promise<void> {
    const roll = this.#roll;
    const quorum = roll(3) !== 0;
    const args: Record<string, Plain> = quorum ? { 'x-queue-type': 'quorum' } : {};
    if (quorum && roll(2) === 0) args['x-delivery-limit'] = roll(4) - 1;
    if (roll(3) === 0) args['x-max-length'] = 1 + roll(5);
    if (next !== undefined && roll(4) !== 0) {
      args['x-dead-letter-exchange'] = '';
      args['x-dead-letter-routing-key'] = next;
    }
    await this.#ch.queue(queue, quorum ? { durable: true, arguments: args } : { exclusive: true, arguments: args });
    await this.#ch.bind(queue, this.#a.name('x'), pick(roll, ['#', 'k.*', 'k.one']));
  }

  /** Without consumers. */
  get #onlyGets(): boolean {
    return this.#mode === 'quorum' || this.#mode === 'letters';
  }

  async step(): Promise<void> {
    const roll = this.#roll;
    const ch = this.#ch;
    const queue = pick(roll, this.#queues);
    const chance = roll(100);
    if (this.#mode === 'tx' && roll(8) === 0) await this.#finish(roll(3) !== 0);
    else if (chance < 40) await this.#publish(queue);
    else if (chance < 55) await this.#get(queue);
    else if (chance < 80) this.#settle();
    else if (chance < 90 && !this.#onlyGets) await this.#consumeOrCancel();
    else if (chance < 93) {
      await ch.call('basic.recover', { requeue: true });
      this.#unacked = [];
    } else if (chance < 95) await ch.call('queue.purge', { queue });
    else if (chance < 97) await ch.qos(roll(4), false);
    else await this.#publish('', `k.${pick(roll, ['one', 'two'])}`);
    await this.#rest();
  }

  async end(): Promise<void> {
    if (this.#ch.isClosed) return;
    if (this.#mode === 'tx') await this.#finish(true);
    for (const tag of this.#consumers) await this.#ch.call('basic.cancel', { consumerTag: tag });
    await this.#ch.call('basic.recover', { requeue: true });
    if (this.#mode === 'tx') await this.#finish(true);
    await this.#rest();
    for (const queue of this.#queues) await this.#ch.drain(queue);
    if (this.#onlyGets) for (const queue of this.#queues) await this.#ch.call('queue.delete', { queue });
  }

  async #publish(queue: string, key?: string): Promise<void> {
    const body = `m${++this.#published}`;
    const priority = this.#roll(this.#mode === 'letters' ? 40 : 5);
    const properties = this.#roll(3) === 0 ? { priority } : {};
    const exchange = key === undefined ? '' : this.#a.name('x');
    this.#ch.publish({ exchange, key: key ?? queue, body, properties, mandatory: this.#roll(5) === 0 });
    await this.#ch.settled();
  }

  async #finish(commits: boolean): Promise<void> {
    await this.#ch.call(commits ? 'tx.commit' : 'tx.rollback');
    if (!commits) this.#unacked = [...this.#unacked, ...this.#uncommitted].sort((one, other) => one - other);
    this.#uncommitted = [];
  }

  async #get(queue: string): Promise<void> {
    const noAck = this.#roll(3) === 0;
    const event = await this.#ch.get(queue, noAck);
    if (event?.body !== undefined && !noAck) this.#unacked.push(Number(argument(event.args, 'deliveryTag')));
  }

  #settle(): void {
    const tag = this.#unacked[this.#roll(Math.max(1, this.#unacked.length))];
    if (tag === undefined) return;
    const multiple = this.#roll(4) === 0;
    const settled = this.#unacked.filter((each) => (multiple ? each <= tag : each === tag));
    this.#unacked = this.#unacked.filter((each) => !settled.includes(each));
    this.#uncommitted.push(...settled);
    const requeue = this.#roll(2) === 0;
    const chance = this.#roll(3);
    if (chance === 0) this.#ch.ack(tag, multiple);
    else if (this.#mode === 'letters' && !multiple && this.#roll(2) === 0) this.#ch.reject(tag, requeue);
    else this.#ch.nack(tag, { multiple, requeue });
  }

  async #consumeOrCancel(): Promise<void> {
    const [running] = this.#consumers;
    if (running !== undefined && this.#roll(2) === 0) {
      this.#consumers.delete(running);
      await this.#ch.call('basic.cancel', { consumerTag: running });
      return;
    }
    const tag = `c${this.#published}-${this.#consumers.size}`;
    if (this.#consumers.has(tag)) return;
    this.#consumers.add(tag);
    const priority = this.#roll(3) === 0 ? { 'x-priority': this.#roll(3) } : {};
    const noAck = this.#roll(4) === 0;
    if (noAck) this.#silent.add(tag);
    await this.#ch.consume(this.#consumed, { tag, noAck, arguments: priority });
  }

  /** Waits until every queue has done what was asked of it, then takes the deliveries. */
  async #rest(): Promise<void> {
    if (this.#ch.isClosed) return;
    if (this.#onlyGets) {
      await this.#ch.sync();
      // A dead letter goes from process to process.
      if (this.#mode === 'letters') await this.#a.settle(40);
      await this.#ch.sync();
      this.#ch.takeWaiting();
      return;
    }
    for (let round = 0; round < 2; round++) for (const queue of this.#queues) await this.#ch.count(queue);
    await this.#ch.sync();
    for (const event of this.#ch.takeWaiting()) {
      if (event.name === 'basic.deliver' && !this.#silent.has(String(argument(event.args, 'consumerTag'))))
        this.#unacked.push(Number(argument(event.args, 'deliveryTag')));
    }
    const counts: string[] = [];
    for (const queue of this.#queues) counts.push(String(await this.#ch.count(queue)));
    this.#ch.note(`ready ${counts.join(' ')}`);
  }
}

/**
 * Random steps, the same against both servers: what nobody thought of. Left out are single active consumers, because
 * in 3.10 the successor gets nothing until something else happens to the queue.
 */
export const walks: Area = {
  name: 'random walks',
  scenarios: walksOf({
    what: 'walk',
    modes,
    count: (mode) => (mode === 'confirm' ? walk_count : Math.ceil(walk_count / 3)),
    steps_per_walk: 60,
    walk: (a, ch, roll, mode) => new QueuesWalk(a, ch, roll, mode),
  }),
};
