import { awaited, streamed } from '@wirelike/kernel';
import { stream_burst_max_bytes, stream_min_frames, stream_small_bursts_max } from '../limits.ts';

/** A burst of input: what came in one chunk. */
export interface Burst {
  readonly frames: number;
  readonly bytes: number;
  /** Its client goes on for a while without an answer. */
  readonly patient: boolean;
  /** It begins with an acknowledgement, which nobody waits for. */
  readonly acknowledges: boolean;
}

/** Tells the kernel, which may rest between turns, how a connection's client goes about it: it streams, or it waits for answers. */
export class Pace {
  /** Bursts that may be small before a stream counts as over. */
  #credit = 0;

  note({ frames, bytes, patient, acknowledges }: Burst): void {
    if (!patient) awaited();
    else if (frames >= stream_min_frames) {
      this.#credit = stream_small_bursts_max;
      if (bytes < stream_burst_max_bytes) streamed();
    } else if (this.#credit > 0) this.#credit--;
    else if (!acknowledges) awaited();
  }
}
