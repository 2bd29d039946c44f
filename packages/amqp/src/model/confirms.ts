import type { ChannelSink } from './sink.ts';

/**
 * Publisher confirms of one channel. Messages are confirmed when all their queues have them, which here is
 * before the publish returns; what is collected until the next flush goes out as one confirm for many
 * (rabbit_channel:send_confirms_and_nacks/1). A message without a queue is confirmed when it comes, one by one.
 */
export class Confirms {
  readonly #sink: ChannelSink;
  #published = 0;
  #firstConfirmed = 0;
  #lastConfirmed = 0;
  #rejected: number[] = [];

  constructor(sink: ChannelSink) {
    this.#sink = sink;
  }

  get pending(): boolean {
    return this.#lastConfirmed !== 0 || this.#rejected.length > 0;
  }

  get pendingCount(): number {
    return (this.#lastConfirmed === 0 ? 0 : this.#lastConfirmed - this.#firstConfirmed + 1) + this.#rejected.length;
  }

  next(): number {
    return ++this.#published;
  }

  record(tag: number, accepted: boolean): void {
    if (!accepted) this.#rejected.push(tag);
    else {
      if (this.#lastConfirmed === 0) this.#firstConfirmed = tag;
      this.#lastConfirmed = tag;
    }
  }

  /** One that no queue has to confirm. */
  confirmNow(tag: number): void {
    this.#sink.confirmed(tag, false);
  }

  flush(): void {
    if (this.#rejected.length > 0) {
      const rejected = this.#rejected;
      this.#rejected = [];
      for (const tag of rejected) this.#sink.rejected(tag, false);
    }
    const last = this.#lastConfirmed;
    if (last === 0) return;
    this.#lastConfirmed = 0;
    this.#sink.confirmed(last, last !== this.#firstConfirmed);
  }
}
