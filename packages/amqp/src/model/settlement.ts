import type { Channel } from './channel.ts';
import type { Delivery } from './delivery.ts';
import type { Queue } from './queue.ts';
import type { Settlement } from './transaction.ts';

/** The common case: one delivery acknowledged. */
export function settleOne(channel: Channel, delivery: Delivery): void {
  const { queue } = delivery;
  channel.stats.ack++;
  channel.vhost.stats.ack++;
  queue.settle(delivery);
  channel.release(delivery);
  queue.run();
}

/** `now`: what becomes deliverable may be delivered at once; otherwise it waits for the pump. */
export function settleAll(channel: Channel, settlement: Settlement, now: boolean): void {
  const byQueue = new Map<Queue, Delivery[]>();
  for (const delivery of settlement.deliveries) {
    const some = byQueue.get(delivery.queue);
    if (some === undefined) byQueue.set(delivery.queue, [delivery]);
    else some.push(delivery);
  }
  if (settlement.outcome === 'ack') {
    channel.stats.ack += settlement.deliveries.length;
    channel.vhost.stats.ack += settlement.deliveries.length;
  }
  for (const [queue, deliveries] of byQueue) {
    if (settlement.outcome === 'ack') for (const delivery of deliveries) queue.settle(delivery);
    else if (settlement.requeue) queue.requeue(deliveries, !channel.closed);
    else queue.discard(deliveries);
  }
  for (const delivery of settlement.deliveries) channel.release(delivery);
  for (const queue of byQueue.keys()) {
    if (now) queue.run();
    else queue.schedule();
  }
}
