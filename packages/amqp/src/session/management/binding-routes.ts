import type { Hono } from 'hono';
import { bindingsOfVhost, bindingView, defaultBindingView, propertiesKey } from '../../admin/binding-view.ts';
import { isObject, type JsonObject } from '../../admin/json.ts';
import { tableFromJson } from '../../admin/json-table.ts';
import type { Binding, Channel, Exchange, Table } from '../../model/index.ts';
import { HttpError } from './http-error.ts';
import { declared, onChannel } from './in-process.ts';
import { listed, one } from './listing.ts';
import { bodyOf, type Management, type ManagementEnv, param, type Request, textOf, vhostOf, visibleVhosts } from './request.ts';

/** `e/SOURCE/q/QUEUE` and `e/SOURCE/e/EXCHANGE`. */
const BETWEEN = '/bindings/:vhost/e/:source/:kind/:destination';

export function bindingRoutes(app: Hono<ManagementEnv>, management: Management): void {
  const { broker } = management;
  app.get('/bindings', (request) => {
    const visible = visibleVhosts(broker, request.get('user'));
    return listed(request, [...broker.vhosts.values()].filter(({ name }) => visible.has(name)).flatMap(bindingsOfVhost));
  });
  app.get('/bindings/:vhost', (request) => listed(request, bindingsOfVhost(vhostOf(broker, request))));
  app.get(BETWEEN, (request) => listed(request, between(management, request)));
  app.post(BETWEEN, async (request) => bind(management, request, await bodyOf(request)));
  app.get(`${BETWEEN}/:key`, (request) => {
    const ofDefault = defaultBinding(management, request);
    return one(request, ofDefault ?? bindingView(vhostOf(broker, request), binding(management, request)));
  });
  app.delete(`${BETWEEN}/:key`, (request) => {
    if (defaultBinding(management, request) !== undefined) throw HttpError.denied('Access refused.');
    const { destination, routingKey, arguments: args } = binding(management, request);
    onChannel(management, request, declared, (channel) => change(channel, request, destination.kind, 'unbind', routingKey, args));
    return request.body(null, 204);
  });
}

function between(management: Management, request: Request): JsonObject[] {
  const vhost = management.broker.vhosts.get(param(request, 'vhost'));
  // RabbitMQ dies of kinds that it does not know, and finds nothing where there is nothing.
  kindOf(request);
  if (vhost === undefined) return [];
  const { source, found } = stored(management, request);
  if (source?.name === '') return [defaultBindingView({ name: param(request, 'destination'), vhost })];
  return found.map((binding) => bindingView(vhost, binding));
}

/** Nothing is found between what does not exist; that is no error. */
function stored({ broker }: Management, request: Request): { source: Exchange | undefined; found: Binding[] } {
  const source = vhostOf(broker, request).exchanges.get(sourceOf(request));
  const kind = kindOf(request);
  const destination = param(request, 'destination');
  const found = [...(source?.bindings.values() ?? [])].filter(
    (binding) => binding.destination.kind === kind && binding.destination.name === destination,
  );
  return { source, found };
}

/** A queue's own binding to the default exchange. */
function defaultBinding({ broker }: Management, request: Request): JsonObject | undefined {
  const queue = vhostOf(broker, request).queues.get(param(request, 'destination'));
  const meant = sourceOf(request) === '' && queue?.name === param(request, 'key');
  return meant ? defaultBindingView(queue) : undefined;
}

function binding(management: Management, request: Request): Binding {
  const key = param(request, 'key');
  const found = stored(management, request).found.find((candidate) => propertiesKey(candidate) === key || candidate.propertiesKey === key);
  if (found === undefined) throw HttpError.notFound();
  return found;
}

/** 201, and where the new binding is. */
function bind(management: Management, request: Request, body: JsonObject): Response {
  const { routing_key: given } = body;
  const routingKey = typeof given === 'number' ? String(given) : textOf(given);
  const args = tableFromJson(isObject(body.arguments) ? body.arguments : {});
  const kind = kindOf(request);
  onChannel(management, request, declared, (channel) => change(channel, request, kind, 'bind', routingKey, args));
  const made = stored(management, request).source?.find(kind, param(request, 'destination'), routingKey, args);
  const key = made === undefined ? '~' : propertiesKey(made);
  return request.body(null, 201, { location: `${encodeURIComponent(param(request, 'destination'))}/${encodeURIComponent(key)}` });
}

function change(
  channel: Channel,
  request: Request,
  kind: 'queue' | 'exchange',
  what: 'bind' | 'unbind',
  routingKey: string,
  args: Table,
): void {
  const source = sourceOf(request);
  const destination = param(request, 'destination');
  if (kind === 'queue') {
    const queueBinding = { queue: destination, exchange: source, routingKey, arguments: args };
    if (what === 'bind') channel.queueBind(queueBinding);
    else channel.queueUnbind(queueBinding);
    return;
  }
  const exchangeBinding = { destination, source, routingKey, arguments: args };
  if (what === 'bind') channel.exchangeBind(exchangeBinding);
  else channel.exchangeUnbind(exchangeBinding);
}

/** The default exchange is called `amq.default` in paths. */
function sourceOf(request: Request): string {
  const name = param(request, 'source');
  return name === 'amq.default' ? '' : name;
}

function kindOf(request: Request): 'queue' | 'exchange' {
  const kind = param(request, 'kind');
  if (kind !== 'q' && kind !== 'e') throw HttpError.crash();
  return kind === 'q' ? 'queue' : 'exchange';
}
