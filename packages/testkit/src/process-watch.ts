/** Collects what would have ended the process, so that a test can name the input that caused it. */
export class ProcessWatch {
  readonly #failures: unknown[] = [];
  readonly #note = (error: unknown): void => {
    this.#failures.push(error);
  };

  constructor() {
    process.on('uncaughtException', this.#note);
    process.on('unhandledRejection', this.#note);
  }

  get failures(): readonly string[] {
    return this.#failures.map((failure) => (failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)));
  }

  stop(): void {
    process.off('uncaughtException', this.#note);
    process.off('unhandledRejection', this.#note);
  }
}
