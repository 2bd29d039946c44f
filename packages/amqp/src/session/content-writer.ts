import type { Connection } from '@wirelike/kernel';
import { Writer } from '@wirelike/kernel';
import type { Message } from '../model/index.ts';
import { copyContent, copyContentText, writeBodyStart, writeHeader } from '../wire/content.ts';
import { writeShortString } from '../wire/field-table.ts';
import { FRAME_END, frame_overhead_bytes, readUint16 } from '../wire/frame.ts';
import { sortHeaders } from '../wire/header-order.ts';
import { writeProperties } from '../wire/properties.ts';
import type { Announced } from './persona.ts';
import { WireMessage } from './wire-message.ts';

/** Bodies of this size are not copied into the output but handed to the socket where they lie. */
const body_copy_max_bytes = 16_384;

/** Who gets the content, and how. */
export interface Recipient {
  readonly connection: Connection;
  readonly server: Announced;
  /** No frame may be longer. */
  readonly frame_max_bytes: number;
}

/** Content header and body of `message`. */
export function writeContent({ connection, server, frame_max_bytes }: Recipient, channel: number, message: Message): void {
  const { output } = connection;
  if (message instanceof WireMessage) {
    message.delivered = true;
    if (message.size + frame_overhead_bytes <= frame_max_bytes && writeWhole(connection, channel, message)) return;
  }
  writeHeader(output, channel, message.size, propertiesOf(message, server));
  writeBody(connection, channel, message, frame_max_bytes - frame_overhead_bytes);
}

/** In the frames that it came in, if they can be copied or have the right channel in them. */
function writeWhole(connection: Connection, channel: number, message: WireMessage): boolean {
  const { output } = connection;
  const { bytes, start, headerEnd, end, text } = message;
  if (text !== '') copyContentText(output, channel, text, headerEnd);
  else if (message.size <= body_copy_max_bytes) copyContent(output, channel, bytes, start, headerEnd, end);
  else if (channel === readUint16(bytes, start + 1)) connection.pass(bytes.subarray(start, end));
  else return false;
  return true;
}

function writeBody(connection: Connection, channel: number, message: Message, payload_max_bytes: number): void {
  const { output } = connection;
  const { body } = message;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  for (let start = 0; start < bytes.length; start += payload_max_bytes) {
    const end = Math.min(bytes.length, start + payload_max_bytes);
    writeBodyStart(output, channel, end - start);
    connection.pass(bytes.subarray(start, end));
    output.uint8(FRAME_END);
  }
}

function propertiesOf(message: Message, { release }: Announced): Uint8Array {
  if (message instanceof WireMessage) return message.properties;
  const writer = new Writer(256);
  writeProperties(writer, message.header.properties());
  const bytes = writer.view();
  return release.persona === '3.10' ? bytes : bytes.subarray(sortHeaders(bytes, 0, bytes.length));
}

/** Exchange and routing key as basic.deliver and basic.return have them. */
export function addressOf(message: Message): Buffer {
  if (message instanceof WireMessage) return message.address.bytes;
  const writer = new Writer(64);
  writeShortString(writer, message.exchange);
  writeShortString(writer, message.routingKey);
  return writer.view();
}

/** A text with its length in front. */
export function shortString(text: string): Buffer {
  const writer = new Writer(1 + text.length);
  writeShortString(writer, text);
  return Buffer.from(writer.view());
}
