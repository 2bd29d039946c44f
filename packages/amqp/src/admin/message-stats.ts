import type { ChannelStats, ExchangeStats, QueueStats } from '../model/index.ts';
import type { JsonObject } from './json.ts';
import type { Rates } from './rates.ts';

/** `message_stats` of a queue, a channel or a virtual host: absent until something happened, as RabbitMQ's. */
export function messageStats(subject: object, stats: QueueStats | ChannelStats, rates: Rates): JsonObject | undefined {
  const counters: Record<string, number> = { ...stats, deliver_get: stats.deliver + stats.deliver_no_ack + stats.get + stats.get_no_ack };
  return withRates(subject, counters, rates);
}

export function exchangeStats(subject: object, stats: ExchangeStats, rates: Rates): JsonObject | undefined {
  return withRates(subject, { ...stats }, rates);
}

function withRates(subject: object, counters: Record<string, number>, rates: Rates): JsonObject | undefined {
  if (Object.values(counters).every((count) => count === 0)) return undefined;
  const result: Record<string, unknown> = {};
  for (const name of Object.keys(counters).sort()) {
    const count = counters[name] ?? 0;
    result[name] = count;
    result[`${name}_details`] = { rate: rates.rate(subject, name, count) };
  }
  return result;
}
