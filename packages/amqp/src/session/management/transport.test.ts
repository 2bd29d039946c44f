import { connect } from 'node:net';
import { World } from '@wirelike/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import amqp from '../../index.ts';

let world: World;
let url: URL;

beforeEach(async () => {
  world = await World.open({ name: 'transport', emulators: [amqp], ephemeral: true, bind: ['127.0.0.1'] });
  url = new URL(world.environment().RABBITMQ_MANAGEMENT_URL ?? '');
});

afterEach(() => world.close(0));

const AUTHORIZATION = `Authorization: Basic ${btoa('guest:guest')}`;

/** What comes back until the connection closes, or an answer is all there. */
function exchange(...lines: readonly string[]): Promise<{ head: readonly string[]; body: string }> {
  return new Promise((resolve) => {
    const socket = connect(Number(url.port), url.hostname, () => socket.write(`${lines.join('\r\n')}\r\n\r\n`));
    let text = '';
    const end = (): void => {
      socket.destroy();
      const [head = '', body = ''] = text.split('\r\n\r\n', 2);
      resolve({ head: head.split('\r\n').filter((line) => !line.startsWith('date: ')), body });
    };
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const [, length] = /\r\ncontent-length: (\d+)\r\n.*\r\n\r\n/s.exec(text) ?? [];
      if (length !== undefined && text.length - text.indexOf('\r\n\r\n') - 4 >= Number(length)) end();
    });
    socket.on('close', end);
  });
}

/** As cowboy does it; measured with 4.0.5. */
describe('HTTP', () => {
  const HEADERS = [
    'cache-control: no-cache',
    'content-length: 65',
    "content-security-policy: script-src 'self' 'unsafe-eval' 'unsafe-inline'; object-src 'self'",
    'content-type: application/json',
    'server: Cowboy',
    'vary: accept, accept-encoding, origin',
  ];
  const among = (line: string): string[] => [...HEADERS, line].sort();

  it('1.1 has its headers in order, and no word of the connection that stays', async () => {
    const { head } = await exchange('GET /api/whoami HTTP/1.1', 'Host: x', AUTHORIZATION);
    expect(head).toEqual(['HTTP/1.1 200 OK', ...HEADERS]);
  });

  it('1.0 ends with its answer, unless asked to stay', async () => {
    const { head } = await exchange('GET /api/whoami HTTP/1.0', AUTHORIZATION);
    expect(head).toEqual(['HTTP/1.1 200 OK', ...among('connection: close')]);
    const staying = await exchange('GET /api/whoami HTTP/1.0', 'Connection: keep-alive', AUTHORIZATION);
    expect(staying.head).toEqual(['HTTP/1.1 200 OK', ...among('connection: keep-alive')]);
  });

  it('is compressed for who takes gzip, if it is worth it', async () => {
    const { head } = await exchange('GET /api/overview HTTP/1.1', 'Host: x', AUTHORIZATION, 'Accept-Encoding: gzip, deflate');
    expect(head).toContain('content-encoding: gzip');
    const short = await exchange('GET /api/whoami HTTP/1.1', 'Host: x', AUTHORIZATION, 'Accept-Encoding: gzip');
    expect(short.head).toEqual(['HTTP/1.1 200 OK', ...HEADERS]);
  });

  it('that is none, without a host or of another version ends at once', async () => {
    const refused = ['connection: close', 'content-length: 0'];
    expect((await exchange('garbage')).head).toEqual(['HTTP/1.1 400 Bad Request', ...refused]);
    const unnamed = await exchange('GET /api/whoami HTTP/1.1', AUTHORIZATION);
    expect(unnamed.head).toEqual(['HTTP/1.1 400 Bad Request', ...refused, 'server: Cowboy']);
    const later = await exchange('GET /api/whoami HTTP/2.0', 'Host: x', AUTHORIZATION);
    expect(later.head).toEqual(['HTTP/1.1 505 HTTP Version Not Supported', ...refused, 'server: Cowboy']);
  });
});
