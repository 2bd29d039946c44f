import { statSync } from 'node:fs';
import { connect } from 'node:net';
import { Client } from 'net-ipc';
import { describe, expect, it } from 'vitest';
import { type OpenHub, openHub, say } from '../open-hub.fixture.ts';

async function client({ path }: OpenHub): Promise<Client> {
  return new Client({ path, reconnect: false }).connect();
}

/** Sends bytes and resolves when the hub has closed the connection. */
function send(path: string, bytes: Buffer, end = false): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(path, () => (end ? socket.end(bytes) : socket.write(bytes)));
    socket.resume();
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
  });
}

function frame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  return Buffer.concat([Buffer.from(length > 127 ? [length >> 7, (length & 127) | 128] : [length | 128]), Buffer.from(text)]);
}

const HANDSHAKE = Buffer.concat([Buffer.from('IPC'), frame('{"t":0,"d":{}}')]);

describe('control over net-ipc', () => {
  it('answers an unmodified net-ipc client', async () => {
    await using open = await openHub();
    const ipc = await client(open);
    expect(await ipc.request({ operation: 'clock.freeze' })).toMatchObject({ result: { frozen: true } });
    expect(await ipc.request({ operation: 'clok.freeze' })).toEqual({
      error: { message: 'unknown operation "clok.freeze": did you mean "clock.freeze"?' },
    });
    expect(await ipc.request('nonsense')).toEqual({ error: { message: 'expected { operation: NAME, parameters: {…} }' } });
    expect(await ipc.ping()).toBeGreaterThanOrEqual(0);
    await ipc.close();
  });

  it('carries messages longer than a socket buffer, both ways', async () => {
    await using open = await openHub();
    const ipc = await client(open);
    const text = 'x'.repeat(3_000_000);
    expect(await ipc.request({ operation: 'echo.greet', parameters: { text } })).toMatchObject({ result: { greeting: text } });
    await ipc.close();
  });

  it('follows nothing for a client that hangs up, or takes it back, while the stream is being opened', async () => {
    await using open = await openHub();
    const ipc = await client(open);
    const asked = ipc.request({ operation: 'journal.follow', stream: 5 }).catch(() => undefined);
    expect(await ipc.request({ operation: 'journal.follow', stream: 5 })).toEqual({ error: { message: 'stream 5 is open already' } });
    await ipc.send({ stop: 5 });
    await asked;
    await expect.poll(() => open.hub.world().world.journal.enabled).toBe(false);
    ipc.request({ operation: 'journal.follow', stream: 6 }).catch(() => undefined);
    await ipc.close();
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(open.hub.world().world.journal.enabled).toBe(false);
  });

  it('follows the journal, which is on as long as somebody does', async () => {
    await using open = await openHub();
    const ipc = await client(open);
    const seen: unknown[] = [];
    ipc.on('message', (message: unknown) => seen.push(message));
    expect(await ipc.request({ operation: 'journal.follow', parameters: { operation: 'echo' }, stream: 5 })).toEqual({ result: {} });
    await say(open.hub, 'x');
    await expect.poll(() => seen).toMatchObject([{ stream: 5, item: { operation: 'echo', attributes: { line: 'x' } } }]);
    await ipc.send({ stop: 5 });
    await expect.poll(() => open.hub.world().world.journal.enabled).toBe(false);
    await ipc.request({ operation: 'journal.follow', stream: 5 });
    expect(open.hub.world().world.journal.enabled).toBe(true);
    await ipc.close();
    await expect.poll(() => open.hub.world().world.journal.enabled).toBe(false);
  });

  it('is for this user only', async () => {
    await using open = await openHub();
    expect(statSync(open.path).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['half a greeting of HTTP', Buffer.from('GET')],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['zeros', Buffer.alloc(1_000_000)],
    ['a length of 4 GiB', Buffer.concat([Buffer.from('IPC'), Buffer.from([0x0f, 0x7f, 0x7f, 0x7f, 0xff])])],
    ['a length without end', Buffer.concat([Buffer.from('IPC'), Buffer.alloc(100)])],
    ['no JSON', Buffer.concat([Buffer.from('IPC'), frame('{"t":0')])],
    ['null', Buffer.concat([HANDSHAKE, frame('null')])],
    ['a request before the handshake', Buffer.concat([Buffer.from('IPC'), frame('{"t":2,"d":{},"n":"x"}')])],
    ['a second handshake', Buffer.concat([HANDSHAKE, frame('{"t":0,"d":{}}')])],
    ['a response to nobody', Buffer.concat([HANDSHAKE, frame('{"t":3,"d":1,"n":"constructor"}')])],
  ])('closes on %s and lives on', async (_, bytes) => {
    await using open = await openHub();
    const other = await client(open);
    await send(open.path, bytes);
    await send(open.path, bytes, true);
    expect(await other.request({ operation: 'status' })).toMatchObject({ result: { pid: process.pid } });
    await other.close();
  });

  it('gives no client the name of another', async () => {
    await using open = await openHub();
    const victim = await client(open);
    const thief = new Client({ path: open.path, reconnect: false });
    if (victim.id !== undefined) thief.id = victim.id;
    await thief.connect();
    expect(thief.id).not.toBe(victim.id);
    await Promise.all([victim.close(), thief.close()]);
  });
});
