import { unlimited_frame_max_bytes } from '../limits.ts';
import { FRAME_HEARTBEAT, FRAME_METHOD, frame_header_bytes, frame_overhead_bytes, readUint16 } from '../wire/frame.ts';
import { decodeFields, type Fields, methodNameOf } from '../wire/method.ts';
import type { MethodName } from '../wire/methods.ts';
import type { AmqpSession } from './amqp-session.ts';
import { attributesOfFields } from './attributes.ts';
import { startHeartbeat } from './heartbeat.ts';
import { type Failure, failure } from './replies.ts';
import { isFrame, strangeFrame, unexpectedFrame } from './strange-frame.ts';

type Handler<N extends MethodName> = (session: AmqpSession, fields: Fields<N>) => Failure | undefined;

/** The connection's own methods. Each says in which phase it may come. */
const CONTROLS: { readonly [N in MethodName]?: Handler<N> } = {
  'connection.start-ok': (session, fields) => {
    if (session.phase !== 'starting') return unexpected(session);
    const problem = session.handshake.startOk(fields);
    if (problem === undefined) session.phase = 'tuning';
    return problem;
  },
  'connection.tune-ok': (session, fields) => {
    if (session.phase !== 'tuning') return unexpected(session);
    const problem = session.handshake.tuneOk(fields);
    if (problem !== undefined) return problem;
    session.phase = 'opening';
    session.frame_max_bytes = session.handshake.tuned.frame_max_bytes || unlimited_frame_max_bytes;
    startHeartbeat(session.connection, session.handshake.tuned.heartbeat_seconds);
    return undefined;
  },
  'connection.open': (session, { virtualHost }) => {
    if (session.phase !== 'opening') return unexpected(session);
    const opened = session.handshake.open(virtualHost, session.sink);
    if (!('scope' in opened)) session.enter(opened);
    // A text that crashes RabbitMQ's reader leaves nobody to say so.
    else if (opened.text === 'INTERNAL_ERROR') session.hangUp();
    else return opened;
    return undefined;
  },
  'connection.close': (session) => {
    if (session.phase !== 'running' && session.phase !== 'closed') return unexpected(session);
    if (session.phase === 'running') session.part();
    else session.reply('connection.close-ok', {});
    return undefined;
  },
  'connection.close-ok': (session) => {
    if (session.phase !== 'closed') return unexpected(session);
    if (!session.parting) session.connection.end();
    return undefined;
  },
  // RabbitMQ's own users have no secret that expires: there is nothing to update.
  'connection.update-secret': (session) => {
    if (session.phase !== 'running') return unexpected(session);
    session.reply('connection.update-secret-ok', {});
    return undefined;
  },
};

/** One whole frame on channel 0. */
export function receiveControl(session: AmqpSession, bytes: Buffer, start: number, end: number): void {
  const type = bytes[start] ?? 0;
  const length = end - start;
  if (type === FRAME_METHOD && length >= frame_overhead_bytes + 4) receiveMethod(session, bytes, start, end);
  else if (type === FRAME_HEARTBEAT && length === frame_overhead_bytes) return;
  else session.fail(isFrame(type, length) ? unexpectedFrame(bytes, start, end) : strangeFrame(bytes, start, end));
}

function receiveMethod(session: AmqpSession, bytes: Buffer, start: number, end: number): void {
  const name = methodNameOf(readUint16(bytes, start + frame_header_bytes), readUint16(bytes, start + frame_header_bytes + 2));
  // RabbitMQ's reader crashes on a method it does not know: the connection ends without a word.
  if (name === undefined) session.hangUp();
  else receiveFields(session, name, bytes, start + frame_header_bytes + 4, end - 1);
}

function receiveFields<N extends MethodName>(session: AmqpSession, name: N, bytes: Buffer, start: number, end: number): void {
  const fields = decodeFields(name, bytes, start, end);
  if (typeof fields === 'string') {
    if (fields === 'not-utf8') session.fail(failure('FRAME_ERROR', 'Malformed UTF-8 in shortstr'), name);
    else session.misread();
    return;
  }
  const { tap } = session;
  if (!tap.engaged || session.phase === 'closed') {
    perform(session, name, fields);
    return;
  }
  tap.attempt(session.connection, {
    operation: name,
    attributes: attributesOfFields(fields),
    run: () => perform(session, name, fields),
    fail: ({ code, text }) => session.close(session.failureOfFault(code, text), name),
  });
}

function perform<N extends MethodName>(session: AmqpSession, name: N, fields: Fields<N>): Failure | undefined {
  const handler: Handler<N> | undefined = CONTROLS[name];
  let reason: Failure | undefined;
  try {
    reason = handler === undefined ? unexpected(session) : handler(session, fields);
  } catch (error) {
    reason = session.failureOfError(error);
  }
  if (reason !== undefined) session.fail(reason, name);
  return reason;
}

function unexpected({ phase }: AmqpSession): Failure | undefined {
  return phase === 'closed' ? undefined : failure('CHANNEL_ERROR', `unexpected method in connection state ${phase}`);
}
