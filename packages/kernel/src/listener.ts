import { lstatSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { type Certificates, isIssuedHere, secureContext } from './certificates.ts';
import { Connection } from './connection.ts';
import type { Address, ListenerSpec } from './emulator.ts';
import { type Landing, landAll } from './landing.ts';
import { listener_backlog_connections, listener_connections_max, socket_path_max_bytes } from './limits.ts';
import type { Session } from './session.ts';

export interface ListenerOptions {
  readonly spec: ListenerSpec;
  /** For `tcp` and `tls`. The first is what URLs show; the others are bound to the same port. */
  readonly hosts: readonly string[];
  /** 0 for any free one. */
  readonly port: number;
  /** For `unix`. */
  readonly path: string;
  readonly certificates: Certificates | undefined;
  /** For `tls`. */
  readonly needs_client_certificate?: boolean;
  nextConnectionId(): number;
  serve(connection: Connection): Session | undefined;
  /** A session threw; its connection is gone already. Without this the error ends the process. */
  failed?(connection: Connection, error: unknown): void;
}

/** The port or socket is somebody else's, or can't be had. One line that says what to do. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/** The ports that this process listens on, and for whom: all its worlds and their control interface. */
const ours = new Map<number, ListenerSpec>();

/** One of an emulator's doors: the same port on every loopback address, or a unix socket. */
export class Listener {
  readonly spec: ListenerSpec;
  readonly address: Address;
  readonly #options: ListenerOptions;
  readonly #servers: readonly Server[];
  readonly #connections = new Set<Connection>();
  readonly #onEmpty: (() => void)[] = [];
  readonly #secureContext: SecureContext | undefined;

  private constructor(options: ListenerOptions, servers: readonly Server[], address: Address) {
    this.spec = options.spec;
    this.#options = options;
    this.#servers = servers;
    this.address = address;
    this.#secureContext = options.spec.transport === 'tls' ? contextOf(options) : undefined;
    for (const server of servers) {
      // A connection that could not be accepted (no file descriptors left) costs only that client.
      server.on('error', () => undefined);
      const ordinary = options.spec.transport === 'tls' || options.spec.detached === true;
      if (ordinary || !landAll(server, (landing) => this.#accept(landing.socket, landing)))
        server.on('connection', (socket: Socket) => this.#accept(socket));
    }
  }

  static async open(options: ListenerOptions): Promise<Listener> {
    const { spec } = options;
    if (spec.transport === 'unix') {
      const server = await listenOnPath(options.path, spec);
      return new Listener(options, [server], { listener: spec.name, transport: 'unix', host: '', port: 0, path: options.path });
    }
    const { servers, port } = await listenOnHosts(options.hosts, options.port, spec);
    ours.set(port, spec);
    return new Listener(options, servers, {
      listener: spec.name,
      transport: spec.transport,
      host: reachable(options.hosts[0] ?? ''),
      port,
      path: '',
    });
  }

  get connections(): ReadonlySet<Connection> {
    return this.#connections;
  }

  /** No more connections are accepted; those that live go on. Resolves when they are gone too. */
  async stop(): Promise<void> {
    await Promise.all(this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
    if (ours.get(this.address.port) === this.spec) ours.delete(this.address.port);
    if (this.#connections.size > 0) await new Promise<void>((resolve) => this.#onEmpty.push(resolve));
  }

  #gone(connection: Connection): void {
    this.#connections.delete(connection);
    if (this.#connections.size > 0) return;
    for (const tell of this.#onEmpty.splice(0)) tell();
  }

  #fail(connection: Connection, error: unknown): void {
    if (this.#options.failed === undefined) throw error;
    this.#options.failed(connection, error);
  }

  #accept(socket: Socket, landing?: Landing): void {
    if (this.#connections.size >= listener_connections_max) {
      socket.destroy();
      return;
    }
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    const { certificates, needs_client_certificate = false } = this.#options;
    const tls = this.#secureContext === undefined ? undefined : encrypted(socket, this.#secureContext, needs_client_certificate);
    const connection = new Connection({
      id: this.#options.nextConnectionId(),
      listener: this.spec.name,
      socket,
      landing,
      tls,
      vouchesFor: certificates && ((certificate) => isIssuedHere(certificates, certificate)),
      onClosed: (gone) => this.#gone(gone),
      onFailure: (failed, error) => this.#fail(failed, error),
    });
    this.#connections.add(connection);
    try {
      const session = this.#options.serve(connection);
      if (session !== undefined) connection.start(session);
    } catch (error) {
      connection.abandon();
      this.#fail(connection, error);
    }
  }
}

/** Every address of this machine is none that a client can be told, or that a certificate could be for. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

function contextOf({ certificates, spec }: ListenerOptions): SecureContext {
  if (certificates === undefined) throw new Error(`listener ${spec.name} has no certificates`);
  return secureContext(certificates);
}

/** Node leaves it to its own server to refuse certificates; here `rejectUnauthorized` is whether there has to be one. */
function encrypted(socket: Socket, context: SecureContext, needsCertificate: boolean): TLSSocket {
  return new TLSSocket(socket, { isServer: true, secureContext: context, requestCert: true, rejectUnauthorized: needsCertificate });
}

async function listenOnHosts(hosts: readonly string[], port: number, spec: ListenerSpec): Promise<{ servers: Server[]; port: number }> {
  for (let attempt = 0; ; attempt++) {
    const servers: Server[] = [];
    let bound = port;
    try {
      for (const [index, host] of [...new Set(hosts)].entries()) {
        const server = await listen({ host, port: bound }, index > 0);
        if (server === undefined) continue;
        servers.push(server);
        const address = server.address();
        if (address !== null && typeof address === 'object') bound = address.port;
      }
      return { servers, port: bound };
    } catch (error) {
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
      // An ephemeral port that is free on the first address may be taken on the second.
      if (port === 0 && attempt < 20 && codeOf(error) === 'EADDRINUSE') continue;
      throw explain(error, spec, bound);
    }
  }
}

/** `undefined` if the address is optional (::1 on a machine without IPv6) and does not exist. */
function listen(where: { host: string; port: number } | { path: string }, optional = false): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer({ noDelay: true, allowHalfOpen: true });
    server.once('error', (error) => {
      const absent = ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL'].includes(codeOf(error));
      if (optional && absent) resolve(undefined);
      else reject(error);
    });
    server.listen({ ...where, backlog: listener_backlog_connections, exclusive: true }, () => resolve(server));
  });
}

async function listenOnPath(path: string, spec: ListenerSpec): Promise<Server> {
  if (Buffer.byteLength(path) > socket_path_max_bytes) {
    throw new ListenError(
      `the path of the ${spec.title} socket is longer than ${socket_path_max_bytes} bytes: ${path} (set WIRELIKE_RUNTIME_DIR to a shorter one)`,
    );
  }
  for (let attempt = 0; ; attempt++) {
    try {
      const server = await listen({ path });
      if (server !== undefined) return server;
    } catch (error) {
      // A process that was killed leaves its socket behind: nobody answers on it, so it is ours to replace.
      if (attempt > 2 || codeOf(error) !== 'EADDRINUSE' || (await answers(path))) throw explain(error, spec, 0, path);
      removeSocket(path, spec);
    }
  }
}

/** Another process may have removed it in the meantime. Whatever else has that name is not ours to remove. */
function removeSocket(path: string, spec: ListenerSpec): void {
  if (!(lstatSync(path, { throwIfNoEntry: false })?.isSocket() ?? true)) {
    throw new ListenError(`${spec.title}: ${path} is in the way: it is not a socket`);
  }
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw explain(error, spec, 0, path);
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** Somebody else's address, and names that no name server knows. */
const UNKNOWN_ADDRESS = ['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EINVAL'];

function explain(error: unknown, spec: ListenerSpec, port: number, path = ''): ListenError {
  const code = codeOf(error);
  const what = path === '' ? `port ${port}` : path;
  const choice = `choose another port with --port ${spec.name}=PORT (0 for any free one)`;
  const holder = path === '' ? ours.get(port) : undefined;
  if (code === 'EADDRINUSE' && holder !== undefined)
    return new ListenError(`${spec.title}: ${what} is that of ${holder.title} (${holder.name}) already; ${choice}`);
  if (code === 'EADDRINUSE') {
    const whose =
      path === ''
        ? `another wirelike or a real ${spec.title} server may hold it; find it with \`ss -ltnp sport = :${port}\`, or ${choice}`
        : 'another wirelike, or another server, answers on it; set WIRELIKE_RUNTIME_DIR to another folder to have both';
    return new ListenError(`${spec.title}: ${what} is taken: ${whose}`);
  }
  if (code === 'EACCES' && path !== '')
    return new ListenError(`${spec.title}: no permission to create ${path}; set WIRELIKE_RUNTIME_DIR to a folder that you may write to`);
  if (code === 'EACCES')
    return new ListenError(`${spec.title}: no permission to listen on ${what}; choose another port with --port ${spec.name}=PORT`);
  if (UNKNOWN_ADDRESS.includes(code))
    return new ListenError(`${spec.title}: this machine has no such address to listen on: ${messageOf(error)}; choose another with --bind`);
  return new ListenError(`${spec.title}: can't listen on ${what}: ${messageOf(error)}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
