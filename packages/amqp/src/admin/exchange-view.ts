import type { Exchange } from '../model/index.ts';
import type { JsonObject } from './json.ts';
import { tableToJson } from './json-table.ts';
import { exchangeStats } from './message-stats.ts';
import { optional } from './queue-view.ts';
import type { Rates } from './rates.ts';

/** `/api/exchanges`: one exchange. */
export function exchangeView(exchange: Exchange, rates: Rates): JsonObject {
  return {
    arguments: tableToJson(exchange.arguments),
    auto_delete: exchange.autoDelete,
    durable: exchange.durable,
    internal: exchange.internal,
    ...optional('message_stats', exchangeStats(exchange, exchange.stats, rates)),
    name: exchange.name,
    type: exchange.type,
    user_who_performed_action: exchange.creator,
    vhost: exchange.vhost.name,
  };
}
