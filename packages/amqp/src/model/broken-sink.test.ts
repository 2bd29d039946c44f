import { Clock, Random } from '@wirelike/kernel';
import { beforeEach, describe, expect, it } from 'vitest';
import { Broker } from './broker.ts';
import type { Channel } from './channel.ts';
import { Message } from './message.ts';
import { Recorder } from './recorder.ts';

const failures: unknown[] = [];
let broker: Broker;

beforeEach(() => {
  failures.length = 0;
  const clock = new Clock((error) => failures.push(error));
  clock.freeze();
  broker = new Broker({ clock, random: new Random('test') });
});

/** Throws whatever it is told. */
class Broken extends Recorder {
  override deliver(): void {
    throw new Error('deliver');
  }

  override cancelled(): void {
    throw new Error('cancelled');
  }

  override confirmed(): void {
    throw new Error('confirmed');
  }

  override close(): void {
    throw new Error('close');
  }
}

class Telling extends Broken {
  failed(error: unknown): void {
    this.events.push(`failed ${error instanceof Error ? error.message : ''}`);
  }
}

function open(sink: Recorder): Channel {
  return broker.connect({ user: 'guest', vhost: '/', name: 'test', sink }).openChannel(1, sink);
}

const publish = (channel: Channel, body: string): void => channel.basicPublish(Message.of('', 'q', Buffer.from(body)), false, false);

describe('a sink that throws', () => {
  it('costs its connection, and its messages go to others', async () => {
    const publisher = open(new Recorder());
    publisher.queueDeclare({ queue: 'q' });
    const broken = open(new Broken());
    broken.basicConsume({ queue: 'q', consumerTag: 'c' });
    publish(publisher, 'first');
    const sink = new Recorder();
    open(sink).basicConsume({ queue: 'q', consumerTag: 'c' });
    publish(publisher, 'second');
    // In a microtask, which would end the process.
    await Promise.resolve();
    expect(sink.take()).toEqual(['first', 'second']);
    expect([broken.closed, publisher.closed, broker.connections.size]).toEqual([true, false, 2]);
    expect(failures).toEqual([new Error('deliver')]);
  });

  it('hears of it, if it wants to', () => {
    const sink = new Telling();
    const channel = open(sink);
    channel.queueDeclare({ queue: 'q' });
    channel.confirmSelect();
    publish(channel, 'm');
    channel.pump();
    expect([sink.events, failures, channel.closed]).toEqual([['failed confirmed'], [], true]);
  });

  it('stops neither the deletion of a queue nor an operator', () => {
    const owner = open(new Recorder());
    owner.queueDeclare({ queue: 'q' });
    const [one, other] = [new Telling(), new Recorder()];
    for (const sink of [one, other]) open(sink).basicConsume({ queue: 'q', consumerTag: 'c' });
    owner.queueDelete('q', false, false);
    expect([one.events, other.events]).toEqual([['failed cancelled'], ['cancelled c']]);
    const third = new Telling();
    open(third);
    broker.closeConnections(() => true, 'maintenance');
    expect([third.events, other.events.at(-1), broker.connections.size]).toEqual([['failed close'], 'closed connection-forced', 0]);
  });
});
