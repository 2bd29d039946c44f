import { Clock, Random } from '@wirelike/kernel';
import { expect, it } from 'vitest';
import { Broker } from './broker.ts';
import { Message } from './message.ts';
import { Recorder } from './recorder.ts';

function start(): Broker {
  const clock = new Clock();
  clock.freeze();
  return new Broker({ clock, random: new Random('transaction') });
}

// It took 20 seconds when each of them was sorted in among those before it.
it('takes acknowledgements one by one, and settles them in order', () => {
  const count = 20_000;
  const before = performance.now();
  const sink = new Recorder();
  const channel = start().connect({ user: 'guest', vhost: '/', name: 'test', sink }).openChannel(1, sink);
  channel.queueDeclare({ queue: 'q' });
  for (let index = 0; index < count; index++) channel.basicPublish(Message.of('', 'q', Buffer.from(String(index))), false, false);
  channel.basicConsume({ queue: 'q', consumerTag: 'c' });
  channel.pump();
  channel.basicCancel('c');
  channel.txSelect();
  for (let tag = count; tag > 2; tag--) channel.basicAck(tag, false);
  channel.basicReject(2, true);
  channel.basicReject(1, true);
  channel.txCommit();
  expect(performance.now() - before).toBeLessThan(5_000);
  expect(channel.unacked.size).toBe(0);
  expect([channel.basicGet('q', true)?.deliveryTag, channel.basicGet('q', true)?.messageCount]).toEqual([count + 1, 0]);
});
