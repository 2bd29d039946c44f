import {
  FRAME_BODY,
  FRAME_HEADER,
  FRAME_HEARTBEAT,
  FRAME_METHOD,
  type FrameError,
  frame_header_bytes,
  frame_overhead_bytes,
} from '../wire/frame.ts';
import { binary, pretty } from './erlang.ts';
import { content_header_frame_min_bytes } from './publish-reader.ts';
import { type Failure, failure } from './replies.ts';

/** Whether a frame of `length` bytes can be what its type says (rabbit_command_assembler:analyze_frame/2). */
export function isFrame(type: number, length: number): boolean {
  if (type === FRAME_METHOD) return length >= frame_overhead_bytes + 4;
  return type === FRAME_BODY || (type === FRAME_HEADER && length >= content_header_frame_min_bytes);
}

/** A frame where it does not belong. */
export function unexpectedFrame(bytes: Buffer, start: number, end: number): Failure {
  return failure('UNEXPECTED_FRAME', snippet(bytes[start] ?? 0, bytes.subarray(start + frame_header_bytes, end - 1)));
}

/** A type that does not exist, a payload that is too short for its type, or a heartbeat on a channel. */
export function strangeFrame(bytes: Buffer, start: number, end: number): Failure {
  if (bytes[start] === FRAME_HEARTBEAT && end - start === frame_overhead_bytes) return unexpectedFrame(bytes, start, end);
  const payload = bytes.subarray(start + frame_header_bytes, end - 1);
  return failure('FRAME_ERROR', `${snippet(bytes[start] ?? 0, payload)}: unknown_frame`);
}

/** A frame that is none: the input can't be cut any more. */
export function brokenFrame(error: FrameError, frame_max_bytes: number): Failure {
  const { problem } = error;
  const reason =
    problem.kind === 'end-octet'
      ? `{invalid_frame_end_marker,${problem.octet}}`
      : `{frame_too_large,${problem.size_bytes},${frame_max_bytes - frame_overhead_bytes}}`;
  return failure('FRAME_ERROR', pretty(`${snippet(error.type, error.payload)}: `, reason));
}

/** rabbit_reader:payload_snippet/1. */
function snippet(type: number, payload: Buffer): string {
  const shown = payload.length <= 16 ? 'all' : 'first 16';
  return `type ${type}, ${shown} octets = ${payload.length === 0 ? '<<>>' : binary(payload.subarray(0, 16))}`;
}
