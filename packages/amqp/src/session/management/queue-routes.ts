import type { Hono } from 'hono';
import { bindingsOfQueue, defaultBindingView } from '../../admin/binding-view.ts';
import { consumerView } from '../../admin/connection-view.ts';
import { inOrder, type JsonObject, startingWith } from '../../admin/json.ts';
import { tableFromJson } from '../../admin/json-table.ts';
import { queueBasics, queueTotals, queueView, quorumStatus } from '../../admin/queue-view.ts';
import { queue_name_max_bytes } from '../../limits.ts';
import type { Broker, Queue } from '../../model/index.ts';
import { HttpError } from './http-error.ts';
import { declared, onChannel } from './in-process.ts';
import { listed, one, paged } from './listing.ts';
import {
  argumentsOf,
  bodyOf,
  flagOf,
  type Management,
  type ManagementEnv,
  needed,
  param,
  queueOf,
  type Request,
  vhostOf,
  visibleVhosts,
} from './request.ts';

export function queueRoutes(app: Hono<ManagementEnv>, management: Management): void {
  const { broker, rates } = management;
  const view = (request: Request, queue: Queue): JsonObject => {
    if (request.req.query('disable_stats') !== 'true') return queueView(broker, queue, rates);
    const basics = queueBasics(broker, queue);
    if (request.req.query('enable_queue_totals') !== 'true') return basics;
    const { internal: _, internal_owner: __, ...rest } = basics;
    return { ...rest, ...queueTotals(queue) };
  };
  const all = (request: Request, show: (queue: Queue) => JsonObject): Response => {
    const visible = visibleVhosts(broker, request.get('user'));
    const queues = [...broker.vhosts.values()].filter(({ name }) => visible.has(name)).flatMap((vhost) => [...vhost.queues.values()]);
    return paged(request, queues.map(show).map(inOrder));
  };
  const brief = (request: Request, queue: Queue): JsonObject => {
    const shown = view(request, queue);
    const isWhole = !broker.release.has('detailed-queues') || request.req.query('disable_stats') === 'true';
    return isWhole ? shown : withoutDetails(shown);
  };
  const consumers = (queue: Queue): JsonObject[] =>
    queue.consumers.map((consumer) => startingWith(['arguments'], inOrder(consumerView(broker, consumer))));

  app.get('/queues', (request) => all(request, (queue) => brief(request, queue)));
  if (broker.release.has('detailed-queues')) app.get('/queues/detailed', (request) => all(request, (queue) => view(request, queue)));
  app.get('/queues/:vhost', (request) =>
    paged(
      request,
      [...vhostOf(broker, request).queues.values()].map((queue) => inOrder(brief(request, queue))),
    ),
  );
  app.get('/queues/:vhost/:name', (request) => {
    const queue = queueOf(broker, request);
    const details = request.req.query('disable_stats') === 'true' ? {} : { deliveries: [], incoming: [] };
    const first = request.req.query('disable_stats') === 'true' ? {} : { consumer_details: consumers(queue) };
    return one(request, { ...first, ...inOrder({ ...view(request, queue), ...details }) });
  });
  app.put('/queues/:vhost/:name', async (request) => declareQueue(management, request, await bodyOf(request)));
  app.delete('/queues/:vhost/:name', (request) => {
    queueOf(broker, request);
    const [ifUnused, ifEmpty] = [request.req.query('if-unused') === 'true', request.req.query('if-empty') === 'true'];
    onChannel(management, request, declared, (channel) => channel.queueDelete(param(request, 'name'), ifUnused, ifEmpty));
    return request.body(null, 204);
  });
  if (broker.release.has('quorum-queue-status'))
    app.get('/queues/quorum/:vhost/:name/status', (request) => {
      const queue = queueOf(broker, request);
      if (queue.type === 'quorum') return listed(request, [quorumStatus(queue)]);
      return request.json({ status: 'failed', reason: `${queue.type}_queue_not_supported` }, 503);
    });
  app.get('/queues/:vhost/:name/bindings', (request) => listed(request, bindingsAt(broker, request)));
  app.delete('/queues/:vhost/:name/contents', (request) => {
    queueOf(broker, request);
    onChannel(management, request, declared, (channel) => channel.queuePurge(param(request, 'name')));
    return request.body(null, 204);
  });
  app.post('/queues/:vhost/:name/actions', async (request) => {
    const vhost = broker.vhosts.get(param(request, 'vhost'));
    // What is asked for comes first as long as mirrors can be synchronised.
    const missing = vhost?.queues.has(param(request, 'name')) !== true;
    if (missing && broker.release.has('early-lookups'))
      throw HttpError.missing(vhost === undefined ? 'vhost_not_found' : 'queue_not_found');
    const [action] = needed(await bodyOf(request), 'action');
    if (missing) throw HttpError.crash();
    // With one node both do nothing.
    if (broker.release.has('no-mirrors') || (action !== 'sync' && action !== 'cancel_sync'))
      throw HttpError.badRequest(['unknown', action]);
    return request.body(null, 204);
  });
  app.get('/consumers', (request) => {
    const visible = visibleVhosts(broker, request.get('user'));
    const queues = [...broker.vhosts.values()].filter(({ name }) => visible.has(name)).flatMap((vhost) => [...vhost.queues.values()]);
    return listed(request, queues.flatMap(consumers));
  });
  app.get('/consumers/:vhost', (request) => {
    const vhost = vhostOf(broker, request);
    const isVisible = visibleVhosts(broker, request.get('user')).has(vhost.name);
    return listed(request, isVisible ? [...vhost.queues.values()].flatMap(consumers) : []);
  });
}

/** RabbitMQ makes up what binds a queue to the default exchange, whether there is one or not. */
function bindingsAt(broker: Broker, request: Request): JsonObject[] {
  const [vhost, name] = [broker.vhosts.get(param(request, 'vhost')), param(request, 'name')];
  if (vhost === undefined) return [];
  const queue = vhost.queues.get(name);
  return queue === undefined ? [defaultBindingView({ name, vhost })] : bindingsOfQueue(queue);
}

/** What `/api/queues/detailed` is for. */
const DETAILS = new Set([
  ...['exclusive_consumer_tag', 'garbage_collection', 'head_message_timestamp', 'idle_since', 'operator_policy', 'policy'],
  ...['recoverable_slaves', 'single_active_consumer_tag'],
]);

function withoutDetails(queue: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(queue).filter(([name]) => !DETAILS.has(name)));
}

/** 201 for a new queue, 204 for one that was there. */
function declareQueue(management: Management, request: Request, body: JsonObject): Response {
  const name = param(request, 'name');
  const length = Buffer.byteLength(name);
  // rabbit_parameter_validation:amqp091_queue_name/2.
  if (length > queue_name_max_bytes) throw HttpError.badRequest(`queue should be less than 255 bytes, actually was ${length}\n`);
  const existed = management.broker.vhosts.get(param(request, 'vhost'))?.queues.has(name) ?? false;
  const args = argumentsOf(body);
  onChannel(management, request, declared, (channel) =>
    channel.queueDeclare({
      queue: name,
      durable: flagOf(body.durable),
      autoDelete: flagOf(body.auto_delete),
      exclusive: flagOf(body.exclusive),
      arguments: tableFromJson(args),
    }),
  );
  return request.body(null, existed ? 204 : 201);
}
