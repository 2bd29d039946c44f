import { Clock, Random } from '@wirelike/kernel';
import { expect, it } from 'vitest';
import { Broker, Message, Recorder } from '../model/index.ts';
import { channelView } from './connection-view.ts';
import { Rates } from './rates.ts';

it('a channel shows what its transaction holds', () => {
  const clock = new Clock();
  clock.freeze();
  const broker = new Broker({ clock, random: new Random('view') });
  const sink = new Recorder();
  const channel = broker.connect({ user: 'guest', vhost: '/', name: 'test', sink }).openChannel(1, sink);
  channel.queueDeclare({ queue: 'q' });
  for (let count = 0; count < 2; count++) channel.basicPublish(Message.of('', 'q', Buffer.from('m')), false, false);
  channel.basicGet('q', false);
  channel.txSelect();
  channel.basicAck(1, false);
  for (let count = 0; count < 3; count++) channel.basicPublish(Message.of('', 'q', Buffer.from('m')), false, false);
  expect(channelView(broker, channel, new Rates(clock))).toMatchObject({ acks_uncommitted: 1, messages_uncommitted: 3 });
});
