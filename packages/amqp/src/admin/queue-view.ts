import { type Broker, type Queue, QuorumQueue } from '../model/index.ts';
import type { JsonObject } from './json.ts';
import { tableToJson } from './json-table.ts';
import { messageStats } from './message-stats.ts';
import type { Rates } from './rates.ts';

/** `/api/queues`: one queue (rabbit_mgmt_db, rabbit_mgmt_format:queue/1). */
export function queueView(broker: Broker, queue: Queue, rates: Rates): JsonObject {
  return {
    ...queueBasics(broker, queue),
    ...policiesOf(queue),
    ...counts(queue, rates),
    ...ofType(queue, rates),
    ...(queue.type === 'classic' && broker.release.has('storage-versions') ? { storage_version: broker.persona === '4' ? 2 : 1 } : {}),
    ...optional('message_stats', messageStats(queue, queue.stats, rates)),
    consumers: queue.consumerCount,
    ...erlangProcess,
    memory: 16_384 + queue.readyBytes + queue.unackedBytes,
    node: broker.nodeName,
  };
}

function policiesOf(queue: Queue): JsonObject {
  return {
    effective_policy_definition: { ...queue.effectivePolicy },
    operator_policy: queue.operatorPolicy?.name ?? null,
    policy: queue.policy?.name ?? null,
  };
}

/** What `disable_stats=true` leaves. */
export function queueBasics(broker: Broker, queue: Queue): JsonObject {
  return {
    arguments: tableToJson(queue.arguments),
    auto_delete: queue.autoDelete,
    durable: queue.durable,
    exclusive: queue.exclusive,
    ...(broker.release.has('internal-queues') ? { ...policiesOf(queue), internal: false, internal_owner: false } : {}),
    name: queue.name,
    ...(queue.type === 'classic' ? { node: broker.nodeName } : replicated(broker)),
    state: 'running',
    type: queue.type,
    vhost: queue.vhost.name,
    ...(queue.type === 'quorum' && broker.release.has('internal-queues') ? { delivery_limit: deliveryLimitOf(queue) } : {}),
    ...(queue.owner === undefined ? {} : { owner_pid_details: ownerDetails(queue) }),
  };
}

function deliveryLimitOf({ settings }: Queue): number | string {
  return settings.deliveryLimit ?? 'unlimited';
}

/** `enable_queue_totals=true`: the three counts and nothing else of the statistics. */
export function queueTotals(queue: Queue): JsonObject {
  return { messages: queue.messageCount, messages_ready: queue.readyCount, messages_unacknowledged: queue.unackedCount };
}

function counts(queue: Queue, rates: Rates): JsonObject {
  const result: Record<string, unknown> = {};
  for (const [name, count] of Object.entries(queueTotals(queue))) {
    result[name] = count;
    result[`${name}_details`] = { rate: rates.rate(queue, name, typeof count === 'number' ? count : 0) };
  }
  return result;
}

/** Garbage collection and reductions are Erlang's. Tools expect the members; the figures are those of an idle process. */
export const erlangProcess: JsonObject = {
  garbage_collection: { fullsweep_after: 65_535, max_heap_size: 0, min_bin_vheap_size: 46_422, min_heap_size: 233, minor_gcs: 0 },
  reductions: 0,
  reductions_details: { rate: 0 },
};

function ofType(queue: Queue, rates: Rates): JsonObject {
  if (queue.type === 'stream') return { readers: { [queue.vhost.broker.nodeName]: queue.consumerCount } };
  const shared = {
    consumer_capacity: queue.consumerCount === 0 ? 0 : 1,
    consumer_utilisation: queue.consumerCount === 0 ? 0 : 1,
    message_bytes: queue.readyBytes + queue.unackedBytes,
    message_bytes_persistent: queue.durable ? queue.readyBytes + queue.unackedBytes : 0,
    message_bytes_ram: queue.readyBytes + queue.unackedBytes,
    message_bytes_ready: queue.readyBytes,
    message_bytes_unacknowledged: queue.unackedBytes,
    messages_persistent: queue.durable ? queue.messageCount : 0,
    messages_ram: queue.messageCount,
  };
  return { ...shared, ...(queue instanceof QuorumQueue ? quorumOnly(queue) : classicOnly(queue, rates)) };
}

function activeTag(queue: Queue): string | null {
  return queue.settings.singleActiveConsumer ? (queue.activeConsumer?.tag ?? null) : null;
}

function quorumOnly(queue: QuorumQueue): JsonObject {
  const { nodeName, release } = queue.vhost.broker;
  return {
    ...quorumCounts(queue),
    message_bytes_dlx: 0,
    message_bytes_ram: 0,
    messages_dlx: 0,
    messages_ram: 0,
    open_files: { [nodeName]: 0 },
    [release.has('named-active-consumers') ? 'single_active_consumer_tag' : 'single_active_consumer_ctag']: activeTag(queue),
  };
}

/** rabbit_quorum_queue:handle_tick/3. */
function quorumCounts(queue: QuorumQueue): JsonObject {
  const { release, persona } = queue.vhost;
  const { returned, delayed, nextDelayedAt, lastDelayedAt, high, normal, byPriority } = queue.counts;
  if (persona !== '4') return {};
  const always = { delivery_limit: deliveryLimitOf(queue), messages_ready_returned: returned };
  if (!release.has('strict-priorities')) return { ...always, messages_ready_high: high, messages_ready_normal: normal };
  const { delayedRetry } = queue.settings;
  return {
    ...always,
    delayed_retry:
      delayedRetry === undefined
        ? 'disabled'
        : `${delayedRetry.type} (min: ${delayedRetry.min_milliseconds}ms, max: ${delayedRetry.max_milliseconds}ms)`,
    messages_active_priorities: byPriority.size,
    messages_by_priority: Object.fromEntries(byPriority),
    messages_delayed: delayed,
    ...(delayed === 0 ? {} : { next_delayed_at: nextDelayedAt, last_delayed_at: lastDelayedAt }),
  };
}

/** Raft's view of a quorum queue with one member. Its log is not kept: what is in the queue stands for it. */
export function quorumStatus(queue: Queue): JsonObject {
  const index = queue.messageCount;
  return {
    'Node Name': queue.vhost.broker.nodeName,
    'Raft State': 'leader',
    Membership: 'voter',
    'Last Log Index': index,
    'Last Written': index,
    'Last Applied': index,
    'Commit Index': index,
    'Snapshot Index': -1,
    Term: 1,
    'Machine Version': 5,
  };
}

function classicOnly(queue: Queue, rates: Rates): JsonObject {
  const counters = [...Object.values(queue.stats), queue.messageCount, queue.consumerCount];
  return {
    exclusive_consumer_tag: queue.consumers.find(({ exclusive }) => exclusive)?.tag ?? null,
    head_message_timestamp: null,
    idle_since: isoTime(rates.idleSince(queue, counters, queue.createdAt)),
    ...(queue.vhost.release.has('internal-queues') ? {} : { message_bytes_paged_out: 0, messages_paged_out: 0 }),
    messages_ready_ram: queue.readyCount,
    messages_unacknowledged_ram: queue.unackedCount,
    ...(queue.vhost.release.has('no-mirrors') ? {} : { recoverable_slaves: null }),
    single_active_consumer_tag: activeTag(queue),
  };
}

function replicated(broker: Broker): JsonObject {
  return { leader: broker.nodeName, members: [broker.nodeName], online: [broker.nodeName] };
}

function ownerDetails(queue: Queue): JsonObject {
  const { owner } = queue;
  return { name: owner?.name ?? '', peer_host: owner?.peer?.address ?? '', peer_port: owner?.peer?.port ?? 0 };
}

/** `2026-11-22T06:42:06.871+00:00`, of milliseconds since 1970. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '+00:00');
}

export function optional(name: string, value: unknown): JsonObject {
  return value === undefined ? {} : { [name]: value };
}
