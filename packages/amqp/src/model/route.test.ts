import { Clock, Random } from '@wirelike/kernel';
import { beforeEach, describe, expect, it } from 'vitest';
import { Broker } from './broker.ts';
import type { Channel } from './channel.ts';
import { type Field, text } from './field-table.ts';
import { Message } from './message.ts';
import { Recorder } from './recorder.ts';

let channel: Channel;

beforeEach(() => {
  const sink = new Recorder();
  channel = new Broker({ clock: new Clock(), random: new Random('test') })
    .connect({ user: 'guest', vhost: '/', name: 'test', sink })
    .openChannel(1, sink);
  for (const queue of ['one', 'other']) channel.queueDeclare({ queue });
});

function publish(exchange: string, routingKey: string, copies: Readonly<Record<string, string>>): void {
  const headers = new Map(Object.entries(copies).map(([name, key]): [string, Field] => [name, { type: 'A', value: [text(key)] }]));
  channel.basicPublish(Message.of(exchange, routingKey, Buffer.from('m'), { headers }), false, false);
}

const counts = (): number[] => ['one', 'other'].map((queue) => channel.queuePurge(queue));

describe('CC and BCC', () => {
  // RabbitMQ's Java client asserts it in its CcRoutes.
  it('are keys at every exchange on the way', () => {
    channel.exchangeDeclare({ exchange: 'first', type: 'direct' });
    channel.exchangeDeclare({ exchange: 'second', type: 'topic' });
    channel.exchangeBind({ destination: 'second', source: 'first', routingKey: 'cc' });
    channel.queueBind({ queue: 'one', exchange: 'second', routingKey: 'bcc' });
    publish('first', '', { CC: 'cc', BCC: 'bcc' });
    expect(counts()).toEqual([1, 0]);
  });

  it('leave the alternate exchange out if one of the keys leads somewhere', () => {
    channel.exchangeDeclare({ exchange: 'rest', type: 'fanout' });
    channel.exchangeDeclare({ exchange: 'x', type: 'direct', arguments: new Map([['alternate-exchange', text('rest')]]) });
    channel.queueBind({ queue: 'one', exchange: 'x', routingKey: 'cc' });
    channel.queueBind({ queue: 'other', exchange: 'rest', routingKey: '' });
    publish('x', 'nowhere', { CC: 'cc' });
    expect(counts()).toEqual([1, 0]);
    publish('x', 'nowhere', { CC: 'nowhere either' });
    expect(counts()).toEqual([0, 1]);
  });
});
