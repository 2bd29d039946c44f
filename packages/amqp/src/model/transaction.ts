import type { Delivery } from './delivery.ts';
import type { Publication } from './publisher.ts';

export type Settlement =
  | { readonly outcome: 'ack'; readonly deliveries: readonly Delivery[] }
  | {
      readonly outcome: 'reject';
      readonly requeue: boolean;
      /** The consumer failed with them; otherwise it only gave them back. */
      readonly failed: boolean;
      readonly deliveries: readonly Delivery[];
    };

type Collected = Settlement & { readonly deliveries: Delivery[] };

/** What a channel in tx mode has asked for since the last commit. */
export class Transaction {
  #publications: Publication[] = [];
  #settlements: Collected[] = [];

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
    const last = this.#settlements.at(-1);
    if (last === undefined || !sameOutcome(last, settlement)) {
      this.#settlements.push({ ...settlement, deliveries: [...settlement.deliveries] });
      return;
    }
    for (const delivery of settlement.deliveries) last.deliveries.push(delivery);
  }

  *deliveries(): IterableIterator<Delivery> {
    for (const { deliveries } of this.#settlements) yield* deliveries;
  }

  /**
   * Everything so far; the transaction is empty afterwards. What was settled in the same way in a row is settled
   * at once, the oldest delivery first (rabbit_channel:ack_cons/3).
   */
  take(): { readonly publications: readonly Publication[]; readonly settlements: readonly Settlement[] } {
    for (const { deliveries } of this.#settlements) deliveries.sort((one, other) => one.tag - other.tag);
    const taken = { publications: this.#publications, settlements: this.#settlements };
    this.#publications = [];
    this.#settlements = [];
    return taken;
  }
}

function sameOutcome(one: Settlement, other: Settlement): boolean {
  if (one.outcome === 'ack' || other.outcome === 'ack') return one.outcome === other.outcome;
  return one.requeue === other.requeue && one.failed === other.failed;
}
