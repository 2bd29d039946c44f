import type { Delivery } from './delivery.ts';

/**
 * A channel's unacknowledged deliveries, in order of their tags. Acknowledging the oldest, or all up to a
 * tag, costs nothing to find; one in the middle is found by its distance, or by bisection where tags are
 * missing (automatic acknowledgement takes tags too).
 */
export class Unacked {
  /** What is before the head is gone. */
  #items: (Delivery | undefined)[] = [];
  #head = 0;
  #live = 0;

  get size(): number {
    return this.#live;
  }

  /** The oldest whose message is still the client's to acknowledge. */
  get oldest(): Delivery | undefined {
    for (const delivery of this.all()) if (!delivery.stale) return delivery;
    return undefined;
  }

  push(delivery: Delivery): void {
    this.#items.push(delivery);
    this.#live++;
  }

  take(tag: number): Delivery | undefined {
    const index = this.#find(tag);
    const delivery = this.#items[index];
    if (delivery === undefined || delivery.tag !== tag || delivery.settled) return undefined;
    delivery.settled = true;
    this.#live--;
    this.#advance();
    return delivery;
  }

  /** All up to the tag, which must be there; all there are for 0. */
  takeUpTo(tag: number): Delivery[] | undefined {
    if (tag !== 0) {
      const last = this.#items[this.#find(tag)];
      if (last === undefined || last.tag !== tag || last.settled) return undefined;
    }
    const taken: Delivery[] = [];
    for (let index = this.#head; index < this.#items.length; index++) {
      const delivery = this.#items[index];
      if (delivery === undefined || (tag !== 0 && delivery.tag > tag)) break;
      if (delivery.settled) continue;
      delivery.settled = true;
      taken.push(delivery);
    }
    this.#live -= taken.length;
    this.#advance();
    return taken;
  }

  /** Puts deliveries back: a transaction was rolled back. */
  untake(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) delivery.settled = false;
    const all = [...this.all()].concat(deliveries);
    this.#items = all.sort((one, other) => one.tag - other.tag);
    this.#head = 0;
    this.#live = all.length;
  }

  *all(): IterableIterator<Delivery> {
    for (let index = this.#head; index < this.#items.length; index++) {
      const delivery = this.#items[index];
      if (delivery !== undefined && !delivery.settled) yield delivery;
    }
  }

  #find(tag: number): number {
    const items = this.#items;
    const first = items[this.#head];
    if (first === undefined) return -1;
    const guess = this.#head + tag - first.tag;
    if (items[guess]?.tag === tag) return guess;
    let low = this.#head;
    let high = items.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((items[middle]?.tag ?? 0) < tag) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #advance(): void {
    const items = this.#items;
    // Let go of what is settled: an idle channel must not keep messages alive.
    for (; this.#head < items.length && items[this.#head]?.settled !== false; this.#head++) items[this.#head] = undefined;
    if (this.#live === 0) {
      // A short list is used on, so that acknowledging one by one allocates little.
      if (items.length < REUSED_ITEMS) return;
      this.#items = [];
      this.#head = 0;
    } else if (items.length > 64 && items.length > this.#live * 2) {
      // Once the settled ones outweigh the rest, so that one forgotten message holds little.
      this.#items = [...this.all()];
      this.#head = 0;
    }
  }
}

const REUSED_ITEMS = 32;
