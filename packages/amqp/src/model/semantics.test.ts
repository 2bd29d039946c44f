import { beforeEach, describe, expect, it } from 'vitest';
import { type Field, type Table, text } from './field-table.ts';
import { Message } from './message.ts';
import { args, broker, channel, clock, declare, drain, open, publish, sink, start } from './one-channel.fixture.ts';

beforeEach(() => start());

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
