import type { FrameLength, WireError } from './bytes/framing.ts';

/** One protocol's state machine for one connection. Nothing in it throws on input. */
export interface Session {
  /** How the input is cut into frames. May change with the state (AMQP's protocol header, then frames). */
  readonly frameLength: FrameLength;
  /**
   * One whole frame: `bytes` from `start` to `end`. What was handed out is never written to again, so a session
   * may keep it; but a slice keeps the whole chunk of input alive, so what is small and stays long it copies.
   */
  receive(bytes: Buffer, start: number, end: number): void;
  /** The input is not the protocol: say so in the protocol's words if it has any, then end the connection. */
  refuse(error: WireError): void;
  /** Output that had piled up was read by the peer: go on producing. */
  drained?(): void;
  /** The world closes: say goodbye in the protocol's words. The kernel flushes and ends the connection afterwards. */
  goodbye?(): void;
  /** The connection is gone, whoever ended it. Called once. */
  closed(): void;
}
