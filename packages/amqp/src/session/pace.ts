import { awaited, lullsSoFar, streamed } from '@wirelike/kernel';
import { burst_rest_min_frames, stream_burst_max_bytes, stream_min_frames, stream_small_bursts_max } from '../limits.ts';

/** A burst of input: what came in one chunk. */
export interface Burst {
  readonly frames: number;
  readonly bytes: number;
  /** Its client goes on for a while without an answer. */
  readonly patient: boolean;
  /** It begins with an acknowledgement, which nobody waits for. */
  readonly acknowledges: boolean;
  /** Something in it has been answered by a method of its own: a client with many channels may ask on all of them at once. */
  readonly asks: boolean;
}

/** Tells the kernel, which may rest between turns, how a connection's client goes about it: it streams, or it waits for answers. */
export class Pace {
  /** Bursts that may be small before a stream counts as over. */
  #credit = 0;

  /** Frames since the last lull, and how many it had been between the two before. */
  #frames = 0;
  #burstFrames = 0;
  #lulls = 0;

  note({ frames, bytes, patient, acknowledges, asks }: Burst): void {
    if (asks) awaited();
    else if (!patient) this.#noteBurst(frames);
    else if (frames >= stream_min_frames) {
      this.#credit = stream_small_bursts_max;
      if (bytes < stream_burst_max_bytes) streamed();
    } else if (this.#credit > 0) this.#credit--;
    else if (!acknowledges) awaited();
  }

  /**
   * A client with a window (100 unconfirmed messages, say) sends that many and then waits. Until there is little left
   * of what it sent the last time, it does not mind a rest; towards the end every moment counts.
   */
  #noteBurst(frames: number): void {
    const lulls = lullsSoFar();
    if (lulls !== this.#lulls) {
      this.#lulls = lulls;
      this.#burstFrames = this.#frames;
      this.#frames = 0;
    }
    this.#frames += frames;
    if (this.#burstFrames - this.#frames >= burst_rest_min_frames) streamed();
    else if (this.#burstFrames < burst_rest_min_frames) awaited();
  }
}
