import { Clock, Random } from '@wirelike/kernel';
import { beforeEach, describe, expect, it } from 'vitest';
import { Broker } from './broker.ts';
import type { Channel } from './channel.ts';
import { Message } from './message.ts';
import { Recorder } from './recorder.ts';

const nothing = { configure: '', write: '', read: '' };

let clock: Clock;
let broker: Broker;
let channel: Channel;

const publish = (to: Channel, exchange = 'amq.direct', key = 'k'): void =>
  to.basicPublish(Message.of(exchange, key, Buffer.from('m')), false, false);

beforeEach(() => {
  clock = new Clock();
  clock.freeze();
  broker = new Broker({ clock, random: new Random('test') });
  channel = broker.connect({ user: 'guest', vhost: '/', name: 'test', sink: new Recorder() }).openChannel(1, new Recorder());
});

describe('a channel whose user has lost a permission', () => {
  it('still does what it did until it rests for a second', () => {
    publish(channel);
    broker.setPermission('guest', '/', nothing);
    for (let count = 0; count < 20; count++) {
      clock.advance(200);
      publish(channel);
    }
    expect(() => publish(channel, 'amq.fanout')).toThrow('access-refused');
    clock.advance(700);
    publish(channel);
    clock.advance(1_500);
    expect(() => publish(channel)).toThrow('access-refused');
  });

  it('forgets what it did before the last twelve things', () => {
    publish(channel);
    for (let count = 0; count < 11; count++) channel.queueDeclare({ queue: `q${count}` });
    channel.basicGet('q0', true);
    broker.setPermission('guest', '/', nothing);
    channel.queueDeclare({ queue: 'q0' });
    expect(() => publish(channel)).toThrow('access-refused');
  });

  it('is of no use to another', () => {
    publish(channel);
    broker.setPermission('guest', '/', nothing);
    expect(() => publish(channel.connection.openChannel(2, new Recorder()))).toThrow('access-refused');
  });

  it('remembers where it published last when the first topic permission comes', () => {
    publish(channel, 'amq.topic', 'closed');
    broker.setTopicPermission('guest', '/', 'amq.topic', { write: '^open', read: '' });
    publish(channel, 'amq.topic', 'open');
    publish(channel, 'amq.topic', 'closed');
    expect(() => publish(channel, 'amq.topic', 'other')).toThrow('topic-access-refused');
    clock.advance(2_000);
    expect(() => publish(channel, 'amq.topic', 'closed')).toThrow('topic-access-refused');
  });

  it('is asked again when the broker is restored', () => {
    broker.setPermission('guest', '/', nothing);
    const snapshot = broker.snapshot();
    broker.setPermission('guest', '/', { configure: '.*', write: '.*', read: '.*' });
    publish(channel);
    broker.restore(snapshot);
    expect(() => publish(channel)).toThrow('access-refused');
  });
});
