import { type Connection, type FrameLength, type Outcome, type Session, type Tap, WireError } from '@wirelike/kernel';
import type { Shelf } from '../model/index.ts';
import { type Reply, writeReply } from '../wire/reply.ts';
import { decodeRequest, type Request, requestLength } from '../wire/request.ts';
import { BAD_REQUEST, INTERNAL_ERROR } from './errors.ts';
import { perform } from './operations.ts';

/** One client. Nothing in here throws on input. */
export class GadgetSession implements Session {
  readonly frameLength: FrameLength = requestLength;
  readonly #shelf: Shelf;
  readonly #connection: Connection;
  readonly #tap: Tap;

  constructor(shelf: Shelf, connection: Connection, tap: Tap) {
    this.#shelf = shelf;
    this.#connection = connection;
    this.#tap = tap;
  }

  receive(bytes: Buffer, start: number, end: number): void {
    const request = decodeRequest(bytes, start, end);
    if (request instanceof WireError) this.#send({ kind: 'ERROR', code: BAD_REQUEST, text: request.reason });
    else if (!this.#tap.engaged) this.#send(perform(request, this.#shelf));
    else this.#attempt(request);
  }

  refuse(error: WireError): void {
    this.#send({ kind: 'ERROR', code: BAD_REQUEST, text: error.reason });
  }

  goodbye(): void {
    this.#send({ kind: 'BYE' });
  }

  closed(): void {
    // The model knows nothing of connections, so there is nothing to take back.
  }

  /** The same with journal and faults. */
  #attempt(request: Request): void {
    const { operation, ...attributes } = request;
    this.#tap.attempt(this.#connection, {
      operation,
      attributes,
      run: () => this.#send(perform(request, this.#shelf)),
      fail: ({ code = INTERNAL_ERROR, text = 'internal error' }) => this.#send({ kind: 'ERROR', code, text }),
    });
  }

  #send(reply: Reply): Outcome | undefined {
    writeReply(this.#connection.output, reply);
    this.#connection.written();
    return reply.kind === 'ERROR' ? { code: reply.code, text: reply.text } : undefined;
  }
}
