import { Clock, Random } from '@wirelike/kernel';
import { beforeEach, describe, expect, it } from 'vitest';
import { Broker } from './broker.ts';
import type { Channel } from './channel.ts';
import { EMPTY_TABLE, type Field, type Table, text } from './field-table.ts';
import { Message } from './message.ts';
import type { Persona } from './persona.ts';
import { Recorder } from './recorder.ts';

// 3.10 is compared with the plugin itself (test/differential); the others are read in its source.
let clock: Clock;
let channel: Channel;
let sink: Recorder;

beforeEach(() => start('4'));

function start(persona: Persona): void {
  clock = new Clock();
  clock.freeze();
  sink = new Recorder();
  const broker = new Broker({ clock, random: new Random('test'), persona });
  channel = broker.connect({ user: 'guest', vhost: '/', name: 'test', sink }).openChannel(1, sink);
  for (const queue of ['q', 'other']) channel.queueDeclare({ queue });
  delayed({ 'x-delayed-type': text('direct') });
  channel.queueBind({ queue: 'q', exchange: 'd', routingKey: 'k' });
}

function delayed(args: Readonly<Record<string, Field>>, exchange = 'd'): void {
  channel.exchangeDeclare({ exchange, type: 'x-delayed-message', arguments: new Map(Object.entries(args)) });
}

function publish(delay: Field, { exchange = 'd', routingKey = 'k', body = 'm', more = {}, mandatory = false } = {}): void {
  const headers: Table = new Map<string, Field>([['x-delay', delay], ...Object.entries<Field>(more)]);
  channel.basicPublish(Message.of(exchange, routingKey, Buffer.from(body), { headers }), mandatory, false);
}

const count = (queue: string): number => channel.queueDeclare({ queue, passive: true }).messageCount;
const long = (value: bigint): Field => ({ type: 'l', value });

describe('x-delay', () => {
  it.each<[string, Field]>([
    ['an integer', { type: 'I', value: 100 }],
    ['a long', long(100n)],
    ['an octet', { type: 'B', value: 100 }],
    ['a string', text('100')],
    ['a fraction', { type: 'd', value: 100.9 }],
  ])('may be %s', (_what, delay) => {
    publish(delay);
    clock.advance(99);
    expect(count('q')).toBe(0);
    clock.advance(1);
    expect(count('q')).toBe(1);
  });

  it.each<[string, Field]>([
    ['0', { type: 'I', value: 0 }],
    ['negative', { type: 'I', value: -5 }],
    ['more than Erlang can wait', long(4_294_967_296n)],
    ['true', { type: 't', value: true }],
    ['a table', { type: 'F', value: EMPTY_TABLE }],
    ['a timestamp', { type: 'T', value: 100n }],
  ])('of %s is none', (_what, delay) => {
    publish(delay);
    expect(count('q')).toBe(1);
  });

  it('that is another word crashes the channel', () => {
    expect(() => publish(text('soon'))).toThrow(/invalid-delay/);
  });

  it.each<[Persona, boolean]>([
    ['4', true],
    ['3.13', true],
    ['3.10', false],
  ])('that is nothing crashes message containers, which do not take a signed octet for a number (%s)', (persona, contained) => {
    start(persona);
    const attempt = () => publish({ type: 'V', value: undefined });
    if (contained) expect(attempt).toThrow(/invalid-delay/);
    else expect(attempt).not.toThrow();
    const before = count('q');
    publish({ type: 'b', value: 100 });
    expect(count('q') - before).toBe(contained ? 1 : 0);
  });

  it.each<[Persona, Field]>([
    ['4', long(-100n)],
    ['3.10', text('100')],
  ])('comes back negative, but with 3.10 as it was (%s)', (persona, expected) => {
    start(persona);
    publish(text('100'));
    clock.advance(100);
    expect(channel.basicGet('q', true)?.message.header.headers?.get('x-delay')).toEqual(expected);
  });
});

describe('a delayed message', () => {
  it('counts as unroutable for mandatory, and for the alternate exchange', () => {
    channel.exchangeDeclare({ exchange: 'rest', type: 'fanout' });
    channel.queueBind({ queue: 'other', exchange: 'rest', routingKey: '' });
    delayed({ 'x-delayed-type': text('direct'), 'alternate-exchange': text('rest') }, 'e');
    channel.queueBind({ queue: 'q', exchange: 'e', routingKey: 'k' });
    publish({ type: 'I', value: 100 }, { mandatory: true });
    expect(sink.events).toEqual(['returned no-route']);
    publish({ type: 'I', value: 100 }, { exchange: 'e' });
    expect([count('q'), count('other')]).toEqual([0, 1]);
    clock.advance(100);
    expect([count('q'), count('other')]).toEqual([2, 1]);
  });

  it('waits behind another exchange too, and in front of a dead letter', () => {
    channel.exchangeDeclare({ exchange: 'first', type: 'fanout' });
    channel.exchangeBind({ destination: 'd', source: 'first', routingKey: '' });
    publish({ type: 'I', value: 100 }, { exchange: 'first' });
    channel.queueDeclare({ queue: 'dying', arguments: new Map([['x-dead-letter-exchange', text('d')]]) });
    publish({ type: 'I', value: 200 }, { exchange: '', routingKey: 'dying' });
    channel.queueBind({ queue: 'q', exchange: 'd', routingKey: 'dying' });
    channel.basicReject(channel.basicGet('dying', false)?.deliveryTag ?? 0, false);
    expect(count('q')).toBe(0);
    clock.advance(100);
    expect(count('q')).toBe(1);
    clock.advance(100);
    expect(count('q')).toBe(2);
  });

  it('goes with its exchange, and leaves no timer behind', () => {
    publish({ type: 'I', value: 100 });
    channel.exchangeDelete('d', false);
    // By then the channel rests, too.
    clock.advance(2_000);
    expect([count('q'), clock.timers]).toEqual([0, 0]);
  });

  // It took 9 seconds when each was taken out of the list by itself.
  it('may be one of very many that are due at once', () => {
    const before = performance.now();
    for (let index = 0; index < 100_000; index++) publish({ type: 'I', value: 100 });
    clock.advance(100);
    expect(count('q')).toBe(100_000);
    expect(performance.now() - before).toBeLessThan(6_000);
  });

  it('takes CC along', () => {
    channel.queueBind({ queue: 'other', exchange: 'd', routingKey: 'cc' });
    publish({ type: 'I', value: 100 }, { more: { CC: { type: 'A', value: [text('cc')] } } });
    clock.advance(100);
    expect([count('q'), count('other')]).toEqual([1, 1]);
  });
});

describe('x-delayed-type', () => {
  it.each<[string, Readonly<Record<string, Field>>, RegExp]>([
    ['missing', {}, /invalid-exchange-argument/],
    ['a number', { 'x-delayed-type': { type: 'I', value: 5 } }, /invalid-exchange-argument/],
    ['itself', { 'x-delayed-type': text('x-delayed-message') }, /invalid-exchange-argument/],
    ['unknown', { 'x-delayed-type': text('nope') }, /unknown-exchange-type/],
    ['wrong in itself', { 'x-delayed-type': text('x-consistent-hash'), 'hash-property': text('colour') }, /invalid-exchange-argument/],
  ])('%s', (_what, args, refusal) => {
    expect(() => delayed(args, 'wrong')).toThrow(refusal);
  });

  it('is not compared when the exchange is declared again', () => {
    expect(() => delayed({ 'x-delayed-type': text('fanout') })).not.toThrow();
  });
});
