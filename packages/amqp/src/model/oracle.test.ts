import { Clock, Random } from '@wirelike/kernel';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Broker } from './broker.ts';
import type { Channel } from './channel.ts';
import { Message } from './message.ts';
import { Recorder } from './recorder.ts';

/*
 * Random operations on two channels and three queues against a model so naive that it is evidently right:
 * per queue a sorted list of numbers. No message is lost, doubled, or out of order; a confirm comes after
 * the message is in its queue.
 */

const QUEUES = ['a', 'b', 'c'] as const;
const NAMES: readonly string[] = QUEUES;

type Operation =
  | { readonly do: 'publish'; readonly queue: number }
  | { readonly do: 'get'; readonly channel: number; readonly queue: number }
  | { readonly do: 'consume' | 'cancel'; readonly channel: number; readonly queue: number }
  | { readonly do: 'ack' | 'requeue' | 'discard'; readonly channel: number; readonly pick: number; readonly multiple: boolean }
  | { readonly do: 'close'; readonly channel: number }
  | { readonly do: 'snapshot' | 'restore' | 'purge'; readonly queue: number };

const channelIndex = fc.integer({ min: 0, max: 1 });
const queueIndex = fc.integer({ min: 0, max: 2 });

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('publish' as const), queue: queueIndex }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('get' as const), channel: channelIndex, queue: queueIndex }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('consume' as const, 'cancel' as const), channel: channelIndex, queue: queueIndex }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('ack' as const, 'requeue' as const, 'discard' as const),
      channel: channelIndex,
      pick: fc.nat(),
      multiple: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const), channel: channelIndex }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('snapshot' as const, 'restore' as const, 'purge' as const), queue: queueIndex }),
  },
);

interface Held {
  readonly tag: number;
  readonly queue: number;
  readonly body: number;
}

/** One client: what it was given and has not settled. */
class Client {
  readonly sink: Recorder = new Recorder();
  readonly channel: Channel;
  held: Held[] = [];

  constructor(broker: Broker, onDelivery: (client: Client, queue: number, body: number, redelivered: boolean) => void) {
    this.channel = broker.connect({ user: 'guest', vhost: '/', name: 'client', sink: this.sink }).openChannel(1, this.sink);
    this.channel.basicQos(0, 3, false);
    this.sink.onDelivery = ({ consumerTag, deliveryTag, body, redelivered }) => {
      const queue = NAMES.indexOf(consumerTag);
      this.held.push({ tag: deliveryTag, queue, body: Number(body) });
      onDelivery(this, queue, Number(body), redelivered);
    };
  }
}

class Trial {
  readonly clock: Clock = new Clock();
  readonly broker: Broker;
  readonly publisher: Channel;
  readonly confirms: Recorder = new Recorder();
  readonly clients: Client[];
  /** Ready messages as they should be. */
  ready: number[][] = [[], [], []];
  seen = new Set<string>();
  snapshot:
    | { readonly model: ReturnType<Broker['snapshot']>; readonly messages: number[][]; readonly seen: ReadonlySet<string> }
    | undefined;
  next = 0;

  constructor() {
    this.clock.freeze();
    this.broker = new Broker({ clock: this.clock, random: new Random('oracle') });
    this.publisher = this.broker
      .connect({ user: 'guest', vhost: '/', name: 'publisher', sink: this.confirms })
      .openChannel(1, this.confirms);
    this.publisher.confirmSelect();
    for (const queue of QUEUES) this.publisher.queueDeclare({ queue });
    this.clients = [this.#client(), this.#client()];
  }

  run(step: Operation): void {
    switch (step.do) {
      case 'publish':
        this.#publish(step.queue);
        break;
      case 'get':
        this.#get(this.#at(step.channel), step.queue);
        break;
      case 'consume':
        this.#consume(this.#at(step.channel).channel, QUEUES[step.queue] ?? 'a');
        break;
      case 'cancel':
        this.#at(step.channel).channel.basicCancel(QUEUES[step.queue] ?? 'a');
        break;
      case 'ack':
      case 'requeue':
      case 'discard':
        this.#settle(this.#at(step.channel), step);
        break;
      case 'close':
        this.#close(step.channel);
        break;
      case 'purge':
        expect(this.publisher.queuePurge(QUEUES[step.queue] ?? 'a')).toBe(this.ready[step.queue]?.length);
        this.ready[step.queue] = [];
        break;
      default:
        this.#travel(step.do);
    }
  }

  check(): void {
    for (const [index, name] of QUEUES.entries()) {
      const queue = this.broker.vhost('/')?.queues.get(name);
      expect(
        Array.from(queue?.messages() ?? [], ({ message }) => Number(Buffer.from(message.body))),
        name,
      ).toEqual(this.ready[index]);
      const held = this.clients.flatMap((client) => client.held.filter((one) => one.queue === index));
      expect(queue?.unackedCount, `unacknowledged in ${name}`).toBe(held.length);
      expect(queue?.readyCount).toBe(this.ready[index]?.length);
    }
  }

  #client(): Client {
    return new Client(this.broker, (_, queue, body, redelivered) => this.#delivered(queue, body, redelivered));
  }

  #at(index: number): Client {
    const client = this.clients[index];
    if (client === undefined) throw new Error('no such client');
    return client;
  }

  /** Whatever is delivered must be the first that was ready. */
  #delivered(queue: number, body: number, redelivered: boolean): void {
    expect(this.ready[queue]?.shift()).toBe(body);
    expect(redelivered).toBe(this.seen.has(`${queue} ${body}`));
    this.seen.add(`${queue} ${body}`);
  }

  #consume(channel: Channel, queue: string): void {
    if (!channel.consumers.has(queue)) channel.basicConsume({ queue, consumerTag: queue });
    this.broker.pump();
  }

  #publish(queue: number): void {
    const body = this.next++;
    this.ready[queue]?.push(body);
    this.confirms.events.length = 0;
    this.publisher.basicPublish(Message.of('', QUEUES[queue] ?? 'a', Buffer.from(String(body))), true, false);
    expect(this.confirms.events).toEqual([]);
    this.publisher.pump();
    expect(this.confirms.events).toHaveLength(1);
  }

  #get(client: Client, queue: number): void {
    const got = client.channel.basicGet(QUEUES[queue] ?? 'a', false);
    if (got === undefined) {
      expect(this.ready[queue]).toEqual([]);
      return;
    }
    const body = Number(Buffer.from(got.message.body));
    client.held.push({ tag: got.deliveryTag, queue, body });
    this.#delivered(queue, body, got.redelivered);
  }

  #settle(client: Client, { do: outcome, pick, multiple }: Extract<Operation, { do: 'ack' | 'requeue' | 'discard' }>): void {
    if (client.held.length === 0) return;
    const sorted = [...client.held].sort((one, other) => one.tag - other.tag);
    const chosen = sorted[pick % sorted.length];
    if (chosen === undefined) return;
    const settled = multiple ? sorted.filter(({ tag }) => tag <= chosen.tag) : [chosen];
    client.held = client.held.filter((one) => !settled.includes(one));
    if (outcome === 'requeue') this.#putBack(settled);
    if (outcome === 'ack') client.channel.basicAck(chosen.tag, multiple);
    else client.channel.basicNack(chosen.tag, multiple, outcome === 'requeue');
    this.broker.pump();
  }

  #putBack(held: readonly Held[]): void {
    for (const { queue, body } of held) this.ready[queue] = [...(this.ready[queue] ?? []), body].sort((one, other) => one - other);
  }

  #close(index: number): void {
    const client = this.#at(index);
    this.#putBack(client.held);
    client.held = [];
    client.channel.connection.close();
    this.broker.pump();
    this.clients[index] = this.#client();
  }

  #travel(direction: 'snapshot' | 'restore'): void {
    if (direction === 'snapshot') {
      const messages = this.ready.map((ready) => [...ready]);
      for (const client of this.clients) for (const { queue, body } of client.held) messages[queue]?.push(body);
      for (const list of messages) list.sort((one, other) => one - other);
      this.snapshot = { model: this.broker.snapshot(), messages, seen: new Set(this.seen) };
    } else if (this.snapshot !== undefined) {
      this.ready = this.snapshot.messages.map((list) => [...list]);
      this.seen = new Set(this.snapshot.seen);
      for (const client of this.clients) client.held = [];
      this.broker.restore(this.snapshot.model);
      this.broker.pump();
    }
  }
}

it('agrees with a naive model', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 80 }), (steps) => {
      const trial = new Trial();
      for (const step of steps) {
        trial.run(step);
        trial.check();
      }
    }),
    { numRuns: 300 },
  );
});
