import type { Actor } from '../actor.ts';
import type { ChannelScript, QueueOptions } from '../channel-script.ts';
import type { Plain } from '../codec/fields.ts';
import { type Dice, dice, pick } from '../dice.ts';
import { type Area, type Scenario, scenario } from '../scenario.ts';
import { eachSeed, walk_count } from '../walking.ts';
import { anyField, integer, type RandomField, someArguments, string } from './random-fields.ts';

type Args = Record<string, Plain>;

const among =
  (...values: [number, ...number[]]): RandomField =>
  (roll) =>
    integer(roll, values);
const word =
  (...values: [string, ...string[]]): RandomField =>
  (roll) =>
    string(pick(roll, values));

/** Without x-expires, which some types have no room for; without sizes of segments that a stream would never be done with. */
const queue_arguments: Readonly<Record<string, RandomField>> = {
  'x-message-ttl': among(0, 60_000),
  'x-dead-letter-exchange': word('', 'amq.fanout'),
  'x-dead-letter-routing-key': word('', 'k'),
  'x-dead-letter-strategy': word('at-most-once', 'never'),
  'x-max-length': among(0, 1, 10),
  'x-max-length-bytes': among(0, 10_000),
  'x-max-in-memory-length': among(0, 5),
  'x-max-priority': among(0, 5, 255),
  'x-overflow': word('drop-head', 'reject-publish', 'reject-publish-dlx', 'x'),
  'x-queue-mode': word('default', 'lazy', 'x'),
  'x-queue-version': among(1, 2, 3),
  'x-single-active-consumer': (roll) => ({ type: 't', value: roll(2) === 0 }),
  'x-queue-leader-locator': word('client-local', 'balanced', 'x'),
  'x-quorum-initial-group-size': among(0, 1),
  'x-delivery-limit': among(-1, 0, 5),
  'x-max-age': word('1h', '60m', '7D', '1', '01h', '1hh', '0s'),
  'x-stream-filter-size-bytes': among(15, 16, 255),
  'x-initial-cluster-size': among(0, 1),
  'x-consumer-timeout': among(0, 100_000),
  'x-delayed-retry-type': word('all', 'x'),
  'x-unknown': anyField,
};

const exchange_arguments: Readonly<Record<string, RandomField>> = {
  'alternate-exchange': word('', 'amq.fanout', 'nowhere'),
  'hash-header': word('h', ''),
  'hash-property': word('message_id', 'timestamp', 'headers', ''),
  'x-unknown': anyField,
};

const binding_arguments: Readonly<Record<string, RandomField>> = {
  'x-match': word('all', 'any', 'all-with-x', 'any-with-x', 'ALL'),
  one: anyField,
  two: integer,
  'x-three': anyField,
  '': anyField,
};

/** Slightly other: one argument is gone, is of another type, or there is one more. */
function altered(roll: Dice, makers: Readonly<Record<string, RandomField>>, args: Args): Args {
  const names = Object.keys(args);
  const name = names[roll(Math.max(1, names.length))];
  if (name === undefined || roll(4) === 0) return { ...args, ...someArguments(roll, makers, 1, 5) };
  if (roll(3) === 0) return Object.fromEntries(Object.entries(args).filter(([each]) => each !== name));
  return { ...args, [name]: roll(3) === 0 ? anyField(roll) : (makers[name] ?? anyField)(roll) };
}

/** A channel for each step; after an error one of another connection, which some errors end too. */
class Hand {
  readonly #a: Actor;
  #channel: ChannelScript | undefined;

  constructor(a: Actor) {
    this.#a = a;
  }

  async channel(): Promise<ChannelScript> {
    if (this.#channel === undefined || this.#channel.isClosed) this.#channel = await (await this.#a.connect()).channel();
    return this.#channel;
  }
}

function walkOfQueues(seed: number): Scenario {
  return scenario(`queues ${seed}`, async (a) => {
    const roll = dice(seed);
    const hand = new Hand(a);
    const declared = new Map<string, QueueOptions & { readonly arguments: Args }>();
    const names = [a.name('q'), a.name('r')] as const;
    for (let step = 0; step < 15; step++) {
      const ch = await hand.channel();
      const queue = pick(roll, names);
      const before = declared.get(queue);
      if (before === undefined || roll(3) === 0) {
        const type = pick(roll, ['classic', 'classic', 'quorum', 'stream', '']);
        const args = someArguments(roll, queue_arguments, roll(4), 8);
        const options = {
          durable: type !== 'classic' || roll(2) === 0,
          arguments: type === '' ? args : { 'x-queue-type': type, ...args },
        };
        declared.set(queue, options);
        await ch.queue(queue, options);
      } else if (roll(6) === 0) await ch.queue(queue, { passive: true, arguments: someArguments(roll, queue_arguments, 2, 3) });
      else if (roll(5) === 0) await ch.call('queue.delete', { queue, ifUnused: roll(3) === 0, ifEmpty: roll(3) === 0 });
      else {
        const [durable, autoDelete] = [roll(8) === 0 ? before.durable !== true : before.durable === true, roll(8) === 0];
        await ch.queue(queue, { durable, autoDelete, arguments: altered(roll, queue_arguments, before.arguments) });
      }
    }
    for (const queue of names) await (await hand.channel()).call('queue.delete', { queue });
  });
}

function walkOfExchanges(seed: number): Scenario {
  return scenario(`exchanges ${seed}`, async (a) => {
    const roll = dice(seed);
    const hand = new Hand(a);
    const keeper = await a.channel();
    const [queue, exchanges] = [a.name('q'), [a.name('x'), a.name('y')] as const];
    await keeper.queue(queue, { durable: true });
    const types = ['direct', 'fanout', 'topic', 'headers', 'x-consistent-hash', '', 'Direct'] as const;
    const bound: [key: string, args: Args][] = [];
    let declared: [type: string, args: Args] = ['direct', {}];
    for (let step = 0; step < 20; step++) {
      const ch = await hand.channel();
      const exchange = pick(roll, exchanges);
      const what = roll(10);
      if (what < 3) {
        declared = [types[roll(roll(4) === 0 ? 7 : 5)] ?? '', someArguments(roll, exchange_arguments, roll(3), 6)];
        await ch.exchange(exchange, declared[0], { durable: roll(2) === 0, autoDelete: roll(4) === 0, arguments: declared[1] });
      } else if (what < 4) await ch.exchange(exchange, declared[0], { arguments: altered(roll, exchange_arguments, declared[1]) });
      else if (what < 7) {
        bound.push([
          pick(roll, ['', 'k', '1', '2', '0', '-1', 'a.*', '#', '1.5', '+1', '007']),
          someArguments(roll, binding_arguments, roll(3), 6),
        ]);
        const [routingKey, args] = bound.at(-1) ?? ['', {}];
        await ch.bind(queue, exchange, routingKey, args);
      } else if (what < 8) {
        const [routingKey, args] = bound[roll(Math.max(1, bound.length))] ?? ['', {}];
        const others = roll(3) === 0 ? altered(roll, binding_arguments, args) : args;
        await ch.call('queue.unbind', { queue, exchange, routingKey, arguments: others });
      } else {
        ch.publish({
          exchange,
          key: pick(roll, ['', 'k', '1', 'a.b']),
          body: `m${step}`,
          headers: someArguments(roll, binding_arguments, roll(4), 6),
        });
        await ch.sync();
      }
    }
    await keeper.drain(queue);
    await keeper.call('queue.delete', { queue });
    for (const exchange of exchanges) await (await hand.channel()).call('exchange.delete', { exchange });
  });
}

function walkOfHeaders(seed: number): Scenario {
  return scenario(`headers ${seed}`, async (a) => {
    const roll = dice(seed);
    const ch = await a.channel();
    await ch.exchange(a.name('x'), 'headers', { autoDelete: true });
    const queues = ['a', 'b', 'c', 'd', 'e'].map((label) => a.name(label));
    // A few values that come again, and numbers that look alike.
    const known = Array.from({ length: 6 }, () => anyField(roll));
    const value: RandomField = () => (roll(3) === 0 ? integer(roll, [0, 1, 5]) : (known[roll(known.length)] ?? anyField(roll)));
    const values = { one: value, two: value, 'x-three': value, '': value };
    for (const queue of queues) {
      await ch.queue(queue, { exclusive: true });
      const mode = pick(roll, ['all', 'any', 'all-with-x', 'any-with-x']);
      await ch.bind(queue, a.name('x'), '', { 'x-match': mode, ...someArguments(roll, values, 1 + roll(3), 9) });
    }
    for (let index = 0; index < 25; index++) {
      ch.publish({ exchange: a.name('x'), body: `${index}`, headers: someArguments(roll, values, 1 + roll(3), 9) });
    }
    await ch.sync();
    for (const queue of queues) await ch.drain(queue);
  });
}

function walkOfTopics(seed: number): Scenario {
  return scenario(`topics ${seed}`, async (a) => {
    const roll = dice(seed);
    const ch = await a.channel();
    await ch.exchange(a.name('x'), 'topic', { autoDelete: true });
    const key = (): string =>
      Array.from({ length: roll(6) }, () => pick(roll, ['', 'a', 'b', 'a', 'b', '*', '#', 'a*', '\u00fc'])).join('.');
    const queues = ['a', 'b', 'c', 'd'].map((label) => a.name(label));
    for (const queue of queues) await ch.queue(queue, { exclusive: true });
    const bound: [queue: string, key: string][] = [];
    for (let index = 0; index < 50; index++) {
      if (bound.length < 8 || roll(12) === 0) {
        const [queue, pattern] = [queues[roll(queues.length)] ?? '', key()];
        bound.push([queue, pattern]);
        await ch.bind(queue, a.name('x'), pattern, roll(5) === 0 ? { n: integer(roll) } : {});
      }
      if (roll(15) === 0) {
        const [queue, routingKey] = bound[1 + roll(bound.length - 1)] ?? ['', ''];
        await ch.call('queue.unbind', { queue, exchange: a.name('x'), routingKey });
      }
      ch.publish({
        exchange: a.name('x'),
        key: key(),
        body: `${index}`,
        headers: roll(8) === 0 ? { CC: [key()], BCC: [key(), key()] } : {},
      });
    }
    await ch.sync();
    for (const queue of queues) await ch.drain(queue);
  });
}

/** Random arguments, the same against both servers. What they showed has scenarios of its own in `odd-arguments.ts`. */
export const walksOfArguments: Area = {
  name: 'walks of arguments',
  scenarios: [walkOfQueues, walkOfExchanges, walkOfHeaders, walkOfTopics].flatMap((walk) => eachSeed(Math.ceil(walk_count / 5), walk)),
};
