import { Clock, Random } from '@wirelike/kernel';
import { Broker } from './broker.ts';
import type { Channel } from './channel.ts';
import { type Field, type Table, text } from './field-table.ts';
import { type BasicProperties, Message } from './message.ts';
import { Recorder } from './recorder.ts';

// A broker with one channel, in frozen time, anew for each test.
export let broker: Broker;
export let clock: Clock;
export let channel: Channel;
export let sink: Recorder;

/** `version` is a series or a whole version. */
export function start(version = '4'): void {
  clock = new Clock();
  clock.freeze();
  clock.set(1_700_000_000_000);
  broker = new Broker({ clock, random: new Random('test'), version });
  ({ channel, sink } = open());
}

export function open(): { channel: Channel; sink: Recorder } {
  const sink = new Recorder();
  return { channel: broker.connect({ user: 'guest', vhost: '/', name: 'test', sink }).openChannel(1, sink), sink };
}

type Values = Readonly<Record<string, string | number | boolean>>;

export function args(values: Values): Table {
  return new Map(Object.entries(values).map(([name, value]) => [name, field(value)]));
}

function field(value: string | number | boolean): Field {
  if (typeof value === 'number') return { type: 'I', value };
  return typeof value === 'boolean' ? { type: 't', value } : text(value);
}

export function declare(queue: string, values: Values = {}): void {
  channel.queueDeclare({ queue, durable: values['x-queue-type'] !== undefined, arguments: args(values) });
}

export function publish(routingKey: string, body: string, properties?: BasicProperties, exchange = ''): void {
  channel.basicPublish(Message.of(exchange, routingKey, Buffer.from(body), properties), false, false);
}

export function drain(queue: string): string[] {
  const bodies: string[] = [];
  for (let got = channel.basicGet(queue, true); got !== undefined; got = channel.basicGet(queue, true)) {
    bodies.push(Buffer.from(got.message.body).toString());
  }
  return bodies;
}
