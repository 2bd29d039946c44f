import { Clock, Random } from '@wirelike/kernel';
import { beforeEach, describe, expect, it } from 'vitest';
import { Broker } from './broker.ts';
import type { Channel } from './channel.ts';
import { Message } from './message.ts';
import { Recorder } from './recorder.ts';

let channel: Channel;
let sink: Recorder;

beforeEach(() => {
  const clock = new Clock();
  clock.freeze();
  sink = new Recorder();
  channel = new Broker({ clock, random: new Random('test') })
    .connect({ user: 'guest', vhost: '/', name: 'test', sink })
    .openChannel(1, sink);
  channel.basicQos(0, 1, true);
});

function consume(consumerTag: string, queue: string, noAck: boolean = false): void {
  channel.queueDeclare({ queue });
  channel.basicConsume({ queue, consumerTag, noAck });
  channel.pump();
}

function publish(queue: string, count: number): void {
  for (let i = 0; i < count; i++) channel.basicPublish(Message.of('', queue, Buffer.from(String(i))), false, false);
}

function acknowledgeEach(count: number): string[] {
  for (let tag = 1; tag < count; tag++) {
    channel.basicAck(tag, false);
    channel.pump();
  }
  return sink.delivered.map(({ consumerTag }) => consumerTag);
}

// What RabbitMQ's Java client asserts in its QosTests.
describe('a global prefetch', () => {
  it('gives every queue of the channel its turn', () => {
    for (const queue of ['a', 'b', 'c']) consume(queue, queue);
    for (const queue of ['a', 'b', 'c']) publish(queue, 3);
    expect(acknowledgeEach(6).join('')).toBe('abcabc');
  });

  it('gives every consumer of one queue its turn', () => {
    for (const tag of ['a', 'b']) consume(tag, 'q');
    publish('q', 4);
    expect(acknowledgeEach(4).join('')).toBe('abab');
  });

  it('holds back consumers that acknowledge nothing, and does not count what they got', () => {
    consume('acknowledges', 'a');
    consume('does not', 'b', true);
    publish('b', 2);
    publish('a', 1);
    publish('b', 2);
    expect(sink.delivered.map(({ consumerTag }) => consumerTag)).toEqual(['does not', 'does not', 'acknowledges']);
    channel.basicAck(3, false);
    channel.pump();
    expect(sink.delivered.length).toBe(5);
  });
});
