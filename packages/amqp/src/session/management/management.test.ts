import { connect } from 'node:net';
import { World } from '@wirelike/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import amqp from '../../index.ts';
import { management_body_max_bytes } from '../../limits.ts';
import { Broker, Message, Recorder } from '../../model/index.ts';

let world: World;
let url: string;

beforeEach(async () => {
  world = await World.open({ name: 'management', emulators: [amqp], ephemeral: true });
  url = (world.environment().RABBITMQ_MANAGEMENT_URL ?? '').replace('guest:guest@', '');
});

afterEach(() => world.close(0));

const GUEST = `Basic ${btoa('guest:guest')}`;

function call(method: string, path: string, body?: unknown): Promise<Response> {
  const payload = body === undefined ? {} : { body: JSON.stringify(body) };
  return fetch(`${url}/api${path}`, { method, headers: { authorization: GUEST }, ...payload });
}

async function get(path: string): Promise<unknown> {
  return (await call('GET', path)).json();
}

function broker(): Broker {
  const model = world.model('amqp');
  if (!(model instanceof Broker)) throw new Error('no broker');
  return model;
}

describe('requests', () => {
  it('are operations of the journal', async () => {
    world.journal.enable();
    await call('GET', '/whoami');
    const events = [...world.journal.events()].filter(({ operation }) => operation.startsWith('management.'));
    expect(events.map(({ operation, direction, attributes }) => ({ operation, direction, attributes }))).toEqual([
      { operation: 'management.request', direction: 'in', attributes: { method: 'GET', path: '/api/whoami' } },
      { operation: 'management.answer', direction: 'out', attributes: { status: 200 } },
    ]);
  });

  it('can be delayed, refused with an HTTP status, and cut off', async () => {
    const rule = { emulator: 'amqp', operation: 'management.request', where: { path: '/api/whoami' }, occurrences: { first: 1 } };
    world.faults.add({ ...rule, action: { kind: 'error', code: 503, text: 'come back later' } });
    const refused = await call('GET', '/whoami');
    expect([refused.status, await refused.json()]).toEqual([503, { error: 'internal_server_error', reason: 'come back later' }]);
    expect((await call('GET', '/whoami')).status).toBe(200);

    world.faults.clear();
    world.faults.add({ ...rule, action: { kind: 'delay', milliseconds: 60_000 } });
    world.clock.freeze();
    const late = call('GET', '/whoami');
    expect(await Promise.race([late.then(() => 'answered'), new Promise((resolve) => setTimeout(() => resolve('waiting'), 100))])).toBe(
      'waiting',
    );
    world.clock.advance(60_000);
    expect((await late).status).toBe(200);

    world.faults.clear();
    world.faults.add({ ...rule, action: { kind: 'close' } });
    await expect(call('GET', '/whoami')).rejects.toThrow();
  });

  it('can be answered with flipped bits, head and body', async () => {
    world.faults.add({ emulator: 'amqp', operation: 'management.request', occurrences: { first: 1 }, action: { kind: 'corrupt' } });
    const request = `GET /api/whoami HTTP/1.1\r\nHost: x\r\nAuthorization: ${GUEST}\r\nConnection: close\r\n\r\n`;
    const raw = (): Promise<Buffer> =>
      new Promise((resolve, reject) => {
        const chunks: Buffer[] = [];
        const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(request));
        socket.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
        socket.on('close', () => resolve(Buffer.concat(chunks)));
      });
    const [corrupted, intact] = [await raw(), await raw()];
    expect(intact.toString()).toContain('"name":"guest"');
    expect(corrupted).toHaveLength(intact.length);
    const different = [...intact].filter((byte, index) => byte !== corrupted[index]).length;
    expect(different).toBeGreaterThan(2);
    expect(different).toBeLessThan(intact.length / 20);
  });

  it('with bodies beyond the limit are refused, and the next one is served', async () => {
    const send = (length: number): Promise<Response> =>
      fetch(`${url}/api/definitions`, { method: 'POST', headers: { authorization: GUEST }, body: Buffer.alloc(length, 32) });
    const response = await send(management_body_max_bytes + 1);
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: 'bad_request', reason: 'Exceeded HTTP request body size limit' },
    ]);
    await expect(send(management_body_max_bytes * 3)).rejects.toThrow();
    expect((await call('GET', '/whoami')).status).toBe(200);
  });

  it('that are no HTTP cost only their own connection', async () => {
    const port = Number(new URL(url).port);
    for (const garbage of [
      'AMQP\0\0\x09\x01',
      'GET /api/%zz HTTP/1.1\r\n\r\n',
      '\0\0\0\0\r\n\r\n',
      'GET //../.. HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => socket.end(garbage));
        socket.resume();
        socket.on('error', () => undefined).on('close', () => resolve());
      });
    }
    expect((await call('GET', '/whoami')).status).toBe(200);
    expect(world.failures).toEqual([]);
  });

  it.each([
    ['TRACE /api/whoami', 501],
    ['PROPFIND /api/whoami', 501],
    ['PATCH /api/whoami', 405],
    ['GET http://[', 400],
    ['GET /api/queues/%2F/%zz', 400],
    ['GET http://elsewhere/api/whoami', 200],
  ])('%s: %i', async (line, status) => {
    const port = Number(new URL(url).port);
    const answer = await new Promise<string>((resolve) => {
      const head = `${line} HTTP/1.1\r\nhost: x\r\nauthorization: ${GUEST}\r\nconnection: close\r\n\r\n`;
      const socket = connect(port, '127.0.0.1', () => socket.write(head));
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString();
      });
      socket.on('error', () => undefined).on('close', () => resolve(text));
    });
    expect(answer.slice(0, 12)).toBe(`HTTP/1.1 ${status}`);
  });

  it('of strangers are answered before their bodies come', async () => {
    const port = Number(new URL(url).port);
    const answer = await new Promise<string>((resolve) => {
      const head = 'POST /api/definitions HTTP/1.1\r\nhost: x\r\nauthorization: Basic eDp5\r\ncontent-length: 1000000\r\n\r\n';
      const socket = connect(port, '127.0.0.1', () => socket.write(head));
      socket.on('error', () => undefined).on('data', (chunk) => resolve(chunk.toString()));
    });
    expect(answer.slice(0, 12)).toBe('HTTP/1.1 401');
  });

  it('that RabbitMQ would not understand either are not taken for mistakes of ours', async () => {
    world.journal.enable();
    const policy = (definition: object): Promise<Response> => call('PUT', '/policies/%2F/p', { pattern: '.*', definition });
    expect((await policy({ constructor: 1 })).status).toBe(400);
    expect((await policy(JSON.parse('{"__proto__":1}'))).status).toBe(400);
    const form = { method: 'POST', headers: { authorization: GUEST, 'content-type': 'multipart/form-data' }, body: 'no form' };
    expect((await fetch(`${url}/api/definitions`, form)).status).toBe(400);
    expect(await get('/permissions?columns=__proto__.x,constructor&sort=__proto__.constructor')).toEqual([[]]);
    expect([...world.journal.events()].filter(({ operation }) => operation === 'internal-error')).toEqual([]);
  });

  it('with strange paths and names are answered', async () => {
    for (const path of [
      '/queues/%2F/%E0%A4%A',
      '/queues/%00/%00',
      '/bindings/%2F/e//q/',
      '/queues/%2F/..%2F..',
      `/queues/%2F/${'x'.repeat(5_000)}`,
    ]) {
      expect((await call('GET', path)).status, path).toBeLessThan(500);
    }
  });
});

describe('definitions', () => {
  it('are uploaded as the form of the management page does it', async () => {
    const form = new FormData();
    form.append('file', new File([JSON.stringify({ vhosts: [{ name: 'uploaded' }] })], 'definitions.json'));
    const response = await fetch(`${url}/api/definitions`, { method: 'POST', headers: { authorization: GUEST }, body: form });
    expect(response.status).toBe(204);
    expect(broker().vhosts.has('uploaded')).toBe(true);
  });

  it('are downloaded under the name that was asked for', async () => {
    const response = await call('GET', '/definitions?download=my.json');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename=my.json');
  });
});

it('shows alarms', async () => {
  expect(await get('/health/checks/alarms')).toEqual({ status: 'ok' });
  broker().alarms.raise('memory');
  const failed = await call('GET', '/health/checks/alarms');
  expect([failed.status, await failed.json()]).toMatchObject([503, { status: 'failed', alarms: [{ resource: 'memory' }] }]);
  expect(await get('/nodes?columns=mem_alarm,disk_free_alarm')).toEqual([{ mem_alarm: true, disk_free_alarm: false }]);
});

it('tells rates of the world’s clock', async () => {
  world.clock.freeze();
  const sink = new Recorder();
  const channel = broker().connect({ user: 'guest', vhost: '/', name: 'test', sink }).openChannel(1, sink);
  channel.queueDeclare({ queue: 'q' });
  await get('/queues/%2F/q');
  for (let count = 0; count < 50; count++) channel.basicPublish(Message.of('', 'q', Buffer.from('x')), false, false);
  world.clock.advance(5_000);
  const publishing = { publish: 50, publish_details: { rate: 10 } };
  expect(await get('/queues/%2F/q')).toMatchObject({ messages: 50, messages_details: { rate: 10 }, message_stats: publishing });
  world.clock.advance(5_000);
  expect(await get('/queues/%2F/q')).toMatchObject({ messages_details: { rate: 0 }, message_stats: { publish_details: { rate: 0 } } });
});

it('has endpoints for all that RabbitMQ tells of itself, and none of mirrors in RabbitMQ 4', async () => {
  for (const path of ['/overview', '/nodes', '/extensions', '/version', '/auth', '/feature-flags', '/deprecated-features']) {
    expect((await call('GET', path)).status, path).toBe(200);
  }
  expect((await call('PUT', '/policies/%2F/ha', { pattern: '', definition: { 'ha-mode': 'all' } })).status).toBe(400);
});
