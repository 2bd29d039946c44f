import type { Broker, ChannelStats, ExchangeStats, QueueStats } from '../model/index.ts';
import type { JsonObject } from './json.ts';
import type { Rates } from './rates.ts';

/** `message_stats` of a queue, a channel or a virtual host: absent until something happened, as RabbitMQ's. */
export function messageStats(subject: object, stats: QueueStats | ChannelStats, rates: Rates): JsonObject | undefined {
  const counters: Record<string, number> = { ...stats, deliver_get: stats.deliver + stats.deliver_no_ack + stats.get + stats.get_no_ack };
  return withRates(subject, counters, rates);
}

/** `churn_rates`: always all of it. */
export function churnStats(broker: Broker, rates: Rates): JsonObject {
  return counted(broker, { ...broker.churn }, rates);
}

export function exchangeStats(subject: object, stats: ExchangeStats, rates: Rates): JsonObject | undefined {
  return withRates(subject, { ...stats }, rates);
}

function withRates(subject: object, counters: Record<string, number>, rates: Rates): JsonObject | undefined {
  // Counters at zero are sampled too: that is where the next look counts from.
  const result = counted(subject, counters, rates);
  return Object.values(counters).every((count) => count === 0) ? undefined : result;
}

function counted(subject: object, counters: Record<string, number>, rates: Rates): JsonObject {
  const result: Record<string, unknown> = {};
  for (const name of Object.keys(counters).sort()) {
    const count = counters[name] ?? 0;
    result[name] = count;
    result[`${name}_details`] = { rate: Math.max(0, rates.rate(subject, name, count)) };
  }
  return result;
}
