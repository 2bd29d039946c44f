import { Clock, Random } from '@wirelike/kernel';
import { expect, it } from 'vitest';
import { Broker, type Field, Message, Recorder } from '../model/index.ts';
import { queueView } from './queue-view.ts';
import { Rates } from './rates.ts';

/** What is shown of a quorum queue with messages of several priorities, of which one was returned and got again. */
function shown(version: string, args: Readonly<Record<string, Field>> = {}): unknown {
  const clock = new Clock();
  clock.freeze();
  const broker = new Broker({ clock, random: new Random('view'), version });
  const sink = new Recorder();
  const channel = broker.connect({ user: 'guest', vhost: '/', name: 'test', sink }).openChannel(1, sink);
  channel.queueDeclare({ queue: 'q', durable: true, arguments: new Map(Object.entries({ 'x-queue-type': word('quorum'), ...args })) });
  for (const priority of [undefined, 9, 0, 9, 31, 200, 4, 5]) {
    channel.basicPublish(Message.of('', 'q', Buffer.from('x'), priority === undefined ? {} : { priority }), false, false);
  }
  channel.basicGet('q', false);
  channel.basicNack(1, false, true);
  channel.basicGet('q', false);
  const queue = broker.vhost('/')?.queues.get('q');
  if (queue === undefined) throw new Error('no queue');
  const view = queueView(broker, queue, new Rates(clock));
  const names = /^(messages(_(ready|unacknowledged|delayed|active|by|ram).*)?|delayed_retry|delivery_limit)$/;
  return Object.fromEntries(Object.entries(view).filter(([name]) => names.test(name) && !name.endsWith('_details')));
}

const counts = { messages: 8, messages_ready: 7, messages_unacknowledged: 1, messages_ram: 0 };

// What RabbitMQ 3.10.8, 4.0.5 and 4.3.6 show.
it('counts the messages of a quorum queue as each release does', () => {
  expect(shown('3.10.8')).toEqual(counts);
  expect(shown('4.0.5')).toEqual({
    ...counts,
    delivery_limit: 20,
    messages_ready_high: 4,
    messages_ready_normal: 3,
    messages_ready_returned: 0,
  });
  const delays = { 'x-delayed-retry-type': word('all'), 'x-delayed-retry-min': whole(20_000), 'x-delayed-retry-max': whole(90_000) };
  expect(shown('4.3.6', delays)).toEqual({
    ...counts,
    delayed_retry: 'all (min: 20000ms, max: 90000ms)',
    delivery_limit: 20,
    messages_active_priorities: 4,
    messages_by_priority: { 0: 1, 4: 2, 5: 1, 9: 2 },
    messages_delayed: 1,
    messages_ready: 6,
    messages_ready_returned: 0,
  });
});

function whole(value: number): Field {
  return { type: 'I', value };
}

function word(value: string): Field {
  return { type: 'S', value };
}
