import type { Delivery } from './delivery.ts';
import type { Publication } from './publisher.ts';

export type Settlement =
  | { readonly outcome: 'ack'; readonly deliveries: readonly Delivery[] }
  | { readonly outcome: 'reject'; readonly requeue: boolean; readonly deliveries: readonly Delivery[] };

/** What a channel in tx mode has asked for since the last commit. */
export class Transaction {
  #publications: Publication[] = [];
  #settlements: Settlement[] = [];

  get uncommittedMessages(): number {
    return this.#publications.length;
  }

  get uncommittedAcks(): number {
    return this.#settlements.reduce((sum, { deliveries }) => sum + deliveries.length, 0);
  }

  publish(publication: Publication): void {
    this.#publications.push(publication);
  }

  settle(settlement: Settlement): void {
    this.#settlements.push(settlement);
  }

  *deliveries(): IterableIterator<Delivery> {
    for (const { deliveries } of this.#settlements) yield* deliveries;
  }

  /** Everything so far; the transaction is empty afterwards. */
  take(): { readonly publications: readonly Publication[]; readonly settlements: readonly Settlement[] } {
    const taken = { publications: this.#publications, settlements: this.#settlements };
    this.#publications = [];
    this.#settlements = [];
    return taken;
  }
}
