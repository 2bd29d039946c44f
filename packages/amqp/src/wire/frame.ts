import { type FrameLength, NEED_MORE, WireError } from '@wirelike/kernel';

/** AMQP 0-9-1 §4.2.3: type, channel, size, payload, end octet. */
export const FRAME_METHOD = 1;
export const FRAME_HEADER = 2;
export const FRAME_BODY = 3;
export const FRAME_HEARTBEAT = 8;
export const FRAME_END = 0xce;

/** The only class whose methods have contents. */
export const CLASS_BASIC = 60;

/** Type (1), channel (2) and size (4). */
export const frame_header_bytes = 7;
/** A frame without payload: its header and the end octet. */
export const frame_overhead_bytes = 8;

/** A frame that ends the connection, with what the texts about it name. */
export class FrameError extends WireError {
  readonly type: number;
  readonly channel: number;
  readonly problem: { readonly kind: 'too-large'; readonly size_bytes: number } | { readonly kind: 'end-octet'; readonly octet: number };
  /** What of the payload is here; empty if the frame is too large. */
  readonly payload: Buffer;

  constructor(type: number, channel: number, payload: Buffer, problem: FrameError['problem']) {
    super(problem.kind === 'too-large' ? `frame of ${problem.size_bytes} bytes is too large` : `frame ends with ${problem.octet}`, 501);
    this.type = type;
    this.channel = channel;
    this.payload = payload;
    this.problem = problem;
  }
}

/** What a {@link frameLength} looks at; the session changes it as the connection is negotiated. */
export interface FrameLimits {
  /** RabbitMQ lets a payload be as large as the whole frame may be. 0 means no limit. */
  frame_max_bytes: number;
  /** Whether all frames that are here may be handed out together. */
  together: boolean;
}

const EMPTY = Buffer.alloc(0);

/**
 * Cuts a stream of frames. With `together`, a burst of whole frames is handed out as one; and a content header waits for
 * its body frame if that is all of the body and has begun to arrive, so that a long body is collected right
 * behind its header.
 */
export function frameLength(limits: FrameLimits): FrameLength {
  return (bytes, start, end) => {
    let position = start;
    let previous = start;
    for (;;) {
      if (end - position < frame_header_bytes) break;
      const size = readUint32(bytes, position + 3);
      const last = position + frame_header_bytes + size;
      const limit = limits.frame_max_bytes;
      if (limit !== 0 && size > limit) {
        if (position !== start) break;
        return new FrameError(bytes[position] ?? 0, readUint16(bytes, position + 1), EMPTY, { kind: 'too-large', size_bytes: size });
      }
      if (last >= end) {
        if (position === start) return last + 1 - start;
        if (!isWholeBody(bytes, previous, position, size)) break;
        return previous === start ? last + 1 - start : previous - start;
      }
      if (bytes[last] !== FRAME_END) {
        if (position !== start) break;
        const payload = bytes.subarray(position + frame_header_bytes, last);
        return new FrameError(bytes[position] ?? 0, readUint16(bytes, position + 1), payload, {
          kind: 'end-octet',
          octet: bytes[last] ?? 0,
        });
      }
      previous = position;
      position = last + 1;
      if (!limits.together) break;
    }
    return position === start ? NEED_MORE : position - start;
  };
}

/** Whether the frame at `header` is a content header that announces just the `size` bytes of the body frame at `body`. */
function isWholeBody(bytes: Buffer, header: number, body: number, size: number): boolean {
  if (bytes[header] !== FRAME_HEADER || bytes[body] !== FRAME_BODY) return false;
  if (readUint16(bytes, header + 1) !== readUint16(bytes, body + 1)) return false;
  return readUint32(bytes, header + frame_header_bytes) === CLASS_BASIC << 16 && readUint64(bytes, header + body_size_offset) === size;
}

/** Frame header (7), class (2), weight (2). */
const body_size_offset = 11;

/** Straight from the bytes: `Buffer.readUInt32BE` checks its arguments, which shows on the hot path. */
export function readUint32(bytes: Uint8Array, at: number): number {
  return (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0;
}

export function readUint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

/** Exact up to 2^53, beyond which RabbitMQ's own tags never get. */
export function readUint64(bytes: Uint8Array, at: number): number {
  return readUint32(bytes, at) * 0x1_0000_0000 + readUint32(bytes, at + 4);
}
