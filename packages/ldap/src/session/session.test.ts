import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { World } from '@wirelike/kernel';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import ldap from '../index.ts';
import { Directory } from '../model/directory.ts';
import { BerReader, ENUMERATED, OCTET_STRING, SEQUENCE } from '../wire/ber-reader.ts';

const BASE = 'dc=example,dc=com';

function tlv(tag: number, ...content: readonly (Buffer | string | number)[]): Buffer {
  const body = Buffer.concat(content.map((each) => (typeof each === 'number' ? Buffer.from([each]) : Buffer.from(each))));
  const length = body.length < 0x80 ? Buffer.from([body.length]) : Buffer.from([0x84, 0, 0, body.length >> 8, body.length & 0xff]);
  return Buffer.concat([Buffer.from([tag]), length, body]);
}

const message = (id: number, operation: Buffer, controls: Buffer = Buffer.alloc(0)): Buffer => tlv(0x30, tlv(2, id), operation, controls);
const bind = (id: number, name: string, password: string): Buffer => message(id, tlv(0x60, tlv(2, 3), tlv(4, name), tlv(0x80, password)));
const abandon = (id: number, target: number): Buffer => message(id, tlv(0x50, target));
const whoami = (id: number): Buffer => message(id, tlv(0x77, tlv(0x80, '1.3.6.1.4.1.4203.1.11.3')));

function search(id: number, filter: Buffer = tlv(0x87, 'objectClass'), limit = 0, controls?: Buffer): Buffer {
  const operation = tlv(0x63, tlv(4, BASE), tlv(10, 2), tlv(10, 0), tlv(2, limit), tlv(2, 0), tlv(1, 0), filter, tlv(0x30));
  return message(id, operation, controls);
}

interface Answer {
  readonly id: number;
  readonly tag: number;
  readonly code: number;
  readonly text: string;
}

/** A connection that keeps what it receives. */
class Client {
  readonly socket: Socket;
  readonly #chunks: Buffer[] = [];
  #closed = false;

  constructor(world: World) {
    this.socket = connect(world.addresses.get('ldap')?.port ?? 0, '127.0.0.1');
    this.socket.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.#closed = true;
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  answers(): readonly Answer[] {
    const reader = new BerReader(Buffer.concat(this.#chunks));
    const all: Answer[] = [];
    while (reader.more) {
      const outer = reader.enter(SEQUENCE);
      const id = reader.integer();
      const { tag } = reader;
      const inner = reader.enter(tag);
      const code = tag === 0x64 ? 0 : reader.integer(ENUMERATED);
      if (tag !== 0x64) reader.value(OCTET_STRING);
      const text = tag === 0x64 ? '' : reader.text(OCTET_STRING);
      reader.leave(inner);
      reader.leave(outer);
      if (reader.failed) break;
      all.push({ id, tag, code, text });
    }
    return all;
  }

  /** The final answer to a message. */
  async answer(id: number): Promise<Answer> {
    for (;;) {
      const found = this.answers().find((each) => each.id === id && each.tag !== 0x64);
      if (found !== undefined) return found;
      if (this.#closed) throw new Error(`closed before the answer to ${id}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  async ended(): Promise<void> {
    if (!this.#closed) await once(this.socket, 'close');
  }
}

describe('a session', () => {
  let world: World;
  let client: Client;

  beforeEach(async () => {
    world = await World.open({ name: 'session', emulators: [ldap], ephemeral: true, without: ['ldaps'] });
    client = new Client(world);
  });

  afterEach(async () => {
    client.socket.destroy();
    await world.close(0);
  });

  const fill = (count: number): void => {
    const directory = world.model('ldap');
    if (!(directory instanceof Directory)) throw new Error('not a directory');
    for (let n = 0; n < count; n++) {
      directory.add(`cn=p${n},ou=people,${BASE}`, [
        { name: 'objectClass', values: ['person'] },
        { name: 'sn', values: [`s${n}`] },
        { name: 'description', values: ['x'.repeat(1_000)] },
      ]);
    }
  };

  test('answers what is pipelined in order', async () => {
    client.socket.write(Buffer.concat([whoami(1), bind(2, `cn=admin,${BASE}`, 'secret'), search(3), whoami(4)]));
    await client.answer(4);
    expect(
      client
        .answers()
        .filter(({ tag }) => tag !== 0x64)
        .map(({ id }) => id),
    ).toEqual([1, 2, 3, 4]);
  });

  test('5,000 abandons in one write are nothing', async () => {
    const many = Array.from({ length: 5_000 }, (_, index) => abandon(1 + (index % 100), 1));
    client.socket.write(Buffer.concat([...many, whoami(120)]));
    expect(await client.answer(120)).toMatchObject({ code: 0 });
  });

  test('an abandoned search says nothing more', async () => {
    fill(5_000);
    client.socket.write(Buffer.concat([bind(1, `cn=admin,${BASE}`, 'secret'), search(2), abandon(3, 2), whoami(4)]));
    await client.answer(4);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(client.answers().some(({ id, tag }) => id === 2 && tag !== 0x64)).toBe(false);
  });

  test('a search that somebody does not read waits, and others do not', async () => {
    fill(10_000);
    client.socket.write(Buffer.concat([bind(1, `cn=admin,${BASE}`, 'secret')]));
    await client.answer(1);
    client.socket.pause();
    client.socket.write(search(2));
    const other = new Client(world);
    other.socket.write(whoami(1));
    expect(await other.answer(1)).toMatchObject({ code: 0 });
    other.socket.destroy();
    client.socket.resume();
    expect(await client.answer(2)).toMatchObject({ code: 0 });
    expect(client.answers().filter(({ tag }) => tag === 0x64)).toHaveLength(10_000 + 7);
  });

  test('returns 500 entries to anybody but the administrator', async () => {
    fill(600);
    client.socket.write(Buffer.concat([search(1), search(2, undefined, 100)]));
    expect(await client.answer(1)).toMatchObject({ code: 4 });
    expect(await client.answer(2)).toMatchObject({ code: 4 });
    expect(client.answers().filter(({ id, tag }) => id === 1 && tag === 0x64)).toHaveLength(500);
    expect(client.answers().filter(({ id, tag }) => id === 2 && tag === 0x64)).toHaveLength(100);
  });

  test('a hostile filter of 2,000 items, 500 deep, holds nobody up', async () => {
    fill(200);
    const item = tlv(0xa4, tlv(4, 'cn'), tlv(0x30, tlv(0x81, 'zz')));
    let filter = item;
    for (let level = 0; level < 500; level++) filter = tlv(level % 2 === 0 ? 0xa0 : 0xa1, filter, item, item, item, item);
    client.socket.write(search(1, filter));
    const other = new Client(world);
    other.socket.write(whoami(1));
    expect(await other.answer(1)).toMatchObject({ code: 0 });
    other.socket.destroy();
    expect(await client.answer(1)).toMatchObject({ code: 0 });
  });

  test('a bind makes room for larger messages', async () => {
    const large = Buffer.alloc(300_000, 'x');
    const body = Buffer.concat([tlv(2, 2), Buffer.concat([Buffer.from([0x4a, 0x84, 0, 4, 0x93, 0xe0]), large])]);
    const request = Buffer.concat([Buffer.from([0x30, 0x84, 0, 4, 0x93, 0xe9]), body]);
    client.socket.write(request);
    await client.ended();
    expect(client.answers()).toEqual([]);
    const bound = new Client(world);
    bound.socket.write(Buffer.concat([bind(1, `cn=admin,${BASE}`, 'secret'), request]));
    expect(await bound.answer(2)).toMatchObject({ code: 34, text: 'invalid DN' });
    bound.socket.destroy();
  });

  test.each([
    ['a response', message(1, tlv(0x61)), 'unknown LDAP request'],
    ['an operation without content', message(1, tlv(0x63)), 'decoding error'],
    ['message id 0', message(0, tlv(0x42)), 'decoding error'],
    ['controls that are none', search(1, undefined, 0, tlv(0xa0, 1, 2)), 'decoding controls error'],
  ])('says why it hangs up after %s', async (_, bytes, text) => {
    client.socket.write(bytes);
    await client.ended();
    expect(client.answers()).toEqual([{ id: 0, tag: 0x78, code: 2, text }]);
  });

  test('says goodbye when the world closes', async () => {
    client.socket.write(whoami(1));
    await client.answer(1);
    await Promise.all([world.close(), client.ended()]);
    expect(client.answers().at(-1)).toEqual({ id: 0, tag: 0x78, code: 52, text: 'server shutting down' });
  });

  test('never shows a password in the journal', async () => {
    world.journal.enable();
    client.socket.write(bind(1, `uid=ann,ou=people,${BASE}`, 'ann-secret'));
    expect(await client.answer(1)).toMatchObject({ code: 49 });
    const events = [...world.journal.events()].map(({ operation, attributes, outcome }) => ({ operation, outcome, attributes }));
    expect(events.at(-1)).toMatchObject({
      operation: 'bind',
      attributes: { authentication: 'simple' },
      outcome: { code: 'invalidCredentials' },
    });
    expect(JSON.stringify(events)).not.toContain('ann-secret');
  });
});
