import { Clock, Random } from '@wirelike/kernel';
import { beforeEach, describe, expect, it } from 'vitest';
import { Broker } from './broker.ts';
import type { Channel } from './channel.ts';
import { type Field, type Table, text } from './field-table.ts';
import { type BasicProperties, Message } from './message.ts';
import type { Persona } from './persona.ts';
import { Recorder } from './recorder.ts';

let broker: Broker;
let clock: Clock;
let channel: Channel;
let sink: Recorder;

beforeEach(() => start('4'));

function start(persona: Persona): void {
  clock = new Clock();
  clock.freeze();
  clock.set(1_700_000_000_000);
  broker = new Broker({ clock, random: new Random('test'), persona });
  ({ channel, sink } = open());
}

function open(): { channel: Channel; sink: Recorder } {
  const sink = new Recorder();
  return { channel: broker.connect({ user: 'guest', vhost: '/', name: 'test', sink }).openChannel(1, sink), sink };
}

function args(values: Readonly<Record<string, string | number | boolean>>): Table {
  return new Map(Object.entries(values).map(([name, value]) => [name, field(value)]));
}

function field(value: string | number | boolean): Field {
  if (typeof value === 'number') return { type: 'I', value };
  return typeof value === 'boolean' ? { type: 't', value } : text(value);
}

function declare(queue: string, values: Readonly<Record<string, string | number | boolean>> = {}): void {
  channel.queueDeclare({ queue, durable: values['x-queue-type'] !== undefined, arguments: args(values) });
}

function publish(routingKey: string, body: string, properties?: BasicProperties, exchange = ''): void {
  channel.basicPublish(Message.of(exchange, routingKey, Buffer.from(body), properties), false, false);
}

function drain(queue: string): string[] {
  const bodies: string[] = [];
  for (let got = channel.basicGet(queue, true); got !== undefined; got = channel.basicGet(queue, true)) {
    bodies.push(Buffer.from(got.message.body).toString());
  }
  return bodies;
}

const headersOf = (queue: string): Table => channel.basicGet(queue, true)?.message.header.headers ?? new Map();

describe('expiry', () => {
  it('goes on while a consumer has the message in hand', () => {
    declare('q', { 'x-message-ttl': 100 });
    channel.basicConsume({ queue: 'q', consumerTag: 'c' });
    channel.pump();
    publish('q', '1');
    channel.basicCancel('c');
    clock.advance(150);
    channel.basicReject(1, true);
    expect(drain('q')).toEqual([]);
  });

  it('drops and dead-letters at the head', () => {
    declare('dead');
    declare('q', { 'x-message-ttl': 100, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' });
    publish('q', '1');
    clock.advance(50);
    publish('q', '2', { expiration: '20' });
    clock.advance(49);
    expect(broker.vhost('/')?.queues.get('q')?.readyCount).toBe(2);
    clock.advance(2);
    expect(drain('dead')).toEqual(['1', '2']);
  });

  it('of 0 gives a message to a waiting consumer or to nobody', () => {
    declare('q');
    publish('q', 'gone', { expiration: '0' });
    channel.basicConsume({ queue: 'q', consumerTag: 'c', noAck: true });
    channel.pump();
    publish('q', 'there', { expiration: '0' });
    expect(sink.take()).toEqual(['there']);
  });

  it('of a queue waits for it to be unused', () => {
    declare('q', { 'x-expires': 100 });
    channel.basicConsume({ queue: 'q', consumerTag: 'c' });
    clock.advance(500);
    channel.basicCancel('c');
    clock.advance(99);
    expect(broker.vhost('/')?.queues.has('q')).toBe(true);
    declare('q', { 'x-expires': 100 });
    clock.advance(99);
    expect(broker.vhost('/')?.queues.has('q')).toBe(true);
    clock.advance(1);
    expect(broker.vhost('/')?.queues.has('q')).toBe(false);
  });

  it('of deliveries nobody acknowledges ends the channel', () => {
    declare('q');
    channel.basicConsume({ queue: 'q', consumerTag: 'c' });
    channel.pump();
    publish('q', '1');
    clock.advance(25 * 60_000);
    expect(sink.events).toEqual([]);
    clock.advance(7 * 60_000);
    expect(sink.events).toEqual(['refused acknowledgement-timeout']);
    expect(broker.vhost('/')?.queues.get('q')?.readyCount).toBe(1);
  });
});

describe('limits', () => {
  it('drop the head by count and by bytes', () => {
    declare('n', { 'x-max-length': 2 });
    declare('b', { 'x-max-length-bytes': 5 });
    for (const body of ['aaa', 'bb', 'cc']) {
      publish('n', body);
      publish('b', body);
    }
    expect([drain('n'), drain('b')]).toEqual([
      ['bb', 'cc'],
      ['bb', 'cc'],
    ]);
  });

  it('reject and dead-letter', () => {
    declare('dead');
    declare('q', {
      'x-max-length': 1,
      'x-overflow': 'reject-publish-dlx',
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': 'dead',
    });
    channel.confirmSelect();
    publish('q', '1');
    publish('q', '2');
    channel.pump();
    expect([drain('q'), drain('dead'), sink.events]).toEqual([['1'], ['2'], ['nack 2', 'ack 1']]);
  });

  it('change with policies at once, the operator’s the stricter', () => {
    declare('q');
    for (const body of ['1', '2', '3', '4']) publish('q', body);
    const policy = { name: 'p', pattern: '^q$', definition: { 'max-length': 3 }, priority: 0, applyTo: 'queues' } as const;
    broker.vhost('/')?.setPolicy('p', policy);
    expect(broker.vhost('/')?.queues.get('q')?.readyCount).toBe(3);
    broker.vhost('/')?.setOperatorPolicy('p', { ...policy, definition: { 'max-length': 1 } });
    expect(drain('q')).toEqual(['4']);
  });
});

describe('dead letters', () => {
  it.each(['4', '3.10'] as const)('carry their history (%s)', (persona) => {
    start(persona);
    declare('dead', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'q' });
    declare('q', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' });
    publish('q', 'm', { expiration: '5', headers: new Map([['CC', { type: 'A', value: [text('other')] }]]) });
    clock.advance(5);
    channel.basicReject(channel.basicGet('dead', false)?.deliveryTag ?? 0, false);
    channel.basicReject(channel.basicGet('q', false)?.deliveryTag ?? 0, false);
    const headers = headersOf('dead');
    const deaths = headers.get('x-death');
    if (deaths?.type !== 'A') throw new Error('no x-death');
    const told = deaths.value.map((death) => (death.type === 'F' ? Object.fromEntries(death.value) : {}));
    const [rejected, dead, expired] = [
      ['q', 'rejected', 1n],
      ['dead', 'rejected', 1n],
      ['q', 'expired', 1n],
    ];
    // Grouping turns 3.10's older ones round (rabbit_dead_letter:group_by_queue_and_reason/1).
    const order = persona === '4' ? [rejected, dead, expired] : [rejected, expired, dead];
    expect(told.map(({ queue, reason, count }) => [queue?.value, reason?.value, count?.value])).toEqual(order);
    expect(told[order.indexOf(expired)]).toMatchObject({
      'original-expiration': text('5'),
      'routing-keys': { type: 'A', value: [text('q'), text('other')] },
      time: { type: 'T', value: 1_700_000_000n },
      exchange: text(''),
    });
    // From 3.13 on in front (mc_amqpl:death_table/3).
    const names = Object.keys(told[order.indexOf(expired)] ?? {});
    expect(names.indexOf('original-expiration')).toBe(persona === '4' ? 0 : names.length - 1);
    expect(headers.get('x-first-death-reason')).toEqual(text('expired'));
    expect(headers.get('x-last-death-queue')).toEqual(persona === '4' ? text('q') : undefined);
    expect(headers.has('CC')).toBe(persona === '4');
    // Once the message was sent on with another key, that header counts no more.
    expect(told[0]?.['routing-keys']).toEqual({ type: 'A', value: [text('q')] });
  });

  it('that would go round and round without a rejection are dropped', () => {
    declare('q', { 'x-message-ttl': 10, 'x-dead-letter-exchange': '' });
    publish('q', '1');
    clock.advance(1_000);
    expect(broker.vhost('/')?.queues.get('q')?.messageCount).toBe(0);
    channel.queueDelete('q', false, false);
    declare('q', { 'x-dead-letter-exchange': '' });
    publish('q', '2');
    channel.basicReject(channel.basicGet('q', false)?.deliveryTag ?? 0, false);
    expect(drain('q')).toEqual(['2']);
  });
});

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
    broker = new Broker({ clock, random: new Random('test'), version: '4.3.5' });
    ({ channel } = open());
    expect(() => channel.queueDeclare({ queue: 'q' })).toThrow(/denied-feature/);
    channel.queueDeclare({ queue: 'q', exclusive: true });
    channel.queueDeclare({ queue: 'd', durable: true });
    broker.settings.permitsTransientQueues = true;
    channel.queueDeclare({ queue: 'q2' });
  });
});

describe('plugins', () => {
  it('delay messages', () => {
    channel.exchangeDeclare({ exchange: 'd', type: 'x-delayed-message', arguments: args({ 'x-delayed-type': 'direct' }) });
    declare('q');
    channel.queueBind({ queue: 'q', exchange: 'd', routingKey: 'k' });
    publish('k', 'later', { headers: args({ 'x-delay': 100 }) }, 'd');
    publish('k', 'now', undefined, 'd');
    expect(drain('q')).toEqual(['now']);
    clock.advance(100);
    expect(headersOf('q').get('x-delay')).toEqual({ type: 'l', value: -100n });
  });

  it('hash keys to queues by weight', () => {
    channel.exchangeDeclare({ exchange: 'h', type: 'x-consistent-hash' });
    for (const queue of ['a', 'b']) {
      declare(queue);
      channel.queueBind({ queue, exchange: 'h', routingKey: queue === 'a' ? '1' : '3' });
    }
    for (let key = 0; key < 1_000; key++) publish(`key ${key}`, `${key}`, undefined, 'h');
    const [a, b] = ['a', 'b'].map((queue) => broker.vhost('/')?.queues.get(queue)?.readyCount ?? 0);
    expect((a ?? 0) + (b ?? 0)).toBe(1_000);
    expect(a).toBeGreaterThan(150);
    expect(a).toBeLessThan(350);
  });
});

describe('addresses', () => {
  it('in CC and BCC get copies, and BCC is hidden', () => {
    for (const queue of ['to', 'cc', 'bcc']) declare(queue);
    const headers = new Map<string, Field>([
      ['CC', { type: 'A', value: [text('cc'), text('to')] }],
      ['BCC', { type: 'A', value: [text('bcc')] }],
    ]);
    publish('to', 'm', { headers });
    expect([...headersOf('to').keys()]).toEqual(['CC']);
    expect([drain('to'), drain('cc'), drain('bcc')]).toEqual([[], ['m'], ['m']]);
  });

  it('for direct replies reach their consumer', () => {
    channel.basicConsume({ queue: 'amq.rabbitmq.reply-to', consumerTag: 'r', noAck: true });
    declare('rpc');
    publish('rpc', 'ask', { replyTo: 'amq.rabbitmq.reply-to' });
    const replyTo = channel.basicGet('rpc', true)?.message.header.replyTo ?? '';
    expect(channel.queueDeclare({ queue: replyTo, passive: true }).consumerCount).toBe(1);
    const other = open();
    other.channel.basicPublish(Message.of('', replyTo, Buffer.from('answer')), false, false);
    expect(sink.take()).toEqual(['answer']);
  });
});

describe('the firehose', () => {
  it('copies what is published and delivered', () => {
    declare('trace');
    declare('q');
    channel.queueBind({ queue: 'trace', exchange: 'amq.rabbitmq.trace', routingKey: '#' });
    broker.vhost('/')?.setTracing(true);
    publish('q', 'm');
    channel.basicGet('q', true);
    const keys = [...(broker.vhost('/')?.queues.get('trace')?.messages() ?? [])].map(({ message }) => message.routingKey);
    expect(keys).toEqual(['publish.', 'deliver.q']);
  });
});

describe('auto-delete', () => {
  it('takes a queue with its last consumer and an exchange with its last binding', () => {
    channel.exchangeDeclare({ exchange: 'x', type: 'fanout', autoDelete: true });
    channel.queueDeclare({ queue: 'q', autoDelete: true });
    channel.queueBind({ queue: 'q', exchange: 'x', routingKey: '' });
    channel.basicConsume({ queue: 'q', consumerTag: 'c' });
    channel.basicCancel('c');
    expect([broker.vhost('/')?.queues.has('q'), broker.vhost('/')?.exchanges.has('x')]).toEqual([false, false]);
  });

  it('tells consumers of a deleted queue', () => {
    declare('q');
    channel.basicConsume({ queue: 'q', consumerTag: 'c' });
    open().channel.queueDelete('q', false, false);
    expect(sink.events).toEqual(['cancelled c']);
  });
});
