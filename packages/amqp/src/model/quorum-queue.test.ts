import { Clock, Random } from '@wirelike/kernel';
import { describe, expect, it } from 'vitest';
import { Broker } from './broker.ts';
import type { Channel } from './channel.ts';
import { type Field, text } from './field-table.ts';
import { type BasicProperties, Message } from './message.ts';
import { Recorder } from './recorder.ts';

const whole = (value: number): Field => ({ type: 'I', value });

class Bench {
  readonly clock: Clock = new Clock();
  readonly broker: Broker;
  readonly channel: Channel;

  constructor(version: string, args: Readonly<Record<string, Field>> = {}) {
    this.clock.freeze();
    this.broker = new Broker({ clock: this.clock, random: new Random('test'), version });
    const sink = new Recorder();
    this.channel = this.broker.connect({ user: 'guest', vhost: '/', name: 'test', sink }).openChannel(1, sink);
    const all = Object.entries({ 'x-queue-type': text('quorum'), ...args });
    this.channel.queueDeclare({ queue: 'q', durable: true, arguments: new Map(all) });
  }

  publish(body: string, properties?: BasicProperties): void {
    this.channel.basicPublish(Message.of('', 'q', Buffer.from(body), properties), false, false);
  }

  get ready(): number {
    return this.channel.queueDeclare({ queue: 'q', passive: true }).messageCount;
  }

  /** The bodies of what is ready, which is gone then. */
  drain(): string[] {
    const bodies: string[] = [];
    for (let one = this.channel.basicGet('q', true); one !== undefined; one = this.channel.basicGet('q', true)) {
      bodies.push(Buffer.from(one.message.body).toString());
    }
    return bodies;
  }

  /** Gets a message and returns it. */
  giveBack(how: 'nack' | 'reject'): void {
    const tag = this.channel.basicGet('q', false)?.deliveryTag ?? 0;
    if (how === 'nack') this.channel.basicNack(tag, false, true);
    else this.channel.basicReject(tag, true);
  }
}

// Both were compared with the real server (test/differential); what a restored broker does can't be.
describe.each([
  ['4.0.5', ['31', '9', '0', '5', '31', '1', 'none']],
  ['4.3.6', ['31', '31', '9', '5', 'none', '1', '0']],
])('a quorum queue of %s', (version, order) => {
  it('keeps the order of priorities, and a snapshot of it', () => {
    const bench = new Bench(version);
    for (const priority of [0, 31, 9, 5, 31, 1]) bench.publish(`${priority}`, { priority });
    bench.publish('none');
    const snapshot = bench.broker.snapshot();
    expect(bench.drain()).toEqual(order);
    bench.broker.restore(snapshot);
    expect(bench.drain()).toEqual(order);
  });
});

describe('a delayed retry', () => {
  const delays = { 'x-delayed-retry-type': text('all'), 'x-delayed-retry-min': whole(100), 'x-delayed-retry-max': whole(250) };

  it('takes longer with each failure, up to a maximum', () => {
    const bench = new Bench('4.3.6', delays);
    bench.publish('m');
    for (const milliseconds of [100, 200, 250, 250]) {
      bench.giveBack('reject');
      bench.clock.advance(milliseconds - 1);
      expect(bench.ready).toBe(0);
      bench.clock.advance(1);
      expect(bench.ready).toBe(1);
    }
  });

  it('may be a policy’s, and an operator’s that asks for more', () => {
    const bench = new Bench('4.3.6');
    const vhost = bench.broker.vhost('/');
    const policy = { name: 'p', pattern: '', priority: 0, applyTo: 'all' } as const;
    vhost?.setPolicy('p', { ...policy, definition: { 'delayed-retry-type': 'all', 'delayed-retry-min': 100, 'delayed-retry-max': 900 } });
    vhost?.setOperatorPolicy('p', { ...policy, definition: { 'delayed-retry-min': 300, 'delayed-retry-max': 400 } });
    bench.publish('m');
    for (const milliseconds of [300, 400, 400]) {
      bench.giveBack('reject');
      bench.clock.advance(milliseconds - 1);
      expect(bench.ready).toBe(0);
      bench.clock.advance(1);
      expect(bench.ready).toBe(1);
    }
  });

  it('is in a snapshot, and comes after it was restored, too', () => {
    const bench = new Bench('4.3.6', delays);
    bench.publish('m');
    bench.giveBack('nack');
    const snapshot = bench.broker.snapshot();
    bench.channel.queuePurge('q');
    bench.clock.advance(1_000);
    expect(bench.ready).toBe(0);
    bench.broker.restore(snapshot);
    bench.clock.advance(100);
    expect(bench.drain()).toEqual(['m']);
  });
});

it('gives high priorities two turns of three, from 4.0 on', () => {
  const bench = new Bench('4.0.5');
  for (const body of ['a', 'b', 'c']) bench.publish(body);
  for (const body of ['X', 'Y', 'Z']) bench.publish(body, { priority: 9 });
  expect(bench.drain().join('')).toBe('XYaZbc');
});
