import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Connection, ServeContext } from '@wirelike/kernel';
import type { Broker } from '../../model/index.ts';

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

async function createManagementServer(broker: Broker, { addresses, tap, clock }: ServeContext): Promise<Server> {
  const [{ createServer }, { getRequestListener }, { managementApp }, { Rates }] = await Promise.all([
    import('node:http'),
    import('@hono/node-server'),
    import('./app.ts'),
    import('../../admin/rates.ts'),
  ]);
  const app = managementApp({
    ...{ broker, addresses, tap, rates: new Rates(clock), startedAt: clock.now() },
    connectionOf: (socket) => connections.get(socket),
  });
  // The global Request and Response stay Node's own: they belong to whoever else is in this process.
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  return createServer({ keepAliveTimeout: 60_000 }, listener);
}
