import type { Values } from './codec/frames.ts';

/** Something a server sent: a method, with its content if it has any; or the end of the connection. */
export interface Received {
  readonly name: string;
  readonly args: Values;
  readonly properties?: Values;
  readonly body?: Uint8Array;
  /** Sizes of the body's frames. */
  readonly frames?: readonly number[];
}

/** What one channel received and nobody has looked at yet. */
export class Inbox {
  #waiting: Received[] = [];
  #wake: (() => void)[] = [];

  get size(): number {
    return this.#waiting.length;
  }

  shift(): Received | undefined {
    return this.#waiting.shift();
  }

  push(event: Received): void {
    this.#waiting.push(event);
    const wake = this.#wake;
    this.#wake = [];
    for (const each of wake) each();
  }

  /** Removes the first event that `wanted` accepts, waiting for it up to `timeout` ms. */
  async find(wanted: (event: Received) => boolean, timeout: number): Promise<Received | undefined> {
    const deadline = performance.now() + timeout;
    for (;;) {
      const index = this.#waiting.findIndex(wanted);
      if (index >= 0) return this.#waiting.splice(index, 1)[0];
      const left = deadline - performance.now();
      if (left <= 0) return undefined;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }
}
