import { chmodSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { Listener, type ListenerSpec, makePrivate } from '@wirelike/kernel';
import type { Hub } from '../hub.ts';
import { control_drain_milliseconds } from '../limits.ts';
import { IpcSession } from './ipc-session.ts';

/** The control interface of a hub, open. */
export interface Control {
  /** HTTP: `http://127.0.0.1:8420`. */
  readonly url: string;
  /** The unix socket that speaks net-ipc. */
  readonly path: string;
  close(): Promise<void>;
}

const HTTP: ListenerSpec = {
  name: 'control',
  transport: 'tcp',
  title: 'HTTP',
  detached: true,
  url: ({ host, port }) => `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
};

const SOCKET: ListenerSpec = { name: 'control-socket', transport: 'unix', title: 'control', url: ({ path }) => path };

/**
 * Opens both doors, always on loopback: no password guards them. Neither library behind them (net-ipc, hono)
 * is loaded before its first client comes: together they take longer to load than a world takes to start.
 */
export async function openControl(hub: Hub, options: { readonly port: number; readonly directory: string }): Promise<Control> {
  const path = join(makePrivate(options.directory), 'control.sock');
  let lastConnection = 0;
  // A control connection that fails is gone, and nothing else is.
  const shared = {
    hosts: ['127.0.0.1', '::1'],
    certificates: undefined,
    nextConnectionId: () => ++lastConnection,
    failed: () => undefined,
  };
  const ipc = lazily(async () => (await import('./ipc-server.ts')).ipcServer(hub));
  const http = lazily(async () => (await import('./http-server.ts')).httpServer(hub));
  const listeners = [
    await Listener.open({ ...shared, spec: SOCKET, port: 0, path, serve: (connection) => acceptIpc(new IpcSession(connection), ipc()) }),
  ];
  // The folder is this user's alone already; a runtime directory that somebody chose may not be.
  chmodSync(path, 0o600);
  try {
    const serve: Parameters<typeof Listener.open>[0]['serve'] = (connection) => acceptHttp(connection.detach(), http());
    listeners.push(await Listener.open({ ...shared, spec: HTTP, port: options.port, path: '', serve }));
  } catch (error) {
    await close(listeners);
    throw error;
  }
  const address = listeners[1]?.address;
  return { url: address === undefined ? '' : HTTP.url(address), path, close: () => close(listeners) };
}

function acceptIpc(session: IpcSession, server: Promise<(stream: Duplex) => void>): IpcSession {
  server.then((accept) => accept(session.stream)).catch(() => session.stream.destroy());
  return session;
}

function acceptHttp(socket: Duplex, server: Promise<Server>): undefined {
  // An injected connection is served like an accepted one (node:http, event 'connection').
  server.then((accept) => accept.emit('connection', socket)).catch(() => socket.destroy());
}

async function close(listeners: readonly Listener[]): Promise<void> {
  const connections = listeners.flatMap((listener) => [...listener.connections]);
  const stopped = Promise.all(listeners.map((listener) => listener.stop()));
  for (const connection of connections) connection.end(control_drain_milliseconds);
  await stopped;
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
