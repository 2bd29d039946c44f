/** Real time, for what concerns one live socket. Its timers end with it, and none of them keeps the process alive. */
export class SocketTimers {
  readonly #running = new Set<NodeJS.Timeout>();
  #stopped = false;

  after(milliseconds: number, fire: () => void): { cancel(): void } {
    const timer = setTimeout(() => {
      this.#running.delete(timer);
      fire();
    }, milliseconds);
    timer.unref();
    if (this.#stopped) clearTimeout(timer);
    else this.#running.add(timer);
    return {
      cancel: () => {
        clearTimeout(timer);
        this.#running.delete(timer);
      },
    };
  }

  /** For good: whoever sets one afterwards waits in vain. */
  stop(): void {
    this.#stopped = true;
    for (const timer of this.#running) clearTimeout(timer);
    this.#running.clear();
  }
}
