import { Writer } from '@wirelike/kernel';
import { writeBodyStart, writeHeader } from './content.ts';
import { FRAME_END } from './frame.ts';
import { type Fields, writeMethod } from './method.ts';
import type { MethodName } from './methods.ts';
import { PROTOCOL_HEADER } from './protocol-header.ts';

// What clients send, as bytes, for tests that send it in a way no client would.

export const frame_max_bytes = 131_072;

export function method<N extends MethodName>(channel: number, name: N, fields: Fields<N>): Buffer {
  const writer = new Writer();
  writeMethod(writer, channel, name, fields);
  return Buffer.from(writer.view());
}

export interface PublishFrames {
  readonly exchange?: string;
  readonly mandatory?: boolean;
  /** Flags and values, as on the wire. */
  readonly properties?: Buffer;
  /** The longest frame that the body is cut into, with what is around it. */
  readonly frame_bytes?: number;
}

/** A whole message on channel 1. */
export function publish(routingKey: string, body: Buffer, options: PublishFrames = {}): Buffer {
  const { exchange = '', mandatory = false, properties = Buffer.alloc(2), frame_bytes = frame_max_bytes } = options;
  const writer = new Writer();
  writeMethod(writer, 1, 'basic.publish', { ticket: 0, exchange, routingKey, mandatory, immediate: false });
  writeHeader(writer, 1, body.length, properties);
  const payload = frame_bytes - 8;
  for (let at = 0; at < body.length; at += payload) {
    const part = body.subarray(at, at + payload);
    writeBodyStart(writer, 1, part.length);
    writer.copy(part);
    writer.uint8(FRAME_END);
  }
  return Buffer.from(writer.view());
}

/** From the protocol header to an open channel 1, as guest, without heartbeats. */
export const login: readonly Buffer[] = [
  PROTOCOL_HEADER,
  method(0, 'connection.start-ok', {
    clientProperties: new Map(),
    mechanism: 'PLAIN',
    response: Buffer.from('\0guest\0guest'),
    locale: 'en_US',
  }),
  method(0, 'connection.tune-ok', { channelMax: 2_047, frameMax: frame_max_bytes, heartbeat: 0 }),
  method(0, 'connection.open', { virtualHost: '/', capabilities: '', insist: false }),
  method(1, 'channel.open', { outOfBand: '' }),
];
