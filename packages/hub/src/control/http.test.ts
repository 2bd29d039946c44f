import { connect, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type OpenHub, openHub, say } from '../open-hub.fixture.ts';
import { httpServer } from './http-server.ts';

async function post({ url }: OpenHub, operation: string, body: string, headers: Record<string, string> = {}): Promise<[number, unknown]> {
  const response = await fetch(`${url}/v1/operations/${operation}`, { method: 'POST', body, headers });
  return [response.status, await response.json()];
}

describe('control over HTTP', () => {
  it('runs operations', async () => {
    await using open = await openHub();
    expect(await post(open, 'clock.freeze', '')).toMatchObject([200, { result: { frozen: true } }]);
    expect(await post(open, 'echo.greet', '{"text": "hi "}')).toMatchObject([200, { result: { greeting: 'hi ' } }]);
    expect(await say(open.hub, 'x')).toBe('hi x');
    const status = await fetch(`${open.url}/v1/status`).then((response) => response.json());
    expect(status).toMatchObject({ result: { pid: process.pid, worlds: [{ name: 'main', emulators: [{ name: 'echo' }] }] } });
  });

  it('describes itself', async () => {
    await using open = await openHub();
    expect(await fetch(open.url).then((response) => response.text())).toContain('POST /v1/operations/NAME');
    const described = await fetch(`${open.url}/v1/operations/clock.advance`).then((response) => response.json());
    expect(described).toMatchObject({ result: { name: 'clock.advance', parameters: { type: 'object', required: ['by'] } } });
    const listed = await fetch(`${open.url}/v1/operations`).then((response) => response.text());
    expect(listed).toContain('echo.greet');
  });

  it('says what is wrong with a request', async () => {
    await using open = await openHub();
    expect(await post(open, 'clok.freeze', '')).toEqual([
      404,
      { error: { message: 'unknown operation "clok.freeze": did you mean "clock.freeze"?' } },
    ]);
    expect(await post(open, 'clock.advance', '{"by": -1}')).toMatchObject([400, {}]);
    expect(await post(open, 'clock.advance', '{')).toMatchObject([400, {}]);
    expect(await post(open, 'clock.advance', `"${'x'.repeat(17_000_000)}"`)).toMatchObject([413, {}]);
    expect((await fetch(`${open.url}/v2`)).status).toBe(404);
  });

  it('does not answer pages of other origins', async () => {
    await using open = await openHub();
    expect(await post(open, 'reset', '', { origin: 'https://example.org' })).toMatchObject([403, {}]);
    expect(await post(open, 'reset', '', { origin: open.url })).toMatchObject([200, {}]);
  });

  it('follows nothing for whoever asks for the head of a stream', async () => {
    await using open = await openHub();
    const response = await fetch(`${open.url}/v1/streams/journal.follow`, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    expect(open.hub.world().world.journal.enabled).toBe(false);
  });

  it('streams the journal as server-sent events', async () => {
    await using open = await openHub();
    const aborting = new AbortController();
    const response = await fetch(`${open.url}/v1/streams/journal.follow?operation=echo`, { signal: aborting.signal });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    await say(open.hub, 'x');
    const reader = response.body?.getReader();
    const chunk = await reader?.read();
    expect(new TextDecoder().decode(chunk?.value)).toMatch(/^event: item\ndata: \{.*"operation":"echo".*\}\n\n/);
    aborting.abort();
    await expect.poll(() => open.hub.world().world.journal.enabled).toBe(false);
    expect((await fetch(`${open.url}/v1/streams/journal.folow`)).status).toBe(400);
  });

  it('cuts off a connection that is silent, but not one that follows', async () => {
    await using open = await openHub();
    const server = httpServer(open.hub, 100);
    const listener = createServer((socket) => server.emit('connection', socket)).listen(0, '127.0.0.1');
    await new Promise((resolve) => listener.once('listening', resolve));
    const address = listener.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const ended = (first: string): Promise<void> =>
      new Promise((resolve) => {
        const socket = connect(port, '127.0.0.1', () => socket.write(first));
        socket.resume().on('close', () => resolve());
      });
    const following = ended('GET /v1/streams/journal.follow HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await Promise.all([ended(''), ended('GET /v1/sta')]);
    const waited = new Promise((resolve) => setTimeout(() => resolve('still there'), 300));
    expect(await Promise.race([following.then(() => 'cut off'), waited])).toBe('still there');
    listener.close();
    server.closeAllConnections();
  });
});
