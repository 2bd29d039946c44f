import { Clock, Random } from '@wirelike/kernel';
import { beforeEach, describe, expect, it } from 'vitest';
import { Broker } from './broker.ts';
import type { Channel } from './channel.ts';
import { type Field, type Table, text } from './field-table.ts';
import { Message } from './message.ts';
import { Recorder } from './recorder.ts';

let broker: Broker;
let channel: Channel;

beforeEach(() => {
  const clock = new Clock();
  clock.freeze();
  broker = new Broker({ clock, random: new Random('topology') });
  const sink = new Recorder();
  channel = broker.connect({ user: 'guest', vhost: '/', name: 'test', sink }).openChannel(1, sink);
});

const args = (values: Readonly<Record<string, Field>>): Table => new Map(Object.entries(values));

// Eleven such queues make 40 million letters of one message.
it('lets full queues that dead-letter to each other multiply a message only so far', () => {
  channel.exchangeDeclare({ exchange: 'all', type: 'fanout' });
  for (let index = 0; index < 11; index++) {
    channel.queueDeclare({
      queue: `q${index}`,
      arguments: args({ 'x-max-length': { type: 'I', value: 0 }, 'x-dead-letter-exchange': text('all') }),
    });
    channel.queueBind({ queue: `q${index}`, exchange: 'all', routingKey: '' });
  }
  const before = performance.now();
  channel.basicPublish(Message.of('', 'q0', Buffer.from('m')), false, false);
  expect(performance.now() - before).toBeLessThan(10_000);
  expect(broker.vhost('/')?.exchanges.get('all')?.stats.publish_in).toBe(100_000);
});

it('tells bindings apart whose names and keys run into each other', () => {
  for (const queue of ['a', 'a\0b']) channel.queueDeclare({ queue });
  channel.queueBind({ queue: 'a', exchange: 'amq.direct', routingKey: 'b\0c' });
  channel.queueBind({ queue: 'a\0b', exchange: 'amq.direct', routingKey: 'c' });
  expect(broker.vhost('/')?.exchanges.get('amq.direct')?.bindings.size).toBe(2);
});

it('takes a priority below none for none', () => {
  channel.queueDeclare({ queue: 'q', arguments: args({ 'x-max-priority': { type: 'I', value: 5 } }) });
  channel.basicPublish(Message.of('', 'q', Buffer.from('m'), { priority: -1 }), false, false);
  expect(channel.basicGet('q', true)).toBeDefined();
});

describe('a chain longer than the stack', () => {
  it('of full queues passes a message on to its end', () => {
    const length = 2_500;
    for (let index = 0; index < length; index++) {
      const next = { 'x-dead-letter-exchange': text(''), 'x-dead-letter-routing-key': text(`q${index + 1}`) };
      channel.queueDeclare({ queue: `q${index}`, arguments: args({ 'x-max-length': { type: 'I', value: 0 }, ...next }) });
    }
    channel.queueDeclare({ queue: `q${length}` });
    channel.basicPublish(Message.of('', 'q0', Buffer.from('on its way')), false, false);
    expect(Buffer.from(channel.basicGet(`q${length}`, true)?.message.body ?? []).toString()).toBe('on its way');
  });

  it('of auto-delete exchanges goes with its last', () => {
    const length = 8_000;
    const before = broker.vhost('/')?.exchanges.size;
    for (let index = 0; index < length; index++) {
      channel.exchangeDeclare({ exchange: `x${index}`, type: 'fanout', autoDelete: true });
      if (index > 0) channel.exchangeBind({ source: `x${index - 1}`, destination: `x${index}`, routingKey: '' });
    }
    channel.exchangeDelete(`x${length - 1}`, false);
    expect(broker.vhost('/')?.exchanges.size).toBe(before);
  });
});

it.each(['constructor', 'toString', '__proto__'])('has no exchange that delays and is a %s', (type) => {
  const declare = (): void =>
    channel.exchangeDeclare({ exchange: 'x', type: 'x-delayed-message', arguments: args({ 'x-delayed-type': text(type) }) });
  expect(declare).toThrow('unknown-exchange-type');
});
