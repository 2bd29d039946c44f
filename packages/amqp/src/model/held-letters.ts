import { dead_letters_max_letters } from './limits.ts';

/** The death that others followed from, and how many. */
interface Origin {
  letters: number;
}

interface Letter {
  readonly origin: Origin;
  send(): void;
}

/**
 * Dead letters of a virtual host that have to wait: a channel tells each queue its part before any queue is heard of.
 * They are a list and not calls within calls, because a chain of full queues may be longer than the stack.
 */
export class HeldLetters {
  #held: Letter[] | undefined;
  #origin: Origin | undefined;

  /** Now, or after what is under way; nothing if too many have followed from one death. */
  send(send: () => void): void {
    if (this.#held === undefined) {
      this.holding(() => this.send(send));
      return;
    }
    const origin = this.#origin ?? { letters: 0 };
    if (++origin.letters <= dead_letters_max_letters) this.#held.push({ origin, send });
  }

  /** What dies meanwhile is dead-lettered afterwards, then what dies of that. */
  holding<T>(run: () => T): T {
    if (this.#held !== undefined) return run();
    const held: Letter[] = [];
    this.#held = held;
    try {
      const result = run();
      // Grows while it is walked.
      for (const letter of held) {
        this.#origin = letter.origin;
        letter.send();
      }
      return result;
    } finally {
      this.#held = undefined;
      this.#origin = undefined;
    }
  }
}
