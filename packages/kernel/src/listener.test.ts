import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { loadCertificates } from './certificates.ts';
import type { Address, ListenerSpec } from './emulator.ts';
import { ListenError, Listener, type ListenerOptions } from './listener.ts';
import { type ToyClient, toyClient, watched } from './toy-client.fixture.ts';
import { ToySession } from './toy-emulator.fixture.ts';

const spec = (more: Partial<ListenerSpec> = {}): ListenerSpec => ({ name: 'toy', transport: 'tcp', title: 'Toy', url: () => '', ...more });

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'wl-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

async function open(more: Partial<ListenerOptions> = {}): Promise<Listener> {
  let lastId = 0;
  const listener = await Listener.open({
    spec: spec(),
    hosts: ['127.0.0.1', '::1'],
    port: 0,
    path: '',
    certificates: undefined,
    nextConnectionId: () => ++lastId,
    serve: (connection) => new ToySession(connection, (line, session) => session.say(line)),
    ...more,
  });
  onTestFinished(() => {
    for (const connection of listener.connections) connection.destroy();
    return listener.stop();
  });
  return listener;
}

async function echoes(client: ToyClient, text = 'hello\n'): Promise<void> {
  client.socket.write(text);
  await vi.waitFor(() => expect(client.text()).toBe(text));
  client.socket.destroy();
}

describe('over TCP', () => {
  test('the same free port on both loopback addresses', async () => {
    const { address } = await open();
    expect(address).toMatchObject({ transport: 'tcp', host: '127.0.0.1', path: '' });
    for (const host of ['127.0.0.1', '::1']) await echoes(await toyClient({ ...address, host }));
  });

  test('on every address of the machine, clients are told one that they can connect to', async () => {
    expect((await open({ hosts: ['0.0.0.0'] })).address.host).toBe('127.0.0.1');
    expect((await open({ hosts: ['::'] })).address.host).toBe('::1');
  });

  test('an address that was given twice is one', async () => {
    const { address } = await open({ hosts: ['127.0.0.1', '127.0.0.1'] });
    await echoes(await toyClient(address));
  });

  test('a taken port: one line that names it and says what to do, and nothing stays open', async () => {
    const other = createServer().listen(0, '::1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const taken = other.address();
    const port = typeof taken === 'object' && taken !== null ? taken.port : 0;
    // Free on the first address, taken on the second.
    const error: unknown = await open({ port }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ListenError);
    expect(String(error)).toMatch(new RegExp(`^ListenError: Toy: port ${port} is taken: .*--port toy=PORT`));
    expect(String(error)).not.toContain('\n');
    const address: Address = { listener: 'toy', transport: 'tcp', host: '127.0.0.1', port, path: '' };
    await expect(toyClient(address)).rejects.toThrow('ECONNREFUSED');
  });

  test('a port of this very process: says whose it is, as long as it is', async () => {
    const { port } = (await open({ spec: spec({ name: 'control', title: 'HTTP' }) })).address;
    await expect(open({ port })).rejects.toThrow(
      `Toy: port ${port} is that of HTTP (control) already; choose another port with --port toy=PORT (0 for any free one)`,
    );
  });

  test('an address that the machine does not have', async () => {
    await expect(open({ hosts: ['203.0.113.1'] })).rejects.toThrow(/^Toy: this machine has no such address .*EADDRNOTAVAIL.*--bind/);
    const { address } = await open({ hosts: ['127.0.0.1', '2001:db8::1'] });
    await echoes(await toyClient(address));
  });

  test('stop: no new connections, the old ones are waited for', async () => {
    const listener = await open();
    const client = await toyClient(listener.address);
    client.socket.write('x\n');
    await vi.waitFor(() => expect(client.text()).toBe('x\n'));
    let stopped = false;
    const stopping = listener.stop().then(() => {
      stopped = true;
    });
    await expect(toyClient(listener.address)).rejects.toThrow('ECONNREFUSED');
    await echoesStill(client);
    expect(stopped).toBe(false);
    client.socket.end();
    await stopping;
    expect(listener.connections.size).toBe(0);
  });

  test('a session that can’t be made costs that client', async () => {
    const failures: unknown[] = [];
    const listener = await open({
      serve: () => {
        throw new Error('no session today');
      },
      failed: (_, error) => failures.push(error),
    });
    const client = await toyClient(listener.address);
    await client.ended;
    client.socket.destroy();
    expect(failures).toEqual([new Error('no session today')]);
    await vi.waitFor(() => expect(listener.connections.size).toBe(0));
  });

  test('a detached connection is counted until it is gone', async () => {
    const listener = await open({
      spec: spec({ detached: true }),
      serve: (connection) => {
        const stream = connection.detach();
        stream.on('data', (bytes) => stream.write(bytes));
        stream.on('end', () => stream.end());
        return undefined;
      },
    });
    const client = await toyClient(listener.address);
    client.socket.write('bare');
    await vi.waitFor(() => expect(client.text()).toBe('bare'));
    expect(listener.connections.size).toBe(1);
    client.socket.end();
    await vi.waitFor(() => expect(listener.connections.size).toBe(0));
  });

  test('a connection that the kernel reads can’t be detached, and is gone', async () => {
    const failures: unknown[] = [];
    const listener = await open({
      serve: (connection) => {
        connection.detach();
        return undefined;
      },
      failed: (_, error) => failures.push(error),
    });
    const client = await toyClient(listener.address);
    await client.ended;
    client.socket.destroy();
    expect(String(failures)).toContain('its listener is not `detached`');
  });
});

async function echoesStill(client: ToyClient): Promise<void> {
  const before = client.bytes();
  client.socket.write('still\n');
  await vi.waitFor(() => expect(client.bytes()).toBe(before + 6));
}

describe('over a unix socket', () => {
  const unix = spec({ transport: 'unix', socket: 'toy-sock' });

  test('serves, and is gone afterwards', async () => {
    const path = join(directory(), 'toy-sock');
    const listener = await open({ spec: unix, path });
    expect(listener.address).toEqual({ listener: 'toy', transport: 'unix', host: '', port: 0, path });
    await echoes(await toyClient(listener.address));
    await listener.stop();
    await expect(toyClient(listener.address)).rejects.toThrow('ENOENT');
  });

  test('replaces what a killed process left behind, but not a socket that answers', async () => {
    const path = join(directory(), 'toy-sock');
    const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    expect(spawnSync(process.execPath, ['-e', script]).signal).toBe('SIGKILL');
    expect(lstatSync(path).isSocket()).toBe(true);
    await echoes(await toyClient((await open({ spec: unix, path })).address));
    await expect(open({ spec: unix, path })).rejects.toThrow(/is taken: another wirelike/);
  });

  test('a file that is no socket is left alone', async () => {
    const path = join(directory(), 'toy-sock');
    writeFileSync(path, 'precious');
    await expect(open({ spec: unix, path })).rejects.toThrow('is not a socket');
  });

  test('a path longer than the system takes', async () => {
    const path = join(directory(), 'x'.repeat(120));
    await expect(open({ spec: unix, path })).rejects.toThrow(/longer than 103 bytes.*WIRELIKE_RUNTIME_DIR/);
  });
});

describe('over TLS', () => {
  async function openTls(): Promise<{ listener: Listener; ca: string; failures: unknown[] }> {
    const certificates = await loadCertificates(directory());
    const failures: unknown[] = [];
    const listener = await open({ spec: spec({ transport: 'tls' }), certificates, failed: (_, error) => failures.push(error) });
    return { listener, ca: certificates.ca, failures };
  }
  const secure = ({ port }: Address, ca: string, host: string): TLSSocket => connectTls({ host, port, ca, servername: 'localhost' });

  test('a client that trusts the authority', async () => {
    const { listener, ca } = await openTls();
    for (const host of ['127.0.0.1', '::1']) {
      const socket = secure(listener.address, ca, host);
      const client = await watched(socket, 'secureConnect');
      expect(socket.authorized).toBe(true);
      await echoes(client);
    }
    await vi.waitFor(() => expect(listener.connections.size).toBe(0));
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('a client that resumes its session of %s', async (maxVersion) => {
    const { listener, ca } = await openTls();
    const { port } = listener.address;
    const options = { host: '127.0.0.1', port, ca, servername: 'localhost', maxVersion };
    const first = connectTls(options);
    const sessions: Buffer[] = [];
    first.on('session', (each: Buffer) => sessions.push(each));
    await echoes(await watched(first, 'secureConnect'));
    const [session] = sessions;
    if (session === undefined) throw new Error('no session was offered');
    const second = connectTls({ ...options, session });
    const client = await watched(second, 'secureConnect');
    expect([second.isSessionReused(), second.authorized]).toEqual([true, true]);
    await echoes(client);
  });

  test('plain clients, half handshakes and clients that do not trust: each ends itself, nobody else', async () => {
    const { listener, ca, failures } = await openTls();
    const honest = await watched(secure(listener.address, ca, '127.0.0.1'), 'secureConnect');
    const plain = await toyClient(listener.address);
    plain.socket.write('hello\n');
    await plain.ended;
    plain.socket.destroy();
    const half = await toyClient(listener.address);
    half.socket.write(Buffer.from('16030100c8010000c40303', 'hex'));
    half.socket.destroy();
    const distrustful = connectTls({ host: '127.0.0.1', port: listener.address.port, servername: 'localhost' });
    await expect(watched(distrustful, 'secureConnect')).rejects.toThrow(/self.signed|unable to/);
    await vi.waitFor(() => expect(listener.connections.size).toBe(1));
    await echoes(honest);
    expect(failures).toEqual([]);
  });

  test('reset and end', async () => {
    const { listener, ca } = await openTls();
    for (const how of ['reset', 'end'] as const) {
      const client = await watched(secure(listener.address, ca, '127.0.0.1'), 'secureConnect');
      const [connection] = listener.connections;
      connection?.[how]();
      expect(['end', 'ECONNRESET', 'close']).toContain(await client.ended);
      client.socket.destroy();
      await vi.waitFor(() => expect(listener.connections.size).toBe(0));
    }
  });
});
