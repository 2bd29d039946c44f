import { Clock, Random } from '@wirelike/kernel';
import { describe, expect, it } from 'vitest';
import { Broker } from './broker.ts';
import type { BrokerSettings } from './broker-settings.ts';
import type { Channel } from './channel.ts';
import { type Table, text } from './field-table.ts';
import { Recorder } from './recorder.ts';
import { Refusal } from './refusal.ts';
import { newUser } from './users.ts';

function open(settings: Partial<BrokerSettings> = {}): { broker: Broker; channel: Channel } {
  const clock = new Clock();
  clock.freeze();
  const broker = new Broker({ clock, random: new Random('test'), settings });
  return { broker, channel: channelOf(broker) };
}

function channelOf(broker: Broker): Channel {
  const sink = new Recorder();
  return broker.connect({ user: 'guest', vhost: '/', name: 'test', sink }).openChannel(1, sink);
}

function refusal(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    if (error instanceof Refusal) return error.condition;
    throw error;
  }
  return undefined;
}

const peer = { address: '127.0.0.1', port: 1, localAddress: '127.0.0.1', localPort: 5_672, tls: false };

describe('RabbitMQ’s limits', () => {
  it('count the queues of all virtual hosts, and not those that are there', () => {
    const { broker, channel } = open({ cluster_queue_limit_queues: 2 });
    for (const queue of ['one', 'two', 'one']) channel.queueDeclare({ queue });
    expect(refusal(() => channel.queueDeclare({ queue: 'three' }))).toMatchObject({ kind: 'cluster-queue-limit', limit: 2 });
    expect(broker.vhost('/')?.queues.size).toBe(2);
    channel.queueDelete('one', false, false);
    channel.queueDeclare({ queue: 'three' });
  });

  it('count exchanges, those that are always there too', () => {
    const { channel } = open({ cluster_exchange_limit_exchanges: 8 });
    for (const exchange of ['x', 'x']) channel.exchangeDeclare({ exchange, type: 'direct' });
    expect(refusal(() => channel.exchangeDeclare({ exchange: 'y', type: 'direct' }))).toMatchObject({ kind: 'exchange-limit', limit: 8 });
  });

  it('count virtual hosts that somebody asks for', () => {
    const { broker } = open({ vhost_max_vhosts: 2 });
    for (const name of ['v', 'v', '/']) broker.createVhost(name);
    expect(refusal(() => broker.createVhost('w'))).toEqual({ kind: 'vhost-limit', vhost: 'w', limit: 2 });
  });

  it('count connections from outside, channels and consumers', () => {
    const { broker, channel } = open({
      ...{ connection_max_connections: 1, channel_max_per_node_channels: 2, consumer_max_per_channel_consumers: 1 },
    });
    const request = { user: 'guest', vhost: '/', name: 'test', sink: new Recorder() };
    expect(refusal(() => broker.connect({ ...request, peer }))).toEqual({ kind: 'node-connection-limit', limit: 1 });
    const inProcess = broker.connect(request);
    inProcess.openChannel(1, new Recorder()).close();
    inProcess.openChannel(1, new Recorder());
    expect(refusal(() => inProcess.openChannel(2, new Recorder()))).toMatchObject({ kind: 'node-channel-limit', limit: 2 });
    channel.queueDeclare({ queue: 'q' });
    channel.basicConsume({ queue: 'q', consumerTag: 'c' });
    expect(refusal(() => channel.basicConsume({ queue: 'q', consumerTag: 'd' }))).toEqual({ kind: 'consumer-limit', limit: 1 });
  });
});

describe('what everything may take together', () => {
  const long: Table = new Map([['x-note', text('n'.repeat(10_000))]]);

  it('is enough for 100,000 queues, each with a binding and a consumer', { timeout: 60_000 }, () => {
    const { broker, channel } = open();
    for (let index = 0; index < 100_000; index++) {
      const queue = `queue-${index}`;
      channel.queueDeclare({ queue });
      channel.queueBind({ queue, exchange: 'amq.topic', routingKey: `some.key.${index}.*` });
      channel.basicConsume({ queue, consumerTag: '' });
      if (index % 50_000 === 49_999) expect(broker.full).toBe(false);
    }
  });

  it('is freed by whatever goes', () => {
    const { broker } = open();
    broker.closeConnections(() => true, 'test');
    const before = broker.holdings.bytes;
    for (const end of ['delete', 'close', 'reset'] as const) {
      const channel = channelOf(broker);
      for (const queue of ['one', 'two']) channel.queueDeclare({ queue, exclusive: queue === 'two', arguments: long });
      channel.exchangeDeclare({ exchange: 'x', type: 'topic', autoDelete: true, arguments: long });
      channel.exchangeBind({ source: 'x', destination: 'amq.fanout', routingKey: 'a.b', arguments: long });
      for (const queue of ['one', 'one', 'two']) channel.queueBind({ queue, exchange: 'x', routingKey: 'a.#', arguments: long });
      for (const consumerTag of ['c', 'd', 'e']) channel.basicConsume({ queue: 'one', consumerTag, arguments: long });
      channel.basicCancel('c');
      const empty = broker.snapshot();
      if (end === 'delete') channel.queueDelete('one', false, false);
      channel.connection.close();
      broker.restore(empty);
      channelOf(broker).queueDelete('one', false, false);
      if (end === 'reset') broker.reset();
      else channelOf(broker).exchangeDelete('x', false);
      broker.closeConnections(() => true, 'test');
      expect([end, broker.holdings.bytes, broker.holdings.channels]).toEqual([end, before, 0]);
    }
    broker.createVhost('v');
    broker.removeVhost('v');
    expect(broker.holdings.bytes).toBe(before);
  });

  it('stops whoever declares, binds and consumes without end, and nobody who comes to make room', () => {
    const { broker, channel } = open({ definitions_max_bytes: 100_000 });
    let declared = 0;
    const declare = (): unknown => refusal(() => channel.queueDeclare({ queue: `q${declared++}`, arguments: long }));
    while (!broker.full) expect(declare()).toBeUndefined();
    expect(declared).toBeLessThan(10);
    const limit = { kind: 'definitions-limit', limit_bytes: 100_000 };
    expect(declare()).toEqual(limit);
    expect(refusal(() => channel.exchangeDeclare({ exchange: 'x', type: 'direct' }))).toEqual(limit);
    expect(refusal(() => channel.queueBind({ queue: 'q0', exchange: 'amq.direct', routingKey: 'k' }))).toEqual(limit);
    expect(refusal(() => channel.exchangeBind({ source: 'amq.topic', destination: 'amq.direct', routingKey: 'k' }))).toEqual(limit);
    expect(refusal(() => channel.basicConsume({ queue: 'q0', consumerTag: '' }))).toEqual(limit);
    const request = { user: 'guest', vhost: '/', name: 'test', sink: new Recorder(), peer };
    const clientProperties = new Map([['information', text('i'.repeat(20_000))]]);
    expect(refusal(() => broker.connect({ ...request, clientProperties }))).toEqual(limit);
    const other = channelOf(broker);
    for (let index = 0; index < 3; index++) other.queueDelete(`q${index}`, false, false);
    other.queueBind({ queue: 'q3', exchange: 'amq.direct', routingKey: 'k' });
  });

  it('stops bindings that are there already from being refused', () => {
    const { broker, channel } = open();
    channel.queueDeclare({ queue: 'q' });
    channel.queueBind({ queue: 'q', exchange: 'amq.direct', routingKey: 'k' });
    const before = broker.snapshot();
    broker.settings.definitions_max_bytes = 0;
    channel.queueDeclare({ queue: 'q' });
    channel.queueBind({ queue: 'q', exchange: 'amq.direct', routingKey: 'k' });
    channel.queueDelete('q', false, false);
    broker.restore(before);
    expect(broker.vhost('/')?.queues.get('q')?.bindings.size).toBe(1);
  });
});

describe('users, policies and parameters', () => {
  it('end somewhere', () => {
    const { broker } = open();
    const vhost = broker.addVhost('/');
    const fill = (put: (name: string) => void): unknown =>
      refusal(() => {
        for (let index = 0; index < 200_000; index++) put(`n${index}`);
      });
    expect(fill((name) => broker.putUser(newUser(name, '')))).toEqual({ kind: 'too-many', what: 'users', limit: 100_000 });
    const policy = { pattern: 'x', definition: {}, priority: 0, applyTo: 'all' } as const;
    expect(fill((name) => vhost.setOperatorPolicy(name, { name, ...policy }))).toMatchObject({ what: 'policies' });
    expect(fill((name) => vhost.setParameter({ component: 'shovel', name, value: {} }))).toMatchObject({ what: 'parameters' });
    expect(fill((name) => broker.setGlobalParameter(name, {}))).toMatchObject({ what: 'parameters' });
  });
});
