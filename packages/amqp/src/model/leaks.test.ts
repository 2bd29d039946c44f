import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Clock, Random } from '@wirelike/kernel';
import { beforeEach, describe, expect, it } from 'vitest';
import { OPERATOR } from './authority.ts';
import { Broker } from './broker.ts';
import type { BrokerConnection } from './broker-connection.ts';
import type { Channel } from './channel.ts';
import { type Field, type Table, text } from './field-table.ts';
import { type BasicProperties, Message } from './message.ts';
import { Recorder } from './recorder.ts';
import { declareExchange, declareQueue, deleteExchange, deleteQueue } from './topology.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');

let clock: Clock;
let broker: Broker;

const args = (values: Readonly<Record<string, Field>>): Table => new Map(Object.entries(values));
const whole = (value: number): Field => ({ type: 'I', value });

beforeEach(() => {
  clock = new Clock();
  clock.freeze();
  broker = new Broker({ clock, random: new Random('leaks') });
});

function connect(vhost = '/'): { connection: BrokerConnection; channel: Channel; sink: Recorder } {
  const sink = new Recorder();
  const connection = broker.connect({ user: 'guest', vhost, name: 'test', sink });
  return { connection, channel: connection.openChannel(1, sink), sink };
}

function publish(channel: Channel, exchange: string, routingKey: string, properties?: BasicProperties, mandatory = false): void {
  channel.basicPublish(Message.of(exchange, routingKey, Buffer.from('message'), properties), mandatory, false);
}

const TYPES: readonly Table[] = [
  args({}),
  args({ 'x-queue-type': text('quorum') }),
  args({ 'x-queue-type': text('stream') }),
  args({ 'x-max-priority': whole(5) }),
  args({ 'x-message-ttl': whole(60_000), 'x-expires': whole(120_000), 'x-dead-letter-exchange': text('amq.fanout') }),
  args({ 'x-single-active-consumer': { type: 't', value: true }, 'x-max-length': whole(2) }),
];

/** What a client may be in the middle of when its connection goes. */
const ACTIVITIES: Readonly<Record<string, (channel: Channel) => void>> = {
  'has messages in hand': (channel) => {
    channel.basicConsume({ queue: 'q', consumerTag: 'c' });
    channel.pump();
  },
  'has acknowledged some': (channel) => {
    channel.basicConsume({ queue: 'q', consumerTag: 'c' });
    channel.pump();
    if (channel.unacked.oldest !== undefined) channel.basicAck(channel.unacked.oldest.tag, false);
  },
  'is in a transaction': (channel) => {
    channel.basicQos(0, 10, false);
    channel.basicConsume({ queue: 'q', consumerTag: 'c' });
    channel.pump();
    channel.txSelect();
    publish(channel, '', 'q');
    channel.basicAck(0, true);
  },
  'waits for confirms and returns': (channel) => {
    channel.confirmSelect();
    publish(channel, '', 'q');
    publish(channel, '', 'nowhere', undefined, true);
  },
  'has exclusive queues with consumers of its own': (channel) => {
    for (const queue of ['a', 'b']) {
      channel.queueDeclare({ queue, exclusive: true, arguments: args({ 'x-expires': whole(60_000), 'x-message-ttl': whole(1_000) }) });
      channel.queueBind({ queue, exchange: 'amq.topic', routingKey: `#.${queue}.*` });
      channel.queueBind({ queue, exchange: 'amq.headers', routingKey: '', arguments: args({ queue: text(queue) }) });
      channel.basicConsume({ queue, consumerTag: queue, arguments: args({ 'x-priority': whole(queue === 'a' ? 1 : 2) }) });
      publish(channel, '', queue, { expiration: '500' });
      publish(channel, 'amq.topic', `x.${queue}.y`);
    }
    channel.pump();
  },
  'waits for replies': (channel) => {
    channel.basicConsume({ queue: 'amq.rabbitmq.reply-to', consumerTag: 'replies', noAck: true });
    publish(channel, '', 'q', { replyTo: 'amq.rabbitmq.reply-to' });
  },
  'has auto-delete queues and exchanges': (channel) => {
    channel.queueDeclare({ queue: 'auto', autoDelete: true });
    channel.exchangeDeclare({ exchange: 'auto', type: 'topic', autoDelete: true });
    channel.exchangeBind({ source: 'auto', destination: 'amq.fanout', routingKey: '#' });
    channel.queueBind({ queue: 'auto', exchange: 'auto', routingKey: 'k' });
    channel.basicConsume({ queue: 'auto', consumerTag: 'auto' });
    publish(channel, 'auto', 'k');
    channel.exchangeUnbind({ source: 'auto', destination: 'amq.fanout', routingKey: '#' });
  },
  'has delayed a message': (channel) => {
    publish(channel, 'late', 'q', { headers: args({ 'x-delay': whole(1_000) }) });
  },
  'waits because of an alarm': (channel) => {
    broker.alarms.raise('memory');
    publish(channel, '', 'q');
    broker.alarms.clear('memory');
  },
  'got messages one by one': (channel) => {
    if (channel.vhost.queues.get('q')?.type === 'stream') return;
    for (let count = 0; count < 3; count++) channel.basicGet('q', false);
    channel.basicRecover(true);
  },
};

/** Clients do all of this to a queue of each type and vanish. Then the queue goes, too. */
function live(): void {
  declareExchange(broker.addVhost('/'), OPERATOR, {
    exchange: 'late',
    type: 'x-delayed-message',
    arguments: args({ 'x-delayed-type': text('direct') }),
  });
  for (const table of TYPES) {
    declareQueue(broker.addVhost('/'), OPERATOR, { queue: 'q', durable: true, arguments: table });
    const clients = Object.values(ACTIVITIES).map((activity) => {
      const { channel, connection } = connect();
      channel.basicQos(0, 5, false);
      for (let count = 0; count < 3; count++) publish(channel, '', 'q', { priority: count, expiration: '30000' });
      attempt(() => activity(channel));
      return connection;
    });
    for (const [index, connection] of clients.entries()) {
      if (index % 2 === 0) for (const channel of [...connection.channels.values()]) channel.close();
      connection.close();
    }
    broker.pump();
    deleteQueue(broker.addVhost('/'), OPERATOR, 'q', false, false);
  }
  deleteExchange(broker.addVhost('/'), OPERATOR, 'late', false);
}

/** What a type of queue does not support is refused. */
function attempt(run: () => void): void {
  try {
    run();
  } catch (error) {
    expect(String(error)).toMatch(/unsupported|no-prefetch|locked|exclusive-use/);
  }
}

function left(): object {
  const vhost = broker.addVhost('/');
  const bindings = [...vhost.exchanges.values()].reduce((sum, exchange) => sum + exchange.bindings.size + exchange.incoming.size, 0);
  const { connections, replyConsumers, vhosts } = broker;
  return {
    ...{ queues: vhost.queues.size, exchanges: vhost.exchanges.size, bindings, vhosts: vhosts.size },
    ...{ connections: connections.size, replyConsumers: replyConsumers.size, alarmed: broker.alarms.raised },
  };
}

function heap(): number {
  if (typeof collectGarbage === 'function') for (let time = 0; time < 3; time++) collectGarbage();
  return process.memoryUsage().heapUsed;
}

describe('nothing is left', () => {
  it.each(Object.entries(ACTIVITIES))('of a connection that %s', (_, activity) => {
    const before = left();
    declareQueue(broker.addVhost('/'), OPERATOR, { queue: 'q' });
    declareExchange(broker.addVhost('/'), OPERATOR, {
      exchange: 'late',
      type: 'x-delayed-message',
      arguments: args({ 'x-delayed-type': text('direct') }),
    });
    const { channel, connection } = connect();
    for (let count = 0; count < 3; count++) publish(channel, '', 'q');
    activity(channel);
    connection.close();
    broker.pump();
    const queue = broker.vhost('/')?.queues.get('q');
    expect([queue?.unackedCount, queue?.consumers.length, channel.unacked.size, channel.consumers.size]).toEqual([0, 0, 0, 0]);
    deleteQueue(broker.addVhost('/'), OPERATOR, 'q', false, false);
    deleteExchange(broker.addVhost('/'), OPERATOR, 'late', false);
    expect(left()).toEqual(before);
    clock.advance(200_000);
    expect(clock.timers).toBe(0);
  });

  it('in the heap after many of them', () => {
    const before = left();
    for (let round = 0; round < 30; round++) live();
    const grown = heap();
    for (let round = 0; round < 80; round++) live();
    // A client of each round that stayed would be several megabytes; what is compiled meanwhile is half of one.
    expect(heap() - grown).toBeLessThan(1_000_000);
    expect(left()).toEqual(before);
    clock.advance(200_000);
    expect(clock.timers).toBe(0);
  });

  it('of a virtual host, its policies and its users’ permissions', () => {
    const before = left();
    const vhost = broker.addVhost('other');
    broker.setPermission('guest', 'other', { configure: '.*', write: '.*', read: '.*' });
    broker.setTopicPermission('guest', 'other', 'amq.topic', { write: '.*', read: '.*' });
    vhost.setPolicy('p', { name: 'p', pattern: '.*', definition: { expires: 1_000, 'message-ttl': 10 }, priority: 0, applyTo: 'all' });
    const { channel, sink } = connect('other');
    declareQueue(vhost, OPERATOR, { queue: 'q' });
    publish(channel, '', 'q');
    channel.basicConsume({ queue: 'q', consumerTag: 'c' });
    channel.pump();
    broker.removeVhost('other');
    expect(sink.events).toContain('closed connection-forced');
    const user = broker.users.get('guest');
    expect([user?.permissions.has('other'), user?.topicPermissions.has('other'), left()]).toEqual([false, false, before]);
    clock.advance(200_000);
    expect(clock.timers).toBe(0);
  });
});
