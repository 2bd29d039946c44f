import { Clock, Random } from '@wirelike/kernel';
import { describe, expect, it } from 'vitest';
import { Broker } from './broker.ts';
import type { Channel } from './channel.ts';
import { Message } from './message.ts';
import type { Persona } from './persona.ts';
import { Recorder } from './recorder.ts';

const minute = 60_000;

/** Minutes until the broker ends the channel of a consumer that acknowledges nothing. */
function patience(persona: Persona, argument: number | undefined, policy: number | undefined): number {
  const clock = new Clock();
  clock.freeze();
  const broker = new Broker({ clock, random: new Random('test'), persona });
  const sink = new Recorder();
  const channel = broker.connect({ user: 'guest', vhost: '/', name: 'test', sink }).openChannel(1, sink);
  if (policy !== undefined) {
    const definition = { 'consumer-timeout': policy };
    broker.vhost('/')?.setPolicy('p', { name: 'p', pattern: '.*', definition, priority: 0, applyTo: 'queues' });
  }
  const args = new Map(argument === undefined ? [] : [['x-consumer-timeout', { type: 'I', value: argument } as const]]);
  channel.queueDeclare({ queue: 'q', arguments: args });
  channel.basicConsume({ queue: 'q', consumerTag: 'c' });
  channel.basicPublish(Message.of('', 'q', Buffer.from('m')), false, false);
  channel.pump();
  sink.events.length = 0;
  for (let minutes = 1; minutes <= 60; minutes++) {
    clock.advance(minute);
    if (sink.events.includes('refused acknowledgement-timeout')) return minutes;
  }
  return Number.POSITIVE_INFINITY;
}

describe('consumer_timeout', () => {
  // One minute more than asked for: the channel looks once a minute.
  it.each<[Persona, number | undefined, number | undefined, number]>([
    ['4', undefined, undefined, 31],
    ['4', 5 * minute, undefined, 6],
    ['4', undefined, 6 * minute, 7],
    ['4', 7 * minute, 5 * minute, 6],
    ['3.13', 40 * minute, undefined, 41],
    // Queues of 3.10 had none of their own.
    ['3.10', 5 * minute, 5 * minute, 31],
  ])('persona %s, argument %s, policy %s', (persona, argument, policy, minutes) => {
    expect(patience(persona, argument, policy)).toBe(minutes);
  });

  it('looks for nothing while there is nothing to acknowledge, however long a client stays', () => {
    const clock = new Clock();
    clock.freeze();
    const broker = new Broker({ clock, random: new Random('test') });
    const sink = new Recorder();
    const channel = broker.connect({ user: 'guest', vhost: '/', name: 'test', sink }).openChannel(1, sink);
    channel.queueDeclare({ queue: 'q' });
    // By then the channel rests, too.
    clock.advance(minute);
    expect(clock.timers).toBe(0);
    channel.basicPublish(Message.of('', 'q', Buffer.from('m')), false, false);
    channel.basicGet('q', false);
    clock.advance(5 * minute);
    expect(clock.timers).toBe(1);
    channel.basicAck(1, false);
    clock.advance(minute);
    expect(clock.timers).toBe(0);
  });

  it('counts on for what a transaction was to acknowledge and did not', () => {
    const clock = new Clock();
    clock.freeze();
    const broker = new Broker({ clock, random: new Random('test') });
    const sink = new Recorder();
    const channel = broker.connect({ user: 'guest', vhost: '/', name: 'test', sink }).openChannel(1, sink);
    channel.queueDeclare({ queue: 'q' });
    channel.basicPublish(Message.of('', 'q', Buffer.from('m')), false, false);
    channel.txSelect();
    channel.basicGet('q', false);
    channel.basicAck(1, false);
    clock.advance(5 * minute);
    channel.txRollback();
    clock.advance(40 * minute);
    expect(sink.events).toContain('refused acknowledgement-timeout');
  });
});

describe('from RabbitMQ 4.3 on', () => {
  function consumed(type: 'classic' | 'quorum', tells: boolean): { clock: Clock; sink: Recorder; channel: Channel } {
    const clock = new Clock();
    clock.freeze();
    const broker = new Broker({ clock, random: new Random('test'), version: '4.3.6' });
    const sink = new Recorder();
    const capabilities = { type: 'F', value: new Map([['consumer_cancel_notify', { type: 't', value: tells } as const]]) } as const;
    const clientProperties = new Map([['capabilities', capabilities]]);
    const channel = broker.connect({ user: 'guest', vhost: '/', name: 'test', sink, clientProperties }).openChannel(1, sink);
    const queueType = { type: 'S', value: type } as const;
    channel.queueDeclare({ queue: 'q', durable: true, arguments: new Map([['x-queue-type', queueType]]) });
    channel.basicConsume({ queue: 'q', consumerTag: 'c' });
    channel.basicPublish(Message.of('', 'q', Buffer.from('m')), false, false);
    channel.pump();
    sink.events.length = 0;
    return { clock, sink, channel };
  }

  it('deliveries of classic queues may stay unacknowledged for ever', () => {
    const { clock, sink } = consumed('classic', true);
    clock.advance(120 * minute);
    expect(sink.events).toEqual([]);
  });

  it('quorum queues take theirs back, and the consumer gets no other before it has acknowledged them', () => {
    const { clock, sink, channel } = consumed('quorum', true);
    clock.advance(32 * minute);
    expect(sink.events).toEqual(['cancelled c']);
    expect(channel.vhost.queues.get('q')?.readyCount).toBe(1);
    channel.basicAck(1, false);
    channel.pump();
    expect(channel.vhost.queues.get('q')?.readyCount).toBe(0);
    expect([...channel.outstanding()].map(({ tag }) => tag)).toEqual([2]);
  });

  it('the channel ends of a client that knows nothing of cancelled consumers', () => {
    const { clock, sink } = consumed('quorum', false);
    clock.advance(32 * minute);
    expect(sink.events).toEqual(['refused acknowledgement-timeout']);
  });
});
