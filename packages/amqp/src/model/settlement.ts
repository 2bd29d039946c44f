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
  proceed(channel, queue, true);
}

/** `now`: what becomes deliverable may be delivered at once; otherwise it waits for the pump. `recovers`: asked for by basic.recover. */
export function settleAll(channel: Channel, settlement: Settlement, now: boolean, recovers = false): void {
  const groups = channel.closed ? abandonedGroupsOf(settlement.deliveries) : groupsOf(settlement.deliveries, recovers);
  if (settlement.outcome === 'ack') {
    channel.stats.ack += settlement.deliveries.length;
    channel.vhost.stats.ack += settlement.deliveries.length;
  }
  const settle = (): void => {
    for (const group of groups) settleGroup(channel, group, settlement, now);
  };
  // What a queue drops for it reaches queues, itself included, when they have done their own part.
  if (settlement.outcome === 'ack') settle();
  else channel.vhost.letters.holding(settle);
}

function settleGroup(channel: Channel, { queue, deliveries }: Group, settlement: Settlement, now: boolean): void {
  if (settlement.outcome === 'ack') for (const delivery of deliveries) queue.settle(delivery);
  else if (settlement.requeue) queue.requeue(deliveries, settlement.failed, !channel.closed);
  else queue.discard(deliveries, settlement.failed);
  for (const delivery of deliveries) channel.release(delivery);
  // A channel reads streams by itself, and at once (rabbit_stream_queue:settle/5).
  if (queue.type === 'stream' && now) channel.deliveringAtOnce(() => queue.run());
  else proceed(channel, queue, now);
}

/** With a prefetch for the whole channel other queues may come first, in the order in which it woke them. */
function proceed(channel: Channel, queue: Queue, now: boolean): void {
  if (now && channel.globalPrefetchCount === 0) queue.run();
  else queue.schedule();
}

interface Group {
  readonly queue: Queue;
  readonly tag: string;
  readonly deliveries: readonly Delivery[];
}

/** Each queue hears by itself that a channel ended. */
function abandonedGroupsOf(deliveries: readonly Delivery[]): readonly Group[] {
  const byQueue = new Map<Queue, Delivery[]>();
  for (const delivery of deliveries) {
    const group = byQueue.get(delivery.queue);
    if (group === undefined) byQueue.set(delivery.queue, [delivery]);
    else group.push(delivery);
  }
  return [...byQueue].map(([queue, its]) => ({ queue, tag: '', deliveries: queue.abandoned(its) }));
}

interface GrowingGroup extends Group {
  readonly deliveries: Delivery[];
}

/** RabbitMQ's channel tells each queue of each consumer's deliveries in turn, in the order of the names (rabbit_channel:foreach_per_queue/3). */
function groupsOf(deliveries: readonly Delivery[], recovers: boolean): readonly Group[] {
  const groups: GrowingGroup[] = [];
  const byQueue = new Map<Queue, Map<string, GrowingGroup>>();
  for (const delivery of deliveries) {
    const { queue, consumer } = delivery;
    const tag = consumer?.tag ?? '';
    const last = groups.at(-1);
    // Mostly they are all of one consumer.
    let group = last?.queue === queue && last.tag === tag ? last : byQueue.get(queue)?.get(tag);
    if (group === undefined) {
      group = { queue, tag, deliveries: [] };
      groups.push(group);
      byQueue.set(queue, (byQueue.get(queue) ?? new Map()).set(tag, group));
    }
    group.deliveries.push(delivery);
  }
  if (groups.length < 2) return groups;
  groups.sort((one, other) => compare(one.queue.name, other.queue.name) || compare(one.tag, other.tag));
  if (!recovers) return groups;
  // What readers of streams get for it is put together from the back (rabbit_channel:handle_method/3, basic.recover_async).
  const ofStreams = groups.filter(({ queue }) => queue.type === 'stream');
  return groups.filter(({ queue }) => queue.type !== 'stream').concat(ofStreams.reverse());
}

function compare(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
