import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Connection, ServeContext } from '@wirelike/kernel';
import { management_body_max_bytes } from '../../limits.ts';
import type { Broker } from '../../model/index.ts';
import { HttpError } from './http-error.ts';
import type { Management } from './request.ts';
import { responseHeaders } from './response-headers.ts';

/** How long cowboy lets a connection idle (`management.tcp.idle_timeout`, 60000). */
const keep_alive_milliseconds = 60_000;

const servers = new WeakMap<Broker, Promise<Server>>();

/** Whose bare stream a socket is. */
const connections = new WeakMap<Socket, Connection>();

/**
 * Hands the connection's bare stream to an HTTP server that listens nowhere itself. The server and what it is
 * made of are loaded with the first connection: most worlds never see one.
 */
export function serveManagement(broker: Broker, connection: Connection, context: ServeContext): void {
  const socket = connection.detach();
  connections.set(socket, connection);
  socket.pause();
  let server = servers.get(broker);
  if (server === undefined) {
    server = createManagementServer(broker, context);
    servers.set(broker, server);
  }
  server.then(
    (ready) => {
      ready.emit('connection', socket);
      socket.resume();
    },
    () => socket.destroy(),
  );
}

/** What is no HTTP. */
function refuse(error: Error & { code?: string }, socket: Duplex): void {
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
  else socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

async function createManagementServer(broker: Broker, { addresses, tap, clock }: ServeContext): Promise<Server> {
  const [{ createServer }, { nodeListener }, { answer, managementApp }, { isWelcome }, { Rates }] = await Promise.all([
    import('node:http'),
    import('./node-listener.ts'),
    import('./app.ts'),
    import('./login.ts'),
    import('../../admin/rates.ts'),
  ]);
  const management: Management = {
    ...{ broker, addresses, tap, rates: new Rates(clock), startedAt: clock.now() },
    connectionOf: (socket) => connections.get(socket),
  };
  const app = managementApp(management);
  const listener = nodeListener((request, env) => app.fetch(request, env), {
    body_max_bytes: management_body_max_bytes,
    isWelcome: (incoming) => isWelcome(management, incoming),
    tooLarge: () => answer(HttpError.badRequest('Exceeded HTTP request body size limit')),
    early: (status) => {
      const { release } = broker;
      const isCompressible: Readonly<Record<string, string>> = release.has('compression-told') ? { vary: 'accept-encoding' } : {};
      const headers = status === 400 ? isCompressible : responseHeaders(release, { path: '', status, negotiated: false, shows: false });
      return new Response(null, { status, headers });
    },
    failed: (error) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      tap.note(undefined, 'internal', 'internal-error', { error: text });
      return new Response(null, { status: 500 });
    },
  });
  // Node looks after half-sent requests only where it listens itself; a silent connection is cut off all the same.
  const server = createServer({ keepAliveTimeout: keep_alive_milliseconds, requireHostHeader: false }, listener);
  server.on('clientError', refuse);
  return server.setTimeout(keep_alive_milliseconds);
}
