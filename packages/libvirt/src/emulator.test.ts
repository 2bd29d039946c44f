import { Reader, WireError, Writer } from '@wirelike/kernel';
import { describeEmulator, type WireClient } from '@wirelike/testkit';
import libvirt from './index.ts';
import { beginPacket, decodeHeader, endPacket, packetLength, payload_offset_bytes, REMOTE_PROGRAM, REMOTE_VERSION } from './wire/packet.ts';
import { procedureNames } from './wire/procedure-names.ts';
import { type Arguments, type CallName, callCodec, procedureNumber, type Result } from './wire/procedures.ts';
import { compileFields } from './wire/schema.ts';
import { structs } from './wire/structs.ts';

function packet(procedure: number, serial: number, payload: (writer: Writer) => void): Buffer {
  const writer = new Writer();
  const start = beginPacket(writer, { program: REMOTE_PROGRAM, version: REMOTE_VERSION, procedure, type: 0, serial, status: 0 });
  payload(writer);
  endPacket(writer, start);
  return Buffer.from(writer.view());
}

function call<N extends CallName>(name: N, serial: number, args: Arguments<N>): Buffer {
  return packet(procedureNumber(name), serial, (writer) => callCodec(name)?.args.encode(writer, args));
}

function resultOf<N extends CallName>(name: N, reply: Buffer): Result<N>;
function resultOf(name: CallName, reply: Buffer): unknown {
  return callCodec(name)?.ret.decode(new Reader(reply, payload_offset_bytes));
}

/** The reply to the call of that serial; events and other replies pass by. */
async function replyTo(client: WireClient, serial: number): Promise<Buffer> {
  for (;;) {
    const frame = await client.frame(packetLength);
    const header = decodeHeader(frame, 0, frame.length);
    if (!(header instanceof WireError) && header.type === 1 && header.serial === serial) return frame;
  }
}

const open = call('CONNECT_OPEN', 1, { name: 'qemu:///system', flags: 0 });
const list = (serial: number): Buffer => call('CONNECT_LIST_ALL_DOMAINS', serial, { need_results: 1, flags: 0 });
const lookup = (serial: number): Buffer => call('DOMAIN_LOOKUP_BY_NAME', serial, { name: 'web-1' });

function define(serial: number, n: number): Buffer {
  const xml = `<domain type='qemu'><name>unit-${n}</name><memory>1024</memory><os><type>hvm</type></os></domain>`;
  return call('DOMAIN_DEFINE_XML', serial, { xml });
}

function frames(bytes: Buffer): number {
  let count = 0;
  for (let at = 0; at < bytes.length; count++) {
    const length = packetLength(bytes, at, bytes.length);
    if (length instanceof WireError || length === 0 || at + length > bytes.length) return -1;
    at += length;
  }
  return count;
}

describeEmulator(libvirt, {
  listener: 'libvirt',
  async open(client) {
    client.write(open);
    await replyTo(client, 1);
  },
  async mutate(client, n) {
    client.write(define(2, n));
    await replyTo(client, 2);
  },
  async observe(client) {
    client.write(list(3));
    const { domains } = resultOf('CONNECT_LIST_ALL_DOMAINS', await replyTo(client, 3));
    return domains
      .map(({ name, uuid, id }) => `${name} ${uuid} ${id}`)
      .sort()
      .join('\n');
  },
  session: {
    messages: [call('AUTH_LIST', 0, {}), open, define(2, 0), lookup(3), list(4), define(5, 1), list(6)],
    answered: (replies) => frames(replies) === 7,
  },
  frame(random) {
    const sample = [define(2, random.integer(100)), lookup(3), list(4)][random.integer(4)];
    if (sample !== undefined) {
      // Behind the length word: what is inside is anything, the frame stays a frame.
      for (let count = random.integer(5); count > 0; count--) sample[4 + random.integer(sample.length - 4)] = random.integer(256);
      return sample;
    }
    return packet(random.integer(procedureNames.length + 3), random.uint32(), (writer) => writer.copy(random.bytes(random.integer(120))));
  },
  oversized: [Buffer.from('ffffffff2000808600000001', 'hex'), Buffer.from('7fffffff', 'hex'), Buffer.from('02000005', 'hex')],
  flood: list(7),
  fault: {
    operation: 'DOMAIN_LOOKUP_BY_NAME',
    attributes: { name: 'web-1' },
    attributes_missed: { name: 'nobody' },
    async trigger(client) {
      client.write(lookup(9));
      return replyTo(client, 9);
    },
    error: { code: 38, text: 'the disk is on fire' },
    isError(answer) {
      const reply = Buffer.from(answer);
      const header = decodeHeader(reply, 0, reply.length);
      if (header instanceof WireError || header.status !== 1) return false;
      const { code, message } = compileFields(structs.error).decode(new Reader(reply, payload_offset_bytes));
      return code === 38 && message === 'the disk is on fire';
    },
  },
});
