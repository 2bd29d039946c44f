import { Clock, Random } from '@wirelike/kernel';
import { beforeEach, describe, expect, it } from 'vitest';
import { Broker } from './broker.ts';
import type { BrokerConnection } from './broker-connection.ts';
import type { Channel } from './channel.ts';
import { type Field, text } from './field-table.ts';
import { type BasicProperties, Message } from './message.ts';
import { Recorder } from './recorder.ts';
import { Refusal } from './refusal.ts';

let broker: Broker;
let clock: Clock;
let connection: BrokerConnection;
let channel: Channel;
let sink: Recorder;

beforeEach(() => {
  clock = new Clock();
  clock.freeze();
  broker = new Broker({ clock, random: new Random('test') });
  ({ connection, channel, sink } = open());
});

function open(user = 'guest', vhost = '/'): { connection: BrokerConnection; channel: Channel; sink: Recorder } {
  const sink = new Recorder();
  const connection = broker.connect({ user, vhost, name: 'test', sink });
  return { connection, channel: connection.openChannel(1, sink), sink };
}

function publish(exchange: string, routingKey: string, body: string, properties?: BasicProperties, mandatory = false): void {
  channel.basicPublish(Message.of(exchange, routingKey, Buffer.from(body), properties), mandatory, false);
}

function refusal(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    if (error instanceof Refusal) return error.condition;
    throw error;
  }
  return 'accepted';
}

function drain(queue: string): string[] {
  const bodies: string[] = [];
  for (let got = channel.basicGet(queue, true); got !== undefined; got = channel.basicGet(queue, true)) {
    bodies.push(Buffer.from(got.message.body).toString());
  }
  return bodies;
}

describe('a queue', () => {
  it('gives messages in order, one consumer after the other', () => {
    channel.queueDeclare({ queue: 'q' });
    channel.basicConsume({ queue: 'q', consumerTag: 'a', noAck: true });
    channel.basicConsume({ queue: 'q', consumerTag: 'b', noAck: true });
    channel.pump();
    for (const body of ['1', '2', '3', '4']) publish('', 'q', body);
    expect(sink.delivered.map(({ consumerTag, body }) => `${consumerTag}${body}`)).toEqual(['a1', 'b2', 'a3', 'b4']);
  });

  it('delivers nothing before the pump after basic.consume', async () => {
    channel.queueDeclare({ queue: 'q' });
    publish('', 'q', '1');
    channel.basicConsume({ queue: 'q', consumerTag: 'a' });
    expect(sink.delivered).toEqual([]);
    await Promise.resolve();
    expect(sink.take()).toEqual(['1']);
  });

  it('holds back at the prefetch and goes on at the acknowledgement', () => {
    channel.queueDeclare({ queue: 'q' });
    channel.basicQos(0, 2, false);
    channel.basicConsume({ queue: 'q', consumerTag: 'a' });
    channel.pump();
    for (const body of ['1', '2', '3', '4']) publish('', 'q', body);
    expect(sink.take()).toEqual(['1', '2']);
    channel.basicAck(2, true);
    expect(sink.take()).toEqual(['3', '4']);
  });

  it('puts requeued messages where they were and marks them', () => {
    channel.queueDeclare({ queue: 'q' });
    for (const body of ['1', '2', '3']) publish('', 'q', body);
    channel.basicGet('q', false);
    channel.basicGet('q', false);
    channel.basicNack(2, true, true);
    const first = channel.basicGet('q', true);
    expect(first?.redelivered).toBe(true);
    expect(drain('q')).toEqual(['2', '3']);
  });

  it('gives what a closed channel did not acknowledge to others', () => {
    channel.queueDeclare({ queue: 'q' });
    const other = open();
    other.channel.basicConsume({ queue: 'q', consumerTag: 'x' });
    broker.pump();
    publish('', 'q', '1');
    expect(other.sink.take()).toEqual(['1']);
    other.connection.close();
    expect(channel.basicGet('q', true)?.redelivered).toBe(true);
  });

  it('waits while the sink is not writable', () => {
    channel.queueDeclare({ queue: 'q' });
    channel.basicConsume({ queue: 'q', consumerTag: 'a', noAck: true });
    channel.pump();
    sink.writable = false;
    publish('', 'q', '1');
    expect(sink.take()).toEqual([]);
    sink.writable = true;
    channel.resume();
    expect(sink.take()).toEqual(['1']);
  });

  it('limits all consumers of a channel together', () => {
    channel.queueDeclare({ queue: 'q' });
    channel.basicQos(0, 1, true);
    channel.basicConsume({ queue: 'q', consumerTag: 'a' });
    channel.basicConsume({ queue: 'q', consumerTag: 'b' });
    channel.pump();
    publish('', 'q', '1');
    publish('', 'q', '2');
    expect(sink.take()).toEqual(['1']);
    channel.basicAck(1, false);
    channel.pump();
    expect(sink.take()).toEqual(['2']);
  });

  it('gets a name of RabbitMQ’s form', () => {
    expect(channel.queueDeclare({ queue: '' }).queue).toMatch(/^amq\.gen-[\w-]{22}$/);
  });
});

describe('exchanges', () => {
  it('route by key, to all, by pattern and by headers', () => {
    for (const queue of ['d', 'f', 't', 'h']) channel.queueDeclare({ queue });
    channel.queueBind({ queue: 'd', exchange: 'amq.direct', routingKey: 'k' });
    channel.queueBind({ queue: 'f', exchange: 'amq.fanout', routingKey: '' });
    channel.queueBind({ queue: 't', exchange: 'amq.topic', routingKey: 'a.*.#' });
    const args = new Map<string, Field>([
      ['x-match', text('any')],
      ['kind', text('big')],
    ]);
    channel.queueBind({ queue: 'h', exchange: 'amq.headers', routingKey: '', arguments: args });
    publish('amq.direct', 'k', 'd');
    publish('amq.direct', 'x', 'no');
    publish('amq.fanout', 'whatever', 'f');
    publish('amq.topic', 'a.b.c.d', 't');
    publish('amq.topic', 'a', 'no');
    publish('amq.headers', '', 'h', { headers: new Map([['kind', text('big')]]) });
    publish('amq.headers', '', 'no', { headers: new Map([['kind', text('small')]]) });
    expect(['d', 'f', 't', 'h'].map(drain)).toEqual([['d'], ['f'], ['t'], ['h']]);
  });

  it('follow bindings between exchanges once and deliver once', () => {
    channel.exchangeDeclare({ exchange: 'x', type: 'fanout' });
    channel.queueDeclare({ queue: 'q' });
    channel.exchangeBind({ source: 'amq.fanout', destination: 'x', routingKey: '' });
    channel.exchangeBind({ source: 'x', destination: 'amq.fanout', routingKey: '' });
    channel.queueBind({ queue: 'q', exchange: 'x', routingKey: '' });
    channel.queueBind({ queue: 'q', exchange: 'amq.fanout', routingKey: '' });
    publish('amq.fanout', '', '1');
    expect(drain('q')).toEqual(['1']);
  });

  it('forget a route when a binding goes', () => {
    channel.queueDeclare({ queue: 'q' });
    channel.queueBind({ queue: 'q', exchange: 'amq.direct', routingKey: 'k' });
    publish('amq.direct', 'k', '1');
    channel.queueUnbind({ queue: 'q', exchange: 'amq.direct', routingKey: 'k' });
    publish('amq.direct', 'k', '2');
    expect(drain('q')).toEqual(['1']);
  });

  it('send what they can’t route to their alternate', () => {
    channel.exchangeDeclare({ exchange: 'x', type: 'direct', arguments: new Map([['alternate-exchange', text('amq.fanout')]]) });
    channel.queueDeclare({ queue: 'q' });
    channel.queueBind({ queue: 'q', exchange: 'amq.fanout', routingKey: '' });
    publish('x', 'nowhere', '1', undefined, true);
    expect(drain('q')).toEqual(['1']);
    expect(sink.returns).toEqual([]);
  });
});

describe('a publisher', () => {
  it('gets returns before confirms, one at once for what no queue takes, and the others together', () => {
    channel.confirmSelect();
    channel.queueDeclare({ queue: 'q' });
    publish('', 'q', '1');
    publish('', 'nowhere', '2', undefined, true);
    publish('', 'q', '3');
    channel.pump();
    expect(sink.events).toEqual(['returned no-route', 'ack 2', 'ack 3 multiple']);
  });

  it('is nacked by a full queue that rejects', () => {
    channel.confirmSelect();
    const args = new Map<string, Field>([
      ['x-max-length', { type: 'I', value: 1 }],
      ['x-overflow', text('reject-publish')],
    ]);
    channel.queueDeclare({ queue: 'q', arguments: args });
    publish('', 'q', '1');
    publish('', 'q', '2');
    channel.pump();
    expect(sink.events).toEqual(['nack 2', 'ack 1']);
  });

  it('commits publishes and acknowledgements together, and takes both back', () => {
    channel.queueDeclare({ queue: 'q' });
    publish('', 'q', '0');
    channel.txSelect();
    channel.basicGet('q', false);
    publish('', 'q', '1');
    channel.basicAck(1, false);
    expect(broker.vhost('/')?.queues.get('q')?.readyCount).toBe(0);
    channel.txRollback();
    channel.basicAck(1, false);
    publish('', 'q', '2');
    channel.txCommit();
    expect(broker.vhost('/')?.queues.get('q')?.unackedCount).toBe(0);
    expect(drain('q')).toEqual(['2']);
  });

  it('waits while an alarm is raised', () => {
    broker.alarms.raise('memory');
    channel.queueDeclare({ queue: 'q' });
    publish('', 'q', '1');
    expect(connection.blocked).toBe(true);
    broker.alarms.clear('memory');
    expect(sink.events).toEqual(['blocked low on memory', 'unblocked']);
  });
});

describe('refusals', () => {
  it('say what is wrong', () => {
    channel.queueDeclare({ queue: 'q', durable: true });
    const q = { type: 'queue', vhost: '/', name: 'q' };
    expect(refusal(() => channel.queueDeclare({ queue: 'q' }))).toEqual({
      kind: 'inequivalent',
      argument: 'durable',
      resource: q,
      received: { is: 'property', value: 'false' },
      current: { is: 'property', value: 'true' },
    });
    const ttl: Field = { type: 'I', value: 5 };
    expect(refusal(() => channel.queueDeclare({ queue: 'q', durable: true, arguments: new Map([['x-message-ttl', ttl]]) }))).toEqual({
      kind: 'inequivalent',
      argument: 'x-message-ttl',
      resource: q,
      received: { is: 'typed', field: ttl },
      current: { is: 'none' },
    });
    expect(refusal(() => channel.queueDeclare({ queue: 'nope', passive: true }))).toMatchObject({ kind: 'not-found' });
    expect(refusal(() => channel.queueDeclare({ queue: 'amq.x' }))).toMatchObject({ kind: 'reserved-name' });
    expect(refusal(() => channel.exchangeDeclare({ exchange: 'x', type: 'zzz' }))).toMatchObject({ kind: 'unknown-exchange-type' });
    expect(refusal(() => channel.exchangeDelete('amq.direct', false))).toMatchObject({ kind: 'system-exchange' });
    expect(refusal(() => channel.queueBind({ queue: 'q', exchange: '', routingKey: '' }))).toEqual({ kind: 'default-exchange' });
    expect(refusal(() => channel.basicAck(9, false))).toEqual({ kind: 'unknown-delivery-tag', tag: 9 });
    expect(refusal(() => publish('nope', '', ''))).toMatchObject({ kind: 'not-found' });
    expect(refusal(() => publish('', 'q', '', { expiration: 'abc' }))).toMatchObject({ kind: 'invalid-expiration' });
    expect(refusal(() => publish('', 'q', '', { userId: 'bob' }))).toEqual({ kind: 'user-id-mismatch', claimed: 'bob', user: 'guest' });
    expect(refusal(() => channel.txCommit())).toEqual({ kind: 'not-transactional' });
  });

  it('keep exclusive queues to their connection', () => {
    channel.queueDeclare({ queue: 'mine', exclusive: true });
    const other = open();
    expect(refusal(() => other.channel.queueDeclare({ queue: 'mine', exclusive: true }))).toMatchObject({ kind: 'locked' });
    expect(refusal(() => other.channel.basicGet('mine', true))).toMatchObject({ kind: 'locked' });
    connection.close();
    expect(broker.vhost('/')?.queues.has('mine')).toBe(false);
  });
});
