import type { Broker, VirtualHost } from '../model/index.ts';
import type { JsonObject } from './json.ts';
import { messageStats } from './message-stats.ts';
import { optional } from './queue-view.ts';
import type { Rates } from './rates.ts';

/** `/api/vhosts`: one virtual host. */
export function vhostView(broker: Broker, vhost: VirtualHost, rates: Rates): JsonObject {
  const { description, tags, defaultQueueType } = vhost.metadata;
  const always = broker.release.has('default-queue-types');
  const type = defaultQueueType ?? (always ? 'classic' : 'undefined');
  return {
    cluster_state: { [broker.nodeName]: 'running' },
    default_queue_type: type,
    description,
    ...optional('message_stats', messageStats(vhost, vhost.stats, rates)),
    ...(vhost.queues.size === 0 ? {} : queueTotalsOf(vhost, vhost.queues.values(), rates)),
    metadata: {
      description,
      tags: [...tags],
      ...(vhost.protectedFromDeletion ? { protected_from_deletion: true } : {}),
      ...(defaultQueueType === undefined && !always ? {} : { default_queue_type: type }),
    },
    name: vhost.name,
    ...(broker.release.has('deletion-protection') ? { protected_from_deletion: vhost.protectedFromDeletion } : {}),
    ...octets(broker, vhost, rates),
    tags: [...tags],
    tracing: vhost.tracing,
  };
}

/** What went over the connections that are there. */
function octets(broker: Broker, vhost: VirtualHost, rates: Rates): JsonObject {
  const details = [...broker.connections].flatMap((connection) => (connection.vhost === vhost.name ? [connection.details?.()] : []));
  if (details.length === 0) return {};
  const sum = (member: 'received_bytes' | 'sent_bytes'): number => details.reduce((total, one) => total + (one?.[member] ?? 0), 0);
  const [received, sent] = [sum('received_bytes'), sum('sent_bytes')];
  return {
    recv_oct: received,
    recv_oct_details: { rate: Math.max(0, rates.rate(vhost, 'recv_oct', received)) },
    send_oct: sent,
    send_oct_details: { rate: Math.max(0, rates.rate(vhost, 'send_oct', sent)) },
  };
}

/** `messages`, `messages_ready`, `messages_unacknowledged` and their rates over some queues. */
export function queueTotalsOf(
  subject: object,
  queues: Iterable<{ messageCount: number; readyCount: number; unackedCount: number }>,
  rates: Rates,
): JsonObject {
  const totals = { messages: 0, messages_ready: 0, messages_unacknowledged: 0 };
  for (const queue of queues) {
    totals.messages += queue.messageCount;
    totals.messages_ready += queue.readyCount;
    totals.messages_unacknowledged += queue.unackedCount;
  }
  const result: Record<string, unknown> = {};
  for (const [name, count] of Object.entries(totals)) {
    result[name] = count;
    result[`${name}_details`] = { rate: rates.rate(subject, name, count) };
  }
  return result;
}
