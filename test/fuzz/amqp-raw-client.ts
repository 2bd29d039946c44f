// AMQP by the byte, over TCP or TLS: clients that stop, break off or dribble wherever a test wants.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { World } from '@wirelike/kernel';
import { frame_max_bytes, login, method, publish as publishFrames } from '../../packages/amqp/src/wire/client-frames.fixture.ts';
import { frameLength, readUint16, readUint64 } from '../../packages/amqp/src/wire/frame.ts';
import { methodNameOf } from '../../packages/amqp/src/wire/method.ts';
import type { MethodName } from '../../packages/amqp/src/wire/methods.ts';

export type Listener = 'amqp' | 'amqps';

export { frame_max_bytes };

const cut = frameLength({ frame_max_bytes, together: false });

/** A whole message, its body in frames of at most `frame_bytes` with their overhead. */
export function publish(exchange: string, routingKey: string, body: Buffer, frame_bytes: number = frame_max_bytes): Buffer {
  return publishFrames(routingKey, body, { exchange, frame_bytes });
}

/** Without acknowledgements. */
export function consume(queue: string): Buffer {
  return method(1, 'basic.consume', {
    ticket: 0,
    queue,
    consumerTag: '',
    noLocal: false,
    noAck: true,
    exclusive: false,
    noWait: false,
    arguments: new Map(),
  });
}

export function get(queue: string): Buffer {
  return method(1, 'basic.get', { ticket: 0, queue, noAck: true });
}

/** From the protocol header to an open channel 1 that confirms. */
export const opening: Buffer = Buffer.concat([...login, method(1, 'confirm.select', { noWait: false })]);

export const closing: Buffer = method(0, 'connection.close', { replyCode: 200, replyText: '', classId: 0, methodId: 0 });

export class RawClient {
  readonly socket: Socket;
  readonly #bare: Socket;
  #received: Buffer = Buffer.alloc(0);
  /** The highest delivery tag that was confirmed. */
  confirmed = 0;
  bytes_received = 0;
  last: MethodName | undefined;

  private constructor(socket: Socket, bare: Socket) {
    this.socket = socket;
    this.#bare = bare;
    socket.on('data', (bytes: Buffer) => this.#arrived(bytes));
    socket.on('error', () => undefined);
  }

  static async connect(world: World, listener: Listener): Promise<RawClient> {
    const { host = '', port = 0 } = world.addresses.get(listener) ?? {};
    const bare = connect({ host, port, noDelay: true, allowHalfOpen: true });
    bare.on('error', () => undefined);
    await once(bare, 'connect');
    if (listener === 'amqp') return new RawClient(bare, bare);
    const socket = connectTls({ socket: bare, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    return new RawClient(socket, bare);
  }

  write(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  /** Resolves when all of it has been given to the operating system. */
  written(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => this.socket.write(bytes, () => resolve()));
  }

  /** A TCP reset (SO_LINGER 0), whatever is on its way. */
  reset(): void {
    this.#bare.resetAndDestroy();
  }

  #arrived(bytes: Buffer): void {
    this.bytes_received += bytes.length;
    this.#received = Buffer.concat([this.#received, bytes]);
    for (;;) {
      const length = cut(this.#received, 0, this.#received.length);
      if (typeof length !== 'number' || length === 0 || length > this.#received.length) return;
      const frame = this.#received.subarray(0, length);
      this.#received = this.#received.subarray(length);
      if (frame[0] !== 1) continue;
      this.last = methodNameOf(readUint16(frame, 7), readUint16(frame, 9));
      if (this.last === 'basic.ack') this.confirmed = readUint64(frame, 11);
    }
  }
}
