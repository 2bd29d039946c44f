import { World, Writer } from '@wirelike/kernel';
import { WireClient } from '@wirelike/testkit';
import { expect, onTestFinished, test } from 'vitest';
import amqp from '../index.ts';
import { Broker, Message, Recorder } from '../model/index.ts';
import { writeBodyStart, writeHeader } from '../wire/content.ts';
import type { Field } from '../wire/field.ts';
import { FRAME_END, frameLength } from '../wire/frame.ts';
import { type Fields, writeMethod } from '../wire/method.ts';
import type { MethodName } from '../wire/methods.ts';
import { decodeProperties, writeProperties } from '../wire/properties.ts';
import { PROTOCOL_HEADER } from '../wire/protocol-header.ts';

const header_frame = 2;
const headers = new Map<string, Field>(['zeta', 'Mid', 'alpha', '_'].map((name) => [name, { type: 'S', value: name }]));
const cut = frameLength({ frame_max_bytes: 0, together: false });

function frames(write: (writer: Writer) => void): Buffer {
  const writer = new Writer();
  write(writer);
  return Buffer.from(writer.view());
}

function method<N extends MethodName>(channel: number, name: N, fields: Fields<N>): Buffer {
  return frames((writer) => writeMethod(writer, channel, name, fields));
}

const properties = frames((writer) => writeProperties(writer, { contentType: 'text/plain', headers, priority: 1 }));
const publish = Buffer.concat([
  method(1, 'basic.publish', { ticket: 0, exchange: '', routingKey: 'q', mandatory: false, immediate: false }),
  frames((writer) => {
    writeHeader(writer, 1, 4, properties);
    writeBodyStart(writer, 1, 4);
    writer.copy(Buffer.from('body'));
    writer.uint8(FRAME_END);
  }),
]);
const get = method(1, 'basic.get', { ticket: 0, queue: 'q', noAck: true });
const table = new Map();
const begin = Buffer.concat([
  PROTOCOL_HEADER,
  method(0, 'connection.start-ok', {
    clientProperties: table,
    mechanism: 'PLAIN',
    response: Buffer.from('\0guest\0guest'),
    locale: 'en_US',
  }),
  method(0, 'connection.tune-ok', { channelMax: 10, frameMax: 131_072, heartbeat: 0 }),
  method(0, 'connection.open', { virtualHost: '/', capabilities: '', insist: false }),
  method(1, 'channel.open', { outOfBand: '' }),
  method(1, 'queue.declare', {
    ...{ ticket: 0, queue: 'q', passive: false, durable: true, exclusive: false, autoDelete: false, noWait: true, arguments: table },
  }),
]);

/** The names of the headers of a message that came over the wire, and of one that was published in process. */
async function received(persona: string): Promise<readonly (readonly string[])[]> {
  const world = await World.open({
    name: 'order',
    emulators: [amqp],
    ephemeral: true,
    without: ['amqps'],
    settings: { amqp: { persona } },
  });
  onTestFinished(() => world.close(0));
  const [address, broker] = [world.addresses.get('amqp'), world.model('amqp')];
  if (address === undefined || !(broker instanceof Broker)) throw new Error('no broker');
  const client = await WireClient.connect(address);
  onTestFinished(() => client.destroy());
  client.write(Buffer.concat([begin, publish, get]));
  const next = async (): Promise<readonly string[]> => {
    for (;;) {
      const frame = await client.frame(cut);
      if (frame[0] !== header_frame) continue;
      const found = decodeProperties(frame, 19, frame.length - 1);
      expect(found).toEqual({ contentType: 'text/plain', headers, priority: 1 });
      return [...(found?.headers?.keys() ?? [])];
    }
  };
  const overWire = await next();
  const message = Message.of('', 'q', Buffer.from('body'), { contentType: 'text/plain', headers, priority: 1 });
  broker
    .connect({ user: 'guest', vhost: '/', name: 'in process', sink: new Recorder() })
    .openChannel(1, new Recorder())
    .basicPublish(message, false, false);
  client.write(get);
  return [overWire, await next()];
}

// As 4.0.5 and 3.10.8 were seen to do; 3.13 does by its source.
test.each([
  ['4', ['Mid', '_', 'alpha', 'zeta']],
  ['3.13', ['Mid', '_', 'alpha', 'zeta']],
  ['3.10', ['zeta', 'Mid', 'alpha', '_']],
])('persona %s: headers come in the order %j', async (persona, names) => {
  expect(await received(persona)).toEqual([names, names]);
});
