import { type Random, Writer } from '@wirelike/kernel';
import { describeEmulator, type WireClient } from '@wirelike/testkit';
import amqp from './index.ts';
import { frame_max_bytes, login, method, publish as publishFrames } from './wire/client-frames.fixture.ts';
import { FRAME_END, frameLength, readUint16, readUint32 } from './wire/frame.ts';
import { decodeFields, methodNameOf, methodNames, methodSpec } from './wire/method.ts';
import type { MethodName } from './wire/methods.ts';

const cut = frameLength({ frame_max_bytes, together: false });
const NO_ARGUMENTS = new Map();
/** content-type: text */
const PROPERTIES = Buffer.of(0x80, 0, 4, 0x74, 0x65, 0x78, 0x74);

const publish = (queue: string, body: string): Buffer =>
  publishFrames(queue, Buffer.from(body), { mandatory: true, properties: PROPERTIES });

const declare = (queue: string, passive = false): Buffer =>
  method(1, 'queue.declare', {
    ticket: 0,
    queue,
    passive,
    durable: false,
    exclusive: false,
    autoDelete: false,
    noWait: false,
    arguments: NO_ARGUMENTS,
  });

/** Everything up to the method `name`, which must come. */
async function until(client: WireClient, name: MethodName): Promise<Buffer> {
  for (;;) {
    const frame = await client.frame(cut);
    if (nameOf(frame) === name) return frame;
  }
}

function nameOf(frame: Buffer): MethodName | undefined {
  return frame[0] === 1 ? methodNameOf(readUint16(frame, 7), readUint16(frame, 9)) : undefined;
}

const countFrames = (bytes: Buffer): number => {
  let count = 0;
  for (let at = 0; at + 7 <= bytes.length; at += 8 + readUint32(bytes, at + 3)) count += 1;
  return count;
};

/** Queue n exists when its passive declaration does not fail; asked for one by one on channels of their own. */
async function observe(client: WireClient): Promise<string> {
  const seen: string[] = [];
  for (let n = 0; n < 20; n++) {
    client.write(declare(`probe-${n}`, true));
    const frame = await client.frame(cut);
    if (nameOf(frame) === 'queue.declare-ok') {
      const fields = decodeFields('queue.declare-ok', frame, 11, frame.length - 1);
      if (typeof fields === 'object') seen.push(`${fields.queue}: ${fields.messageCount}`);
    } else {
      client.write(Buffer.concat([method(1, 'channel.close-ok', {}), method(1, 'channel.open', { outOfBand: '' })]));
      await until(client, 'channel.open-ok');
    }
  }
  return seen.join('\n');
}

/** Frames with a right length and end octet: mostly methods that exist, with random arguments. */
function frame(random: Random): Uint8Array {
  const kind = random.integer(10);
  const channel = random.integer(4);
  const writer = new Writer();
  const random_bytes = random.bytes(random.integer(30));
  if (kind === 0) return sealed(writer, random.integer(10), channel, random_bytes);
  if (kind === 1) return sealed(writer, 2, channel, Buffer.concat([Buffer.from('003c00000000000000000005', 'hex'), random_bytes]));
  if (kind === 2) return sealed(writer, 3, channel, random_bytes);
  if (kind < 6) return publish('probe-0', 'x'.repeat(random.integer(50)));
  const names = methodNames();
  const { class: classId, id } = methodSpec(names[random.integer(names.length)] ?? 'channel.flow');
  return sealed(writer, 1, channel, Buffer.concat([Buffer.of(0, classId, 0, id), random_bytes]));
}

function sealed(writer: Writer, type: number, channel: number, payload: Uint8Array): Uint8Array {
  writer.uint8(type);
  writer.uint16(channel);
  writer.uint32(payload.length);
  writer.copy(payload);
  writer.uint8(FRAME_END);
  return Uint8Array.from(writer.view());
}

const get = (queue: string): Buffer => method(1, 'basic.get', { ticket: 0, queue, noAck: false });

describeEmulator(amqp, {
  listener: 'amqp',
  open: async (client) => {
    client.write(Buffer.concat(login));
    await until(client, 'channel.open-ok');
  },
  mutate: async (client, n) => {
    client.write(Buffer.concat([declare(`probe-${n}`), publish(`probe-${n}`, `message ${n}`), declare(`probe-${n}`, true)]));
    await until(client, 'queue.declare-ok');
    await until(client, 'queue.declare-ok');
  },
  observe,
  session: {
    messages: [
      ...login,
      declare('recorded'),
      publish('recorded', 'one'),
      publish('nowhere', 'two'),
      publish('recorded', 'three'),
      get('recorded'),
      method(1, 'basic.ack', { deliveryTag: 1, multiple: false }),
      get('recorded'),
      method(1, 'basic.qos', { prefetchSize: 0, prefetchCount: 10, global: false }),
      declare('recorded', true),
      method(1, 'basic.consume', {
        ticket: 0,
        queue: 'recorded',
        consumerTag: '',
        noLocal: false,
        noAck: false,
        exclusive: false,
        noWait: false,
        arguments: NO_ARGUMENTS,
      }),
      method(1, 'basic.reject', { deliveryTag: 2, requeue: true }),
    ],
    // Handshake 3, channel 1, declare 1, return 3, get 2 × 3, qos 1, declare 1, consume 1, deliver 3.
    answered: (replies) => countFrames(replies) === 20 && replies.at(-1) === FRAME_END,
  },
  frame,
  oversized: [
    Buffer.from([1, 0, 1, 0xff, 0xff, 0xff, 0xff, 0]),
    Buffer.from([3, 0, 1, 0x7f, 0xff, 0xff, 0xff, 0]),
    // A content of 2^63 bytes, which RabbitMQ waits for and nothing else, and one whose headers go on for 4 GiB.
    Buffer.concat([
      method(1, 'basic.publish', { ticket: 0, exchange: '', routingKey: '', mandatory: false, immediate: false }),
      Buffer.from('020001' + '0000000e' + '003c0000' + '7fffffffffffffff' + '0000' + 'ce', 'hex'),
      declare('instead'),
    ]),
    Buffer.concat([
      method(1, 'basic.publish', { ticket: 0, exchange: '', routingKey: '', mandatory: false, immediate: false }),
      Buffer.from('020001' + '00000013' + '003c0000' + '0000000000000000' + '2000' + 'ffffffff' + '41' + 'ce', 'hex'),
    ]),
  ],
  flood: declare('flood'),
  fault: {
    operation: 'queue.declare',
    attributes: { queue: 'faulty' },
    attributes_missed: { queue: 'other' },
    trigger: async (client) => {
      client.write(declare('faulty'));
      const answer = await client.frame(cut);
      return answer;
    },
    error: { code: 404, text: 'as the rule says' },
    isError: (answer) => {
      const frame = Buffer.from(answer);
      if (nameOf(frame) !== 'channel.close') return false;
      const fields = decodeFields('channel.close', frame, 11, frame.length - 1);
      return typeof fields === 'object' && fields.replyCode === 404 && fields.replyText === 'NOT_FOUND - as the rule says';
    },
  },
});
