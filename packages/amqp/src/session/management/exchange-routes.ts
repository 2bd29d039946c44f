import type { Hono } from 'hono';
import { bindingsFrom, bindingsTo } from '../../admin/binding-view.ts';
import { exchangeView } from '../../admin/exchange-view.ts';
import { inOrder, type JsonObject } from '../../admin/json.ts';
import { tableFromJson } from '../../admin/json-table.ts';
import type { Exchange } from '../../model/index.ts';
import { declared, onChannel } from './in-process.ts';
import { listed, one, paged } from './listing.ts';
import {
  argumentsOf,
  bodyOf,
  exchangeOf,
  flagOf,
  type Management,
  type ManagementEnv,
  param,
  type Request,
  textOf,
  vhostOf,
  visibleVhosts,
} from './request.ts';

export function exchangeRoutes(app: Hono<ManagementEnv>, management: Management): void {
  const { broker, rates } = management;
  /** RabbitMQ lists the bindings of an exchange that does not exist, and of those in virtual hosts that don't: there are none. */
  const ofExchange = (request: Request, bindings: (exchange: Exchange) => JsonObject[]): JsonObject[] => {
    const name = param(request, 'name');
    const exchange = broker.vhosts.get(param(request, 'vhost'))?.exchanges.get(name === 'amq.default' ? '' : name);
    return exchange === undefined ? [] : bindings(exchange);
  };
  app.get('/exchanges', (request) => {
    const visible = visibleVhosts(broker, request.get('user'));
    const shown = [...broker.vhosts.values()].filter(({ name }) => visible.has(name));
    return paged(
      request,
      shown.flatMap((vhost) => [...vhost.exchanges.values()].map((exchange) => exchangeView(exchange, rates))),
    );
  });
  app.get('/exchanges/:vhost', (request) =>
    paged(
      request,
      [...vhostOf(broker, request).exchanges.values()].map((exchange) => exchangeView(exchange, rates)),
    ),
  );
  app.get('/exchanges/:vhost/:name', (request) =>
    one(request, inOrder({ ...exchangeView(exchangeOf(broker, request), rates), incoming: [], outgoing: [] })),
  );
  app.put('/exchanges/:vhost/:name', async (request) => declareExchange(management, request, await bodyOf(request)));
  app.delete('/exchanges/:vhost/:name', (request) => {
    const ifUnused = request.req.query('if-unused') === 'true';
    const { name } = exchangeOf(broker, request);
    onChannel(management, request, declared, (channel) => channel.exchangeDelete(name, ifUnused));
    return request.body(null, 204);
  });
  app.get('/exchanges/:vhost/:name/bindings/source', (request) => listed(request, ofExchange(request, bindingsFrom)));
  app.get('/exchanges/:vhost/:name/bindings/destination', (request) => listed(request, ofExchange(request, bindingsTo)));
}

/** 201 for a new exchange, 204 for one that was there. */
function declareExchange(management: Management, request: Request, body: JsonObject): Response {
  const name = param(request, 'name');
  const existed = management.broker.vhosts.get(param(request, 'vhost'))?.exchanges.has(name) ?? false;
  const args = argumentsOf(body);
  onChannel(management, request, declared, (channel) =>
    channel.exchangeDeclare({
      exchange: name,
      type: textOf(body.type, 'direct'),
      durable: flagOf(body.durable),
      autoDelete: flagOf(body.auto_delete),
      internal: flagOf(body.internal),
      arguments: tableFromJson(args),
    }),
  );
  return request.body(null, existed ? 204 : 201);
}
