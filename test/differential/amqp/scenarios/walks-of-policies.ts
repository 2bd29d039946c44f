import type { Actor } from '../actor.ts';
import type { ChannelScript } from '../channel-script.ts';
import type { Plain } from '../codec/fields.ts';
import { argument } from '../codec/frames.ts';
import { type Dice, pick } from '../dice.ts';
import type { Area } from '../scenario.ts';
import { type Walk, walksOf } from '../walking.ts';

type Mode = 'classic' | 'priority' | 'quorum';
const modes: readonly Mode[] = ['classic', 'priority', 'quorum'];

/** Two queues, the second for the first's dead letters, whose policies change while messages come and go. */
class PoliciesWalk implements Walk {
  readonly #a: Actor;
  readonly #ch: ChannelScript;
  readonly #roll: Dice;
  readonly #mode: Mode;
  readonly #queue: string;
  readonly #grave: string;
  readonly #policies = new Set<string>();
  #consumer: string | undefined;
  #unacked: number[] = [];
  #published = 0;
  #consumed = 0;

  constructor(a: Actor, ch: ChannelScript, roll: Dice, mode: Mode) {
    this.#a = a;
    this.#ch = ch;
    this.#roll = roll;
    this.#mode = mode;
    this.#queue = a.name('live');
    this.#grave = a.name('grave');
  }

  get isOver(): boolean {
    return this.#ch.isClosed;
  }

  async begin(): Promise<void> {
    const roll = this.#roll;
    const args: Record<string, Plain> = this.#mode === 'quorum' ? { 'x-queue-type': 'quorum' } : {};
    if (this.#mode === 'priority') args['x-max-priority'] = 3;
    if (roll(4) === 0) args['x-max-length'] = 2 + roll(4);
    if (roll(4) === 0) args['x-max-length-bytes'] = 6 + roll(8);
    if (roll(4) === 0) args['x-overflow'] = 'reject-publish';
    if (roll(4) === 0) args['x-message-ttl'] = 3_600_000;
    if (roll(4) === 0) args['x-dead-letter-exchange'] = '';
    if (roll(3) === 0) args['x-dead-letter-routing-key'] = this.#grave;
    if (args['x-dead-letter-routing-key'] !== undefined) args['x-dead-letter-exchange'] = '';
    if (this.#mode === 'quorum' && roll(4) === 0) args['x-delivery-limit'] = 1 + roll(3);
    await this.#ch.queue(this.#grave, { exclusive: true });
    await this.#ch.bind(this.#grave, 'amq.match', '', { mine: this.#grave });
    await this.#ch.queue(this.#queue, { durable: true, arguments: args });
    await this.#ch.confirmSelect();
    if (roll(2) === 0) await this.#ch.qos(1 + roll(3));
  }

  async step(): Promise<void> {
    const roll = this.#roll;
    const ch = this.#ch;
    const chance = roll(100);
    if (chance < 35) {
      const many = 1 + roll(3);
      for (let index = 0; index < many; index++) {
        const properties = roll(3) === 0 ? { priority: roll(5) } : {};
        const body = 'm'.repeat(1 + roll(3)) + ++this.#published;
        ch.publish({ key: this.#queue, body, properties, headers: { mine: this.#grave } });
        await ch.settled();
      }
    } else if (chance < 60) await this.#operate();
    else if (chance < 70) {
      const noAck = roll(3) === 0;
      const event = await ch.get(this.#queue, noAck);
      if (event?.body !== undefined && !noAck) this.#unacked.push(Number(argument(event.args, 'deliveryTag')));
    } else if (chance < 90) this.#settle();
    else if (chance < 95) await this.#consumeOrCancel();
    else if (chance < 97) await ch.call('basic.recover', { requeue: true }).then(() => (this.#unacked = []));
    else await ch.drain(this.#grave);
    await this.#rest();
  }

  async end(): Promise<void> {
    if (this.#ch.isClosed) return;
    for (const name of this.#policies) await this.#clear(name);
    await this.#rest();
    if (this.#consumer !== undefined) await this.#ch.call('basic.cancel', { consumerTag: this.#consumer });
    await this.#ch.call('basic.recover', { requeue: true });
    await this.#rest();
    await this.#ch.drain(this.#queue);
    await this.#ch.drain(this.#grave);
    await this.#ch.call('queue.delete', { queue: this.#queue });
  }

  async #operate(): Promise<void> {
    const roll = this.#roll;
    const [known] = this.#policies;
    if (known !== undefined && roll(3) === 0) return this.#clear(known);
    // Which of two policies of the same priority holds is open.
    const number = roll(3);
    const isOperators = roll(3) === 0;
    const name = `${isOperators ? 'o' : 'p'}${number}`;
    const applyTo = isOperators ? 'queues' : pick(roll, ['all', 'queues', 'all', 'exchanges'] as const);
    const definition: Record<string, string | number> = {};
    const add = (key: string, value: string | number): void => {
      if (roll(3) === 0) definition[key] = value;
    };
    add('max-length', roll(6));
    add('max-length-bytes', 4 + roll(20));
    add('message-ttl', pick(roll, [0, 1, 3_600_000]));
    if (!isOperators) {
      add(
        'overflow',
        pick(roll, this.#mode === 'quorum' ? ['drop-head', 'reject-publish'] : ['drop-head', 'reject-publish', 'reject-publish-dlx']),
      );
      add('dead-letter-exchange', pick(roll, ['', 'amq.match', 'amq.match']));
      add('dead-letter-routing-key', this.#grave);
    }
    if (this.#mode === 'quorum') add('delivery-limit', roll(4));
    if (Object.keys(definition).length === 0) definition.expires = 3_600_000;
    if (applyTo === 'exchanges') for (const key of Object.keys(definition)) delete definition[key];
    if (applyTo === 'exchanges') definition['alternate-exchange'] = 'amq.fanout';
    this.#a.note(`set ${name} for ${applyTo} ${JSON.stringify(definition)}`);
    this.#policies.add(name);
    const pattern = roll(5) === 0 ? `^other${this.#queue}` : pick(roll, [`^${this.#queue}$`, this.#queue.slice(2)]);
    await this.#a.operator.setPolicy(`${name}${this.#queue}`, pattern, definition, { isOperators, priority: number, applyTo });
  }

  async #clear(name: string): Promise<void> {
    this.#policies.delete(name);
    this.#a.note(`clear ${name}`);
    await this.#a.operator.clearPolicy(`${name}${this.#queue}`, { isOperators: name.startsWith('o') });
  }

  #settle(): void {
    const tag = this.#unacked[this.#roll(Math.max(1, this.#unacked.length))];
    if (tag === undefined) return;
    const multiple = this.#roll(3) === 0;
    this.#unacked = this.#unacked.filter((each) => (multiple ? each > tag : each !== tag));
    const requeue = this.#roll(2) === 0;
    const chance = this.#roll(3);
    if (chance === 0) this.#ch.ack(tag, multiple);
    else if (!multiple && chance === 1) this.#ch.reject(tag, requeue);
    else this.#ch.nack(tag, { multiple, requeue });
  }

  async #consumeOrCancel(): Promise<void> {
    if (this.#consumer !== undefined) {
      const tag = this.#consumer;
      this.#consumer = undefined;
      await this.#ch.call('basic.cancel', { consumerTag: tag });
      return;
    }
    if (this.#roll(2) === 0) await this.#ch.qos(1 + this.#roll(3));
    this.#consumer = `c${++this.#consumed}`;
    await this.#ch.consume(this.#queue, { tag: this.#consumer });
  }

  /** Policies and dead letters take their time. */
  async #rest(): Promise<void> {
    const ch = this.#ch;
    for (let round = 0; round < 2; round++) {
      await ch.sync();
      await this.#a.settle(60);
      for (const queue of [this.#queue, this.#grave]) await ch.count(queue);
    }
    await ch.sync();
    for (const event of ch.takeWaiting()) {
      if (event.name === 'basic.deliver') this.#unacked.push(Number(argument(event.args, 'deliveryTag')));
    }
    ch.note(`ready ${await ch.count(this.#queue)} ${await ch.count(this.#grave)}`);
  }
}

/** Random steps, the same against both servers, while policies come and go. */
export const walksOfPolicies: Area = {
  name: 'walks of policies',
  operates: true,
  scenarios: walksOf({
    what: 'policies',
    modes,
    steps_per_walk: 40,
    walk: (a, ch, roll, mode) => new PoliciesWalk(a, ch, roll, mode),
  }),
};
