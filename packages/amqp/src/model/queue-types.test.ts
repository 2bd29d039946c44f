import { beforeEach, describe, expect, it } from 'vitest';
import { args, broker, channel, declare, drain, publish, sink, start } from './one-channel.fixture.ts';

beforeEach(() => start());

describe('priorities', () => {
  it('of messages', () => {
    declare('q', { 'x-max-priority': 5 });
    for (const priority of [0, 9, 3, 5]) publish('q', String(priority), { priority });
    publish('q', 'none');
    expect(drain('q')).toEqual(['9', '5', '3', '0', 'none']);
  });

  it('of consumers', () => {
    declare('q');
    channel.basicQos(0, 1, false);
    channel.basicConsume({ queue: 'q', consumerTag: 'low' });
    channel.basicConsume({ queue: 'q', consumerTag: 'high', arguments: args({ 'x-priority': 5 }) });
    channel.pump();
    publish('q', '1');
    publish('q', '2');
    expect(sink.delivered.map(({ consumerTag }) => consumerTag)).toEqual(['high', 'low']);
  });
});

describe('a single active consumer', () => {
  it('is followed by the next', () => {
    declare('q', { 'x-single-active-consumer': true });
    channel.basicConsume({ queue: 'q', consumerTag: 'one', noAck: true });
    channel.basicConsume({ queue: 'q', consumerTag: 'two', noAck: true });
    channel.pump();
    publish('q', '1');
    channel.basicCancel('one');
    publish('q', '2');
    channel.pump();
    expect(sink.delivered.map(({ consumerTag, body }) => consumerTag + body)).toEqual(['one1', 'two2']);
  });

  it('of a quorum queue gives way to a higher priority when it has nothing in hand', () => {
    declare('q', { 'x-single-active-consumer': true, 'x-queue-type': 'quorum' });
    channel.basicConsume({ queue: 'q', consumerTag: 'low' });
    channel.pump();
    publish('q', '1');
    channel.basicConsume({ queue: 'q', consumerTag: 'high', arguments: args({ 'x-priority': 1 }) });
    publish('q', '2');
    channel.pump();
    channel.basicAck(1, false);
    channel.pump();
    expect(sink.delivered.map(({ consumerTag, body }) => consumerTag + body)).toEqual(['low1', 'high2']);
  });
});

describe('a quorum queue', () => {
  it('gives up on a message that comes back too often', () => {
    declare('q', { 'x-queue-type': 'quorum', 'x-delivery-limit': 1 });
    publish('q', '1');
    for (const count of [undefined, 1n]) {
      const got = channel.basicGet('q', false);
      expect(got?.message.header.headers?.get('x-delivery-count')?.value).toBe(count);
      channel.basicNack(got?.deliveryTag ?? 0, false, true);
    }
    expect(channel.basicGet('q', false)).toBeUndefined();
  });
});

describe('a stream', () => {
  it('is read from where the consumer wants, as often as wanted', () => {
    declare('s', { 'x-queue-type': 'stream' });
    for (const body of ['0', '1', '2']) publish('s', body);
    channel.basicQos(0, 10, false);
    channel.basicConsume({ queue: 's', consumerTag: 'all', arguments: args({ 'x-stream-offset': 'first' }) });
    channel.basicConsume({ queue: 's', consumerTag: 'two', arguments: args({ 'x-stream-offset': 2 }) });
    channel.basicConsume({ queue: 's', consumerTag: 'new' });
    channel.pump();
    publish('s', '3');
    const seen = (tag: string): string[] => sink.delivered.filter(({ consumerTag }) => consumerTag === tag).map(({ body }) => body);
    expect([seen('all'), seen('two'), seen('new')]).toEqual([['0', '1', '2', '3'], ['2', '3'], ['3']]);
  });

  it('gives one more for each acknowledgement, and drops old segments', () => {
    declare('s', { 'x-queue-type': 'stream', 'x-max-length-bytes': 200, 'x-stream-max-segment-size-bytes': 2 });
    for (const body of ['aa', 'bb', 'cc', 'dd']) publish('s', body);
    channel.basicQos(0, 1, false);
    channel.basicConsume({ queue: 's', consumerTag: 'c', arguments: args({ 'x-stream-offset': 'first' }) });
    channel.pump();
    channel.basicAck(1, false);
    expect(sink.take()).toEqual(['cc', 'dd']);
  });

  it('filters', () => {
    declare('s', { 'x-queue-type': 'stream' });
    publish('s', 'eu', { headers: args({ 'x-stream-filter-value': 'eu' }) });
    publish('s', 'us', { headers: args({ 'x-stream-filter-value': 'us' }) });
    publish('s', 'none');
    channel.basicQos(0, 10, false);
    const asked = new Map([...args({ 'x-stream-offset': 'first', 'x-stream-filter': 'eu', 'x-stream-match-unfiltered': true })]);
    channel.basicConsume({ queue: 's', consumerTag: 'c', arguments: asked });
    channel.pump();
    expect(sink.take()).toEqual(['eu', 'none']);
  });
});

describe('RabbitMQ 4.3', () => {
  it('has no transient queues but exclusive ones', () => {
    start('4.3.5');
    expect(() => channel.queueDeclare({ queue: 'q' })).toThrow(/denied-feature/);
    channel.queueDeclare({ queue: 'q', exclusive: true });
    channel.queueDeclare({ queue: 'd', durable: true });
    broker.settings.permitsTransientQueues = true;
    channel.queueDeclare({ queue: 'q2' });
  });
});
