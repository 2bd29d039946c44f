import { WireError, Writer } from '@wirelike/kernel';
import { describeEmulator, type WireClient } from '@wirelike/testkit';
import ldap from './index.ts';
import { BerReader, ENUMERATED, OCTET_STRING, SEQUENCE, SET } from './wire/ber-reader.ts';
import { closeElement, openElement, writeBoolean, writeInteger, writeValue } from './wire/ber-writer.ts';
import { messageLength } from './wire/framing.ts';

const frameLength = messageLength(1 << 20);

function message(id: number, tag: number, content: (writer: Writer) => void): Buffer {
  const writer = new Writer();
  const outer = openElement(writer, SEQUENCE);
  writeInteger(writer, id);
  const operation = openElement(writer, tag);
  content(writer);
  closeElement(writer, operation);
  closeElement(writer, outer);
  return Buffer.from(writer.view());
}

const BASE = 'dc=example,dc=com';

function bindRequest(id: number, password = 'secret'): Buffer {
  return message(id, 0x60, (writer) => {
    writeInteger(writer, 3);
    writeValue(writer, `cn=admin,${BASE}`);
    writeValue(writer, password, 0x80);
  });
}

function addRequest(id: number, n: number): Buffer {
  return message(id, 0x68, (writer) => {
    writeValue(writer, `ou=unit ${n},${BASE}`);
    const list = openElement(writer, SEQUENCE);
    const attribute = openElement(writer, SEQUENCE);
    writeValue(writer, 'objectClass');
    const set = openElement(writer, SET);
    writeValue(writer, 'organizationalUnit');
    closeElement(writer, set);
    closeElement(writer, attribute);
    closeElement(writer, list);
  });
}

function searchRequest(id: number, attribute = '*'): Buffer {
  return message(id, 0x63, (writer) => {
    writeValue(writer, BASE);
    writeInteger(writer, 2, ENUMERATED);
    writeInteger(writer, 0, ENUMERATED);
    writeInteger(writer, 0);
    writeInteger(writer, 0);
    writeBoolean(writer, false);
    writeValue(writer, 'objectClass', 0x87);
    const list = openElement(writer, SEQUENCE);
    writeValue(writer, attribute);
    closeElement(writer, list);
  });
}

interface Response {
  readonly id: number;
  readonly tag: number;
  readonly bytes: Buffer;
}

function response(bytes: Buffer): Response {
  const reader = new BerReader(bytes);
  reader.enter(SEQUENCE);
  const id = reader.integer();
  return { id, tag: reader.tag, bytes };
}

/** The answers up to the final one for `id`. */
async function answers(client: WireClient, id: number): Promise<readonly Response[]> {
  const all: Response[] = [];
  for (;;) {
    const next = response(await client.frame(frameLength));
    all.push(next);
    if (next.id === id && next.tag !== 0x64) return all;
  }
}

function frames(bytes: Buffer): readonly Response[] {
  const all: Response[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = frameLength(bytes, at, bytes.length);
    if (length instanceof WireError || length === 0 || at + length > bytes.length) return [];
    all.push(response(bytes.subarray(at, at + length)));
    at += length;
  }
  return all;
}

function resultOf(bytes: Uint8Array): { readonly code: number; readonly text: string } {
  const reader = new BerReader(Buffer.from(bytes));
  reader.enter(SEQUENCE);
  reader.integer();
  reader.enter(reader.tag);
  const code = reader.integer(ENUMERATED);
  reader.text(OCTET_STRING);
  return { code, text: reader.text(OCTET_STRING) };
}

const OPERATION_TAGS = [0x60, 0x42, 0x63, 0x66, 0x68, 0x4a, 0x6c, 0x6e, 0x50, 0x77];

describeEmulator(ldap, {
  listener: 'ldap',
  async open(client) {
    client.write(bindRequest(1));
    await answers(client, 1);
  },
  async mutate(client, n) {
    client.write(addRequest(2, n));
    await answers(client, 2);
  },
  async observe(client) {
    client.write(searchRequest(3));
    return (await answers(client, 3)).map(({ bytes }) => bytes.toString('latin1')).join('\n');
  },
  session: {
    messages: [bindRequest(1), addRequest(2, 0), searchRequest(3, '1.1'), addRequest(4, 1), searchRequest(5, 'entryUUID')],
    answered: (replies) => frames(replies).filter(({ tag }) => tag !== 0x64).length === 5,
  },
  frame(random) {
    const sample = [bindRequest(1), addRequest(2, random.integer(100)), searchRequest(3)][random.integer(4)];
    if (sample !== undefined) {
      // Behind the outer length: what is inside is anything, the frame stays a frame.
      for (let count = random.integer(4); count > 0; count--) sample[3 + random.integer(sample.length - 3)] = random.integer(256);
      return sample;
    }
    return message(1 + random.integer(100), OPERATION_TAGS[random.integer(OPERATION_TAGS.length)] ?? 0x60, (writer) =>
      writer.copy(random.bytes(random.integer(100))),
    );
  },
  oversized: [Buffer.from('3084ffffffff', 'hex'), Buffer.from('30847fffffff0201', 'hex')],
  flood: searchRequest(7),
  fault: {
    operation: 'search',
    attributes: { dn: BASE, scope: 'sub' },
    attributes_missed: { dn: 'dc=org' },
    async trigger(client) {
      client.write(searchRequest(9));
      return (await answers(client, 9)).at(-1)?.bytes ?? Buffer.alloc(0);
    },
    error: { code: 'busy', text: 'come back later' },
    isError: (answer) => {
      const { code, text } = resultOf(answer);
      return code === 51 && text === 'come back later';
    },
  },
});
