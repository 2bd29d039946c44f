import type { Broker, VirtualHost } from '../model/index.ts';
import type { JsonObject } from './json.ts';
import { messageStats } from './message-stats.ts';
import { optional } from './queue-view.ts';
import type { Rates } from './rates.ts';

/** `/api/vhosts`: one virtual host. */
export function vhostView(broker: Broker, vhost: VirtualHost, rates: Rates): JsonObject {
  const { description, tags, defaultQueueType } = vhost.metadata;
  const type = defaultQueueType ?? (broker.persona === '4' ? 'classic' : 'undefined');
  return {
    cluster_state: { [broker.nodeName]: 'running' },
    default_queue_type: type,
    description,
    ...optional('message_stats', messageStats(vhost, vhost.stats, rates)),
    ...(vhost.queues.size === 0 ? {} : queueTotalsOf(vhost, vhost.queues.values(), rates)),
    metadata: { description, tags: [...tags], ...(defaultQueueType === undefined ? {} : { default_queue_type: defaultQueueType }) },
    name: vhost.name,
    tags: [...tags],
    tracing: vhost.tracing,
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
