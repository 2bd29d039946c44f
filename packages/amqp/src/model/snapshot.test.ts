import { Clock, Random } from '@wirelike/kernel';
import { beforeEach, describe, expect, it } from 'vitest';
import { Broker } from './broker.ts';
import type { BrokerConnection } from './broker-connection.ts';
import type { Channel } from './channel.ts';
import { type Field, type Table, text } from './field-table.ts';
import { type BasicProperties, Message } from './message.ts';
import { Recorder } from './recorder.ts';
import { newUser } from './users.ts';

let clock: Clock;
let broker: Broker;
let connection: BrokerConnection;
let channel: Channel;
let sink: Recorder;

const args = (values: Readonly<Record<string, Field>>): Table => new Map(Object.entries(values));
const whole = (value: number): Field => ({ type: 'I', value });

beforeEach(() => {
  clock = new Clock();
  clock.freeze();
  broker = new Broker({ clock, random: new Random('snapshot') });
  ({ connection, channel, sink } = connect());
});

function connect(user = 'guest', vhost = '/'): { connection: BrokerConnection; channel: Channel; sink: Recorder } {
  const recorder = new Recorder();
  const made = broker.connect({ user, vhost, name: 'test', sink: recorder });
  return { connection: made, channel: made.openChannel(1, recorder), sink: recorder };
}

function publish(routingKey: string, body: string, properties?: BasicProperties, exchange = ''): void {
  channel.basicPublish(Message.of(exchange, routingKey, Buffer.from(body), properties), false, false);
}

function got(queue: string): { body: string; redelivered: boolean }[] {
  const found: { body: string; redelivered: boolean }[] = [];
  for (let one = channel.basicGet(queue, true); one !== undefined; one = channel.basicGet(queue, true)) {
    found.push({ body: Buffer.from(one.message.body).toString(), redelivered: one.redelivered });
  }
  return found;
}

const ready = (queue: string): number | undefined => broker.vhost('/')?.queues.get(queue)?.readyCount;

describe('a consumer', () => {
  it('stays on a queue of the snapshot, and gets its messages, those in hand as redelivered', () => {
    channel.queueDeclare({ queue: 'q' });
    channel.basicQos(0, 1, false);
    for (const body of ['1', '2']) publish('q', body);
    channel.basicConsume({ queue: 'q', consumerTag: 'c' });
    channel.pump();
    const snapshot = broker.snapshot();
    channel.basicAck(1, false);
    channel.basicAck(2, false);
    broker.restore(snapshot);
    channel.pump();
    expect(sink.delivered.map(({ body, redelivered }) => [body, redelivered])).toEqual([
      ['1', false],
      ['2', false],
      ['1', true],
    ]);
    channel.basicAck(3, false);
    expect(sink.delivered.at(-1)).toMatchObject({ body: '2', deliveryTag: 4, redelivered: false });
    expect(sink.events).toEqual([]);
  });

  it('is cancelled with a queue that is not', () => {
    const snapshot = broker.snapshot();
    channel.queueDeclare({ queue: 'q' });
    publish('q', '1');
    channel.basicConsume({ queue: 'q', consumerTag: 'c' });
    channel.pump();
    broker.restore(snapshot);
    expect(sink.events).toEqual(['cancelled c']);
    channel.basicAck(1, false);
    expect([ready('q'), channel.consumers.size]).toEqual([undefined, 0]);
  });

  it('of replies goes on', () => {
    channel.queueDeclare({ queue: 'q' });
    channel.basicConsume({ queue: 'amq.rabbitmq.reply-to', consumerTag: 'r', noAck: true });
    const snapshot = broker.snapshot();
    publish('q', 'question', { replyTo: 'amq.rabbitmq.reply-to' });
    const address = channel.basicGet('q', true)?.message.header.replyTo ?? '';
    broker.restore(snapshot);
    publish(address, 'answer');
    expect(sink.take()).toEqual(['answer']);
  });

  it('of a stream does not get again what it was given', () => {
    channel.queueDeclare({ queue: 's', durable: true, arguments: args({ 'x-queue-type': text('stream') }) });
    channel.basicQos(0, 10, false);
    publish('s', '1');
    channel.basicConsume({ queue: 's', consumerTag: 'c', arguments: args({ 'x-stream-offset': text('first') }) });
    channel.pump();
    const snapshot = broker.snapshot();
    publish('s', '2');
    broker.restore(snapshot);
    publish('s', '3');
    channel.pump();
    expect(sink.take()).toEqual(['1', '2', '3']);
    expect(ready('s')).toBe(2);
  });
});

describe('deliveries from before', () => {
  beforeEach(() => {
    channel.queueDeclare({ queue: 'q' });
    for (const body of ['1', '2', '3']) publish('q', body);
    for (let count = 0; count < 3; count++) channel.basicGet('q', false);
  });

  it.each<[string, () => void]>([
    ['acknowledged', () => channel.basicAck(0, true)],
    ['rejected', () => channel.basicNack(3, true, false)],
    ['requeued', () => channel.basicNack(3, true, true)],
    ['recovered', () => channel.basicRecover(true)],
    ['lost with their channel', () => channel.close()],
    [
      'acknowledged in a transaction',
      () => {
        channel.txSelect();
        channel.basicAck(3, true);
        channel.txCommit();
      },
    ],
    [
      'taken back with a transaction',
      () => {
        channel.txSelect();
        channel.basicAck(3, true);
        channel.txRollback();
        channel.close();
      },
    ],
  ])('mean nothing when they are %s', (_, settle) => {
    const snapshot = broker.snapshot();
    broker.restore(snapshot);
    settle();
    broker.pump();
    ({ channel, sink } = connect());
    expect(got('q').map(({ body }) => body)).toEqual(['1', '2', '3']);
    expect(broker.vhost('/')?.queues.get('q')?.unackedCount).toBe(0);
  });

  it('never take too long', () => {
    broker.restore(broker.snapshot());
    clock.advance(3_600_000);
    expect([sink.events, channel.closed]).toEqual([[], false]);
  });
});

describe('an open transaction', () => {
  it('keeps its publishes, and what it acknowledged is back', () => {
    channel.queueDeclare({ queue: 'q' });
    publish('q', '1');
    const snapshot = broker.snapshot();
    channel.basicGet('q', false);
    channel.txSelect();
    channel.basicAck(1, false);
    publish('q', '2');
    broker.restore(snapshot);
    channel.txCommit();
    expect(got('q').map(({ body }) => body)).toEqual(['1', '2']);
  });
});

describe('confirms', () => {
  it('that are due come all the same', () => {
    channel.queueDeclare({ queue: 'q' });
    channel.confirmSelect();
    const snapshot = broker.snapshot();
    publish('q', '1');
    publish('q', '2');
    broker.restore(snapshot);
    channel.pump();
    expect([sink.events, ready('q')]).toEqual([['ack 2 multiple'], 0]);
  });
});

describe('what is in the queues', () => {
  it('comes back in order of priorities', () => {
    channel.queueDeclare({ queue: 'q', arguments: args({ 'x-max-priority': whole(9) }) });
    for (const [body, priority] of [
      ['low', 1],
      ['high', 9],
      ['middle', 5],
    ] as const)
      publish('q', body, { priority });
    channel.basicGet('q', false);
    const snapshot = broker.snapshot();
    got('q');
    broker.restore(snapshot);
    expect(got('q')).toEqual([
      { body: 'high', redelivered: true },
      { body: 'middle', redelivered: false },
      { body: 'low', redelivered: false },
    ]);
  });

  it('expires when it would have', () => {
    channel.queueDeclare({ queue: 'dead' });
    const letters = { 'x-dead-letter-exchange': text(''), 'x-dead-letter-routing-key': text('dead') };
    channel.queueDeclare({ queue: 'q', arguments: args({ 'x-message-ttl': whole(100), ...letters }) });
    publish('q', '1');
    const snapshot = broker.snapshot();
    clock.advance(60);
    expect(got('q')).toHaveLength(1);
    broker.restore(snapshot);
    clock.advance(39);
    expect([ready('q'), ready('dead')]).toEqual([1, 0]);
    clock.advance(1);
    expect([ready('q'), ready('dead')]).toEqual([0, 1]);
    broker.restore(snapshot);
    clock.advance(0);
    expect([ready('q'), ready('dead')]).toEqual([0, 1]);
  });

  it('of quorum queues has been returned as often', () => {
    channel.queueDeclare({ queue: 'q', durable: true, arguments: args({ 'x-queue-type': text('quorum') }) });
    publish('q', '1');
    channel.basicReject(channel.basicGet('q', false)?.deliveryTag ?? 0, true);
    const snapshot = broker.snapshot();
    got('q');
    for (let time = 0; time < 2; time++) {
      broker.restore(snapshot);
      expect(channel.basicGet('q', true)?.message.header.headers?.get('x-delivery-count')).toEqual({ type: 'l', value: 1n });
    }
  });

  it('of exchanges that delay arrives when it would have', () => {
    channel.queueDeclare({ queue: 'q' });
    channel.exchangeDeclare({ exchange: 'late', type: 'x-delayed-message', arguments: args({ 'x-delayed-type': text('fanout') }) });
    channel.queueBind({ queue: 'q', exchange: 'late', routingKey: '' });
    publish('', '1', { headers: args({ 'x-delay': whole(100) }) }, 'late');
    const snapshot = broker.snapshot();
    channel.exchangeDelete('late', false);
    clock.advance(50);
    broker.restore(snapshot);
    clock.advance(49);
    expect(ready('q')).toBe(0);
    clock.advance(1);
    expect(ready('q')).toBe(1);
    broker.reset();
    clock.advance(1_000);
    expect(clock.timers).toBe(0);
  });

  it('of an exclusive queue comes back if its connection is still there', () => {
    channel.queueDeclare({ queue: 'mine', exclusive: true });
    publish('mine', '1');
    const other = connect();
    other.channel.queueDeclare({ queue: 'theirs', exclusive: true });
    const snapshot = broker.snapshot();
    channel.queueDelete('mine', false, false);
    other.connection.close();
    broker.restore(snapshot);
    expect([got('mine'), ready('theirs'), connection.exclusiveQueues.size]).toEqual([[{ body: '1', redelivered: false }], undefined, 1]);
    connection.close();
    expect(ready('mine')).toBeUndefined();
  });
});

describe('a restored broker', () => {
  it('ends connections of users and virtual hosts that it does not have', () => {
    const snapshot = broker.snapshot();
    const everything = { configure: '.*', write: '.*', read: '.*' };
    broker.addVhost('other');
    broker.putUser({ ...newUser('bob', ''), permissions: new Map([['/', everything]]) });
    broker.setPermission('guest', 'other', everything);
    const [bob, elsewhere] = [connect('bob'), connect('guest', 'other')];
    broker.restore(snapshot);
    expect([bob.sink.events, elsewhere.sink.events, sink.events]).toEqual([['closed connection-forced'], ['closed connection-forced'], []]);
    expect([...broker.connections]).toEqual([connection]);
  });

  it('has no alarms, and blocks nobody', () => {
    channel.queueDeclare({ queue: 'q' });
    const snapshot = broker.snapshot();
    broker.alarms.raise('memory');
    broker.alarms.raise('disk');
    publish('q', '1');
    broker.restore(snapshot);
    expect([sink.events, broker.alarms.raised]).toEqual([['blocked low on disk & memory', 'unblocked'], false]);
  });

  it('counts from there', () => {
    channel.queueDeclare({ queue: 'q' });
    const snapshot = broker.snapshot();
    publish('q', '1');
    broker.restore(snapshot);
    const vhost = broker.vhost('/');
    expect([vhost?.stats.publish, vhost?.queues.get('q')?.stats.publish, vhost?.exchanges.get('')?.stats.publish_in]).toEqual([0, 0, 0]);
  });

  it('has its exchanges as they were', () => {
    channel.exchangeDeclare({ exchange: 'x', type: 'fanout', durable: true });
    const snapshot = broker.snapshot();
    channel.exchangeDelete('x', false);
    channel.exchangeDeclare({ exchange: 'x', type: 'fanout', internal: true });
    broker.restore(snapshot);
    expect(broker.vhost('/')?.exchanges.get('x')).toMatchObject({ durable: true, internal: false });
  });

  it('is another than the one beside it', () => {
    const beside = new Broker({ clock, random: new Random('beside') });
    channel.queueDeclare({ queue: 'q' });
    const snapshot = broker.snapshot();
    beside.reset();
    expect([ready('q'), beside.vhost('/')?.queues.size]).toEqual([0, 0]);
    beside.restore(snapshot);
    publish('q', '1');
    expect([ready('q'), beside.vhost('/')?.queues.get('q')?.readyCount]).toEqual([1, 0]);
  });
});

it('keeps what is protected from deletion', () => {
  broker.addVhost('kept').protectedFromDeletion = true;
  const snapshot = broker.snapshot();
  const dump = broker.dump();
  const isProtected = (): boolean | undefined => broker.vhost('kept')?.protectedFromDeletion;
  broker.removeVhost('kept');
  broker.restore(snapshot);
  expect(isProtected()).toBe(true);
  broker.addVhost('kept').protectedFromDeletion = false;
  broker.restore(snapshot);
  expect(isProtected()).toBe(true);
  broker.reset();
  broker.load(dump);
  expect(isProtected()).toBe(true);
});
