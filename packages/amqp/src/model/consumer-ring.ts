import type { Consumer } from './consumer.ts';

interface Level {
  readonly priority: number;
  readonly consumers: Consumer[];
}

/**
 * The consumers of a queue that may take a message: highest priority first, round robin within one
 * priority. One that turns out not to be ready leaves, and comes back at the end when it is
 * (rabbit_queue_consumers).
 */
export class ConsumerRing {
  /** Highest priority first. */
  readonly #levels: Level[] = [];

  add(consumer: Consumer): void {
    if (consumer.waiting) return;
    consumer.waiting = true;
    this.#level(consumer.priority).consumers.push(consumer);
  }

  remove(consumer: Consumer): void {
    consumer.waiting = false;
    const at = this.#levels.findIndex(({ priority }) => priority === consumer.priority);
    const level = this.#levels[at];
    if (level === undefined) return;
    const index = level.consumers.lastIndexOf(consumer);
    if (index >= 0) level.consumers.splice(index, 1);
    if (level.consumers.length === 0) this.#levels.splice(at, 1);
  }

  /** The consumer whose turn it is. */
  take(): Consumer | undefined {
    for (const level of this.#levels) {
      const { consumers } = level;
      for (let first = consumers[0]; first !== undefined; first = consumers[0]) {
        if (first.ready) {
          if (consumers.length > 1) {
            consumers.shift();
            consumers.push(first);
          }
          return first;
        }
        consumers.shift();
        first.waiting = false;
      }
    }
    return undefined;
  }

  /** Somebody would take a message now. */
  get waits(): boolean {
    return this.#levels.some(({ consumers }) => consumers.some(({ ready }) => ready));
  }

  clear(): void {
    for (const level of this.#levels) {
      for (const consumer of level.consumers) consumer.waiting = false;
      level.consumers.length = 0;
    }
  }

  #level(priority: number): Level {
    let index = 0;
    for (let level = this.#levels[index]; level !== undefined; level = this.#levels[++index]) {
      if (level.priority === priority) return level;
      if (level.priority < priority) break;
    }
    const level: Level = { priority, consumers: [] };
    this.#levels.splice(index, 0, level);
    return level;
  }
}
