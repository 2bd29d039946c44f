/** The decoder has not seen enough bytes yet. No message is empty, so 0 is free to say it. */
export const NEED_MORE = 0;

/** Bytes that are not the protocol. Returned, not thrown: hostile input is an ordinary event. */
export class WireError {
  /** What is wrong, in a sentence; sessions put it into the protocol's own error. */
  readonly reason: string;
  /** The protocol's code where the decoder knows it better than the session. */
  readonly code: number | undefined;

  constructor(reason: string, code?: number) {
    this.reason = reason;
    this.code = code;
  }
}

/**
 * How a protocol cuts its byte stream into frames.
 *
 * Looks at `bytes` from `start` (there are bytes up to `end`) and returns the whole frame's length,
 * {@link NEED_MORE}, or a {@link WireError}. Must refuse lengths beyond the protocol's limit as soon
 * as the length field is there, before the frame is collected.
 */
export type FrameLength = (bytes: Buffer, start: number, end: number) => number | WireError;
