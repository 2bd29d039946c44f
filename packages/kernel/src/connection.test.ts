import { once } from 'node:events';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Connection, HOLD_FAULT, HOLD_SESSION } from './connection.ts';
import { output_backlog_max_bytes, output_congested_bytes } from './limits.ts';
import { Listener } from './listener.ts';
import { pause, type ToyClient, toyClient } from './toy-client.fixture.ts';
import { ToySession } from './toy-emulator.fixture.ts';

interface Served {
  readonly listener: Listener;
  readonly client: ToyClient;
  readonly session: ToySession;
  readonly connection: Connection;
  readonly failures: unknown[];
}

/** One client connected to one session whose lines go to `receive`. */
async function served(receive: (line: string, session: ToySession) => void = () => undefined, paused = false): Promise<Served> {
  const sessions: ToySession[] = [];
  const failures: unknown[] = [];
  let lastId = 0;
  const listener = await Listener.open({
    spec: { name: 'toy', transport: 'tcp', title: 'Toy', url: () => '' },
    hosts: ['127.0.0.1'],
    port: 0,
    path: '',
    certificates: undefined,
    nextConnectionId: () => ++lastId,
    serve: (connection) => {
      const session = new ToySession(connection, receive);
      sessions.push(session);
      return session;
    },
    failed: (_, error) => failures.push(error),
  });
  const client = await toyClient(listener.address, paused);
  await vi.waitFor(() => expect(sessions).toHaveLength(1));
  const session = sessions[0];
  if (session === undefined) throw new Error('no session');
  onTestFinished(async () => {
    client.socket.destroy();
    session.connection.destroy();
    await listener.stop();
  });
  return { listener, client, session, connection: session.connection, failures };
}

const echo = (line: string, session: ToySession): void => session.say(line);

describe('frames', () => {
  test('arrive one by one, however they were sent; answers leave together', async () => {
    const { client, session, connection } = await served(echo);
    let chunks = 0;
    client.socket.on('data', () => chunks++);
    client.socket.write('one\ntwo\nthr');
    await vi.waitFor(() => expect(client.text()).toBe('one\ntwo\n'));
    expect(chunks).toBe(1);
    client.socket.write('ee\n');
    await vi.waitFor(() => expect(client.text()).toBe('one\ntwo\nthree\n'));
    expect(session.heard).toEqual(['one', 'two', 'three']);
    expect([connection.bytes_received, connection.bytes_sent]).toEqual([14, 14]);
    expect(connection.peer).toMatchObject({ transport: 'tcp', address: '127.0.0.1', local_address: '127.0.0.1' });
  });

  test('what is not the protocol is refused in its words, and ends the connection', async () => {
    const { client, session } = await served(echo);
    client.socket.write('fine\n\0garbage\nmore\n');
    expect(await client.ended).toBe('end');
    expect(client.text()).toBe('fine\nrefused a zero byte\n');
    expect(session.heard).toEqual(['fine']);
    client.socket.end();
    await vi.waitFor(() => expect(session.closes).toBe(1));
  });

  test('written outside of receive, they leave at the end of the turn', async () => {
    const { client, session, connection } = await served();
    session.say('a');
    session.say('b');
    expect(connection.backlog_bytes).toBe(4);
    await vi.waitFor(() => expect(client.text()).toBe('a\nb\n'));
  });

  test('long bodies are passed through in order', async () => {
    const { client, session, connection } = await served();
    const body = Buffer.alloc(100_000, 'x');
    session.say('before');
    connection.pass(body);
    connection.pass(Buffer.from('short\n'));
    session.say('after');
    await vi.waitFor(() => expect(client.bytes()).toBe(100_000 + 'before\nshort\nafter\n'.length));
    expect(client.text().replace(/x+/, '[body]')).toBe('before\n[body]short\nafter\n');
  });
});

describe('holding the input', () => {
  test('waits for the last reason to go, and loses nothing', async () => {
    const { client, session, connection } = await served((line, { connection: own }) => {
      if (line === 'stop') own.hold(HOLD_SESSION);
    });
    client.socket.write('a\nstop\nb\n');
    await vi.waitFor(() => expect(session.heard).toEqual(['a', 'stop']));
    client.socket.write('c\n');
    connection.hold(HOLD_FAULT);
    connection.release(HOLD_SESSION);
    await pause(20);
    expect(connection.held).toBe(true);
    expect(session.heard).toEqual(['a', 'stop']);
    connection.release(HOLD_FAULT);
    await vi.waitFor(() => expect(session.heard).toEqual(['a', 'stop', 'b', 'c']));
  });

  test('held and released while a frame is being received', async () => {
    const { client, session } = await served((line, { connection: own }) => {
      own.hold(HOLD_SESSION);
      own.hold(HOLD_FAULT);
      own.release(HOLD_FAULT);
      if (line !== 'b') own.release(HOLD_SESSION);
      else setTimeout(() => own.release(HOLD_SESSION), 10);
    });
    client.socket.write('a\nb\nc\n');
    await vi.waitFor(() => expect(session.heard).toEqual(['a', 'b', 'c']));
  });

  test('a client that has ended its side is served first', async () => {
    const { client, session } = await served((line, { connection: own, say }) => {
      if (line !== 'wait') return;
      own.hold(HOLD_FAULT);
      setTimeout(() => {
        say.call(session, 'waited');
        own.release(HOLD_FAULT);
      }, 30);
    });
    client.socket.end('wait\nlast\n');
    expect(await client.ended).toBe('end');
    expect(client.text()).toBe('waited\n');
    expect(session.heard).toEqual(['wait', 'last']);
  });
});

describe('the end', () => {
  test('output is flushed, input ignored', async () => {
    const { client, session } = await served((line, own) => {
      own.say(`bye ${line}`);
      own.connection.end();
      own.say('too late to be read, and harmless');
    });
    client.socket.write('a\nb\n');
    expect(await client.ended).toBe('end');
    expect(client.text().startsWith('bye a\n')).toBe(true);
    client.socket.write('c\n');
    client.socket.end();
    await vi.waitFor(() => expect(session.closes).toBe(1));
    expect(session.heard).toEqual(['a']);
    session.say('after the close');
    session.connection.flush();
    session.connection.pass(Buffer.alloc(50_000));
    expect(session.connection.backlog_bytes).toBe(0);
  });

  test('a peer that never ends its side is cut off', async () => {
    const { session, connection } = await served();
    connection.end(50);
    await vi.waitFor(() => expect(session.closes).toBe(1), 1_000);
  });

  test('a slow reader gets everything as long as it reads', async () => {
    const { client, session, connection } = await served(undefined, true);
    const length = 30_000_000;
    connection.pass(Buffer.alloc(length, 'x'));
    connection.end(300);
    session.say('what is said after the end is lost, and costs nothing else');
    connection.pass(Buffer.alloc(50_000));
    connection.hold(HOLD_SESSION);
    let read = 0;
    client.socket.on('data', (chunk: Buffer) => {
      read += chunk.length;
      client.socket.pause();
      setTimeout(() => client.socket.resume(), 1);
    });
    await once(client.socket, 'end');
    expect(read).toBe(length);
  });

  test('destroyed in the middle of a frame', async () => {
    const { client, session, failures } = await served((_, own) => {
      own.say('never seen');
      own.connection.destroy();
    });
    client.socket.write('a\nb\n');
    await client.ended;
    await vi.waitFor(() => expect(session.closes).toBe(1));
    expect([session.heard, client.text(), failures]).toEqual([['a'], '', []]);
  });

  test('reset is a TCP reset', async () => {
    const { client, connection } = await served();
    connection.reset();
    expect(await client.ended).toBe('ECONNRESET');
  });

  test('an end that can be a reset is none for a client that has yet to read', async () => {
    const { client, session, connection } = await served();
    connection.resets_at_end = true;
    session.say('before');
    connection.pass(Buffer.alloc(8 * output_congested_bytes, 'x'));
    connection.end(5_000);
    expect(await client.ended).toBe('end');
    expect(client.bytes()).toBe('before\n'.length + 8 * output_congested_bytes);
  });

  test('an end can be a reset', async () => {
    const { client, connection } = await served();
    connection.resets_at_end = true;
    connection.end();
    expect(await client.ended).toBe('ECONNRESET');
  });

  test('the end that comes later hears and says nothing more', async () => {
    const { client, session, connection } = await served(echo);
    session.say('last words');
    connection.endLater(100);
    expect(connection.ending).toBe(true);
    session.say('too late');
    client.socket.write('anybody?\n');
    await pause(50);
    expect([client.text(), session.heard, connection.closed]).toEqual(['last words\n', [], false]);
    expect(await client.ended).toBe('end');
  });

  test('the end that comes later comes at once for a client that has ended its side', async () => {
    const { client, connection } = await served();
    connection.endLater(60_000);
    client.socket.end();
    expect(await client.ended).toBe('end');
  });

  test('a session that throws costs its own connection', async () => {
    const { client, session, failures } = await served(() => {
      throw new Error('mine');
    });
    client.socket.write('a\n');
    await client.ended;
    await vi.waitFor(() => expect(session.closes).toBe(1));
    expect(failures).toEqual([new Error('mine')]);
  });

  test('timers go with the connection', async () => {
    const { client, session, connection } = await served();
    let fired = 0;
    connection.after(1, () => fired++);
    await vi.waitFor(() => expect(fired).toBe(1));
    connection.after(1, () => fired++).cancel();
    connection.after(60, () => fired++);
    client.socket.destroy();
    await vi.waitFor(() => expect(session.closes).toBe(1));
    connection.after(1, () => fired++);
    await pause(80);
    expect(fired).toBe(1);
  });
});

describe('a peer that does not read', () => {
  test('its input waits, and goes on when it reads again', async () => {
    const { client, session, connection } = await served((line, own) => {
      if (line === 'flood') own.connection.pass(Buffer.alloc(20_000_000));
    }, true);
    client.socket.write('flood\nnext\n');
    await vi.waitFor(() => expect(connection.congested).toBe(true));
    await pause(20);
    expect(connection.backlog_bytes).toBeGreaterThan(output_congested_bytes);
    expect([connection.held, session.heard]).toEqual([true, ['flood']]);
    client.socket.resume();
    await vi.waitFor(() => expect(session.heard).toEqual(['flood', 'next']));
    expect([session.drains, connection.congested, connection.held]).toEqual([1, false, false]);
  });

  test('beyond the limit it is disconnected', async () => {
    const { session, connection } = await served(undefined, true);
    connection.congestion_holds_input = false;
    const body = Buffer.alloc(8_000_000);
    for (let sent = 0; sent < output_backlog_max_bytes + 32_000_000; sent += body.length) connection.pass(body);
    expect(connection.held).toBe(false);
    await vi.waitFor(() => expect(session.closes).toBe(1));
  });
});

test('a corrupted output is a copy: bodies may be shared', async () => {
  const { client, connection } = await served();
  const shared = Buffer.alloc(20_000, 'x');
  connection.corruptNext((bytes) => bytes.fill('y', 0, 10));
  connection.pass(shared);
  connection.pass(shared);
  await vi.waitFor(() => expect(client.bytes()).toBe(40_000));
  expect(shared.indexOf('y')).toBe(-1);
  expect(client.text().replace(/x+$/, '')).toBe('y'.repeat(10));
});
