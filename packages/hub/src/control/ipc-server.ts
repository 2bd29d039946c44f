import type { Duplex } from 'node:stream';
import { ControlError } from '@wirelike/kernel';
import { type Connection, Server } from 'net-ipc';
import type { Hub } from '../hub.ts';
import { follow_backlog_max_bytes } from '../limits.ts';
import { callOperation, openStream } from '../operations/registry.ts';

/** `{ operation, parameters }`, with a number of the client's choice if it opens a stream. */
interface Request {
  readonly operation: string;
  readonly parameters: unknown;
  readonly stream: number | undefined;
}

type Reply = { readonly result: unknown } | { readonly error: { readonly message: string } };

/** net-ipc's server without a socket of its own: streams that {@link IpcSession} guards are handed to it. */
class Acceptor extends Server {
  accept(stream: Duplex): void {
    // What its socket's 'connection' event calls. Its own listening takes a path away from a process that lives.
    const accept: unknown = Reflect.get(this, '_onconnection');
    if (typeof accept !== 'function') throw new Error('this version of net-ipc takes no connections');
    Reflect.apply(accept, this, [stream]);
  }
}

/** Serves every operation and stream over net-ipc. The result takes a connection. */
export function ipcServer(hub: Hub): (stream: Duplex) => void {
  const server = new Acceptor({ path: 'not listening', retries: 0 });
  const following = new Map<Connection, Map<number, () => void>>();
  server.on('request', (request: unknown, respond: (reply: Reply) => Promise<void>, connection: Connection) => {
    answer(hub, request, connection, following)
      .then(respond)
      .catch(() => connection.destroy());
  });
  server.on('message', (message: unknown, connection: Connection) => {
    const stop = typeof message === 'object' && message !== null && 'stop' in message ? message.stop : undefined;
    if (typeof stop === 'number') unfollow(following.get(connection), stop);
  });
  server.on('disconnect', (connection: Connection) => {
    const streams = following.get(connection);
    for (const id of streams?.keys() ?? []) unfollow(streams, id);
    following.delete(connection);
  });
  return (stream) => server.accept(stream);
}

async function answer(
  hub: Hub,
  received: unknown,
  connection: Connection,
  following: Map<Connection, Map<number, () => void>>,
): Promise<Reply> {
  try {
    const { operation, parameters, stream } = parse(received);
    if (stream === undefined) return { result: await callOperation(hub, operation, parameters) };
    const streams = following.get(connection) ?? new Map<number, () => void>();
    following.set(connection, streams);
    await follow(streams, stream, () => openStream(hub, operation, parameters, sender(connection, stream)));
    return { result: {} };
  } catch (error) {
    return { error: { message: error instanceof Error ? error.message : String(error) } };
  }
}

/** Whoever hangs up, or takes it back, while the stream is being opened follows nothing. */
async function follow(streams: Map<number, () => void>, id: number, open: () => Promise<() => void>): Promise<void> {
  if (streams.has(id)) throw new ControlError(`stream ${id} is open already`);
  let wanted = true;
  const unwanted = (): void => {
    wanted = false;
  };
  streams.set(id, unwanted);
  try {
    const stop = await open();
    if (wanted) streams.set(id, stop);
    else stop();
  } catch (error) {
    if (streams.get(id) === unwanted) streams.delete(id);
    throw error;
  }
}

/** A follower that does not read loses events, and is told how many. */
function sender(connection: Connection, stream: number): (item: object) => void {
  let dropped = 0;
  const send = (message: object): void => {
    connection.send(message).catch(() => undefined);
  };
  return (item) => {
    // Gone, but its goodbye is still on the way through the event loop.
    if (connection.connection === null) return;
    if (connection.connection.writableLength > follow_backlog_max_bytes) {
      dropped += 1;
      return;
    }
    if (dropped > 0) send({ stream, dropped });
    dropped = 0;
    send({ stream, item });
  };
}

function unfollow(streams: Map<number, () => void> | undefined, id: number): void {
  streams?.get(id)?.();
  streams?.delete(id);
}

function parse(request: unknown): Request {
  if (typeof request !== 'object' || request === null || !('operation' in request) || typeof request.operation !== 'string') {
    throw new ControlError('expected { operation: NAME, parameters: {…} }');
  }
  return {
    operation: request.operation,
    parameters: 'parameters' in request ? request.parameters : undefined,
    stream: 'stream' in request && typeof request.stream === 'number' ? request.stream : undefined,
  };
}
