// virnetprotocol.x: virNetMessageHeader
import { type FrameLength, NEED_MORE, WireError, type Writer } from '@wirelike/kernel';
import { message_header_bytes, message_length_bytes, message_max_bytes } from '../limits.ts';

export const REMOTE_PROGRAM = 0x20008086;
export const REMOTE_VERSION = 1;
export const QEMU_PROGRAM = 0x20008087;
export const KEEPALIVE_PROGRAM = 0x6b656570;
export const KEEPALIVE_VERSION = 1;
export const KEEPALIVE_PING = 1;
export const KEEPALIVE_PONG = 2;

export const TYPE_CALL = 0;
export const TYPE_REPLY = 1;
export const TYPE_MESSAGE = 2;
export const TYPE_CALL_WITH_FDS = 4;

export const STATUS_OK = 0;
export const STATUS_ERROR = 1;

/** Where the payload starts. */
export const payload_offset_bytes: number = message_length_bytes + message_header_bytes;

export interface PacketHeader {
  readonly program: number;
  readonly version: number;
  readonly procedure: number;
  readonly type: number;
  readonly serial: number;
  readonly status: number;
}

/** The length word counts itself. Texts are virNetMessageDecodeLength's. */
export const packetLength: FrameLength = (bytes, start, end) => {
  if (end - start < message_length_bytes) return NEED_MORE;
  const length = bytes.readUInt32BE(start);
  if (length < message_length_bytes) {
    return new WireError(`packet ${length} bytes received from server too small, want ${message_length_bytes}`);
  }
  if (length - message_length_bytes > message_max_bytes) {
    return new WireError(`packet ${length - message_length_bytes} bytes received from server too large, want ${message_max_bytes}`);
  }
  return length;
};

/** The header of a whole packet. xdr_enum takes any type and status; the dispatcher judges them. */
export function decodeHeader(bytes: Buffer, start: number, end: number): PacketHeader | WireError {
  if (end - start < payload_offset_bytes) return new WireError('Unable to decode message header');
  return {
    program: bytes.readUInt32BE(start + 4),
    version: bytes.readUInt32BE(start + 8),
    procedure: bytes.readInt32BE(start + 12),
    type: bytes.readInt32BE(start + 16),
    serial: bytes.readUInt32BE(start + 20),
    status: bytes.readInt32BE(start + 24),
  };
}

/** Starts a packet; {@link endPacket} with what this returns puts its length in. */
export function beginPacket(writer: Writer, header: PacketHeader): number {
  writer.ensure(payload_offset_bytes);
  const { bytes, position } = writer;
  bytes.writeUInt32BE(header.program, position + 4);
  bytes.writeUInt32BE(header.version, position + 8);
  bytes.writeInt32BE(header.procedure, position + 12);
  bytes.writeInt32BE(header.type, position + 16);
  bytes.writeUInt32BE(header.serial, position + 20);
  bytes.writeInt32BE(header.status, position + 24);
  writer.position = position + payload_offset_bytes;
  return position;
}

export function endPacket(writer: Writer, start: number): void {
  writer.patchUint32(start, writer.position - start);
}
