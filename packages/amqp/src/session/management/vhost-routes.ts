import type { Hono } from 'hono';
import { inOrder, isObject, type JsonObject, startingWith } from '../../admin/json.ts';
import { isQueueType } from '../../admin/queue-types.ts';
import { permissionViews, topicPermissionViews, vhostLimitViews } from '../../admin/user-view.ts';
import { vhostView } from '../../admin/vhost-view.ts';
import type { Broker } from '../../model/index.ts';
import { define } from './defining.ts';
import { HttpError } from './http-error.ts';
import { limitOf, without } from './limit-body.ts';
import { listed, one, paged } from './listing.ts';
import { bodyOf, flagOf, type Management, type ManagementEnv, param, type Request, vhostOf, visibleVhosts } from './request.ts';
import { asAdministrator } from './user-tags.ts';

export function vhostRoutes(app: Hono<ManagementEnv>, management: Management): void {
  const { broker, rates } = management;
  app.get('/vhosts', (request) => {
    const visible = visibleVhosts(broker, request.get('user'));
    const shown = [...broker.vhosts.values()].filter(({ name }) => visible.has(name));
    const views = shown.map((vhost) => vhostView(broker, vhost, rates));
    if (!broker.release.has('whole-vhosts')) return paged(request, views.map(inOrder));
    if (request.req.query('page') !== undefined) throw HttpError.crash();
    return listed(
      request,
      views.map((view) => startingWith(LISTED, view)),
      'whole',
    );
  });
  app.get('/vhosts/:vhost', (request) => one(request, startingWith(SHOWN, vhostView(broker, vhostOf(broker, request), rates))));
  app.put('/vhosts/:vhost', asAdministrator, async (request) => putVhost(management, request, await bodyOf(request)));
  app.delete('/vhosts/:vhost', asAdministrator, (request) => {
    const name = existing(management, request);
    if (broker.vhosts.get(name)?.protectedFromDeletion === true) {
      const reason = `Refusing to delete virtual host '${name}' because it is protected from deletion`;
      throw new HttpError(412, 'precondition_failed', reason);
    }
    broker.removeVhost(name);
    return request.body(null, 204);
  });
  if (broker.release.has('deletion-protection')) protectionRoutes(app, management);
  app.post('/vhosts/:vhost/start/:node', asAdministrator, (request) => {
    const [vhost, node] = [param(request, 'vhost'), param(request, 'node')];
    if (node !== broker.nodeName) {
      const isTold = broker.release.has('wrong-queue-types-told');
      throw HttpError.badRequest(isTold ? `Unknown node: ${node}` : `Request to node ${node} failed with nodedown`);
    }
    if (!broker.vhosts.has(vhost)) throw HttpError.badRequest(`Request to node ${node} failed with {no_such_vhost,<<"${vhost}">>}`);
    return request.body(null, 204);
  });
  app.get('/vhosts/:vhost/permissions', asAdministrator, (request) => {
    const vhost = existing(management, request);
    return listed(
      request,
      permissionViews(broker.users.values()).flatMap((view) => (view.vhost === vhost ? [startingWith(['vhost'], view)] : [])),
    );
  });
  app.get('/vhosts/:vhost/topic-permissions', asAdministrator, (request) => {
    const vhost = existing(management, request);
    return listed(
      request,
      topicPermissionViews(broker.users.values()).flatMap((view) => (view.vhost === vhost ? [startingWith(['vhost'], view)] : [])),
    );
  });
  limitRoutes(app, management);
}

const SHOWN = [
  'name',
  'description',
  'tags',
  'default_queue_type',
  'protected_from_deletion',
  'metadata',
  'tracing',
  'cluster_state',
  ...['send_oct', 'send_oct_details', 'recv_oct', 'recv_oct_details', 'messages_ready', 'messages_ready_details'],
  ...['messages_unacknowledged', 'messages_unacknowledged_details', 'messages', 'messages_details'],
];

/** RabbitMQ's order of the numbers of Erlang's atoms. */
const LISTED = [
  ...['messages', 'name', 'recv_oct', 'send_oct', 'description', 'metadata', 'tags', 'default_queue_type'],
  ...['messages_ready', 'messages_unacknowledged', 'protected_from_deletion', 'tracing', 'cluster_state', 'message_stats'],
  ...['recv_oct_details', 'send_oct_details', 'messages_details', 'messages_unacknowledged_details', 'messages_ready_details'],
];

function protectionRoutes(app: Hono<ManagementEnv>, { broker }: Management): void {
  const path = '/vhosts/:vhost/deletion/protection';
  const protecting = (request: Request, on: boolean): Response => {
    const name = param(request, 'vhost');
    if (on && !broker.vhosts.has(name))
      throw HttpError.missing(`Cannot enable deletion protection of virtual host '${name}' because it does not exist`);
    vhostOf(broker, request).protectedFromDeletion = on;
    return request.body(null, 204);
  };
  // RabbitMQ dies of it.
  app.get(path, asAdministrator, (request) => {
    vhostOf(broker, request);
    throw HttpError.crash();
  });
  app.post(path, asAdministrator, (request) => protecting(request, true));
  app.delete(path, asAdministrator, (request) => protecting(request, false));
}

function limitRoutes(app: Hono<ManagementEnv>, management: Management): void {
  const { broker } = management;
  app.get('/vhost-limits', (request) => {
    const visible = visibleVhosts(broker, request.get('user'));
    return listed(
      request,
      vhostLimitViews(broker).filter(({ vhost }) => visible.has(String(vhost))),
    );
  });
  app.get('/vhost-limits/:vhost', (request) => {
    const vhost = existing(management, request);
    return listed(
      request,
      vhostLimitViews(broker).filter((view) => view.vhost === vhost),
    );
  });
  app.put('/vhost-limits/:vhost/:limit', asAdministrator, async (request) => {
    const vhost = broker.vhosts.get(param(request, 'vhost'));
    if (vhost === undefined) throw HttpError.missing('vhost_not_found');
    const [limit, value] = limitOf(request, await bodyOf(request), ['max-connections', 'max-queues'], 'limits');
    vhost.limits = { ...vhost.limits, [limit]: value };
    return request.body(null, 204);
  });
  app.delete('/vhost-limits/:vhost/:limit', asAdministrator, (request) => {
    const vhost = broker.vhosts.get(param(request, 'vhost'));
    if (vhost === undefined) throw unknownTo(broker);
    vhost.limits = without(vhost.limits, param(request, 'limit'));
    return request.body(null, 204);
  });
}

/** Limits of nobody can't be taken away: 3.10 dies of it. */
export function unknownTo({ release }: Broker): HttpError {
  return release.has('early-lookups') ? HttpError.missing('vhost_not_found') : HttpError.crash();
}

/** 201 for a new virtual host, 204 for one that was there. Who creates one may use it. */
function putVhost({ broker }: Management, request: Request, body: JsonObject): Response {
  const name = param(request, 'vhost');
  const existed = broker.vhosts.has(name);
  const { tracing, default_queue_type: type, ...described } = body;
  const settable = broker.release.has('settable-queue-types') ? type : undefined;
  const told = broker.release.has('wrong-queue-types-told');
  if (told && typeof type === 'string' && type !== 'undefined' && !isQueueType(type))
    throw HttpError.badRequest(`${type} is not a valid queue type`);
  // RabbitMQ dies of it.
  const isWrong = typeof type === 'string' && type !== 'undefined' && !isQueueType(type);
  if (isWrong && broker.release.has('checked-queue-types')) return request.body(null, 500);
  const fresh = { description: '', tags: '' };
  // Only definitions protect a virtual host while they make it.
  const protection = { protected_from_deletion: undefined };
  const metadata = isObject(body.metadata) ? { ...body.metadata, ...protection } : undefined;
  define(
    broker,
    { vhosts: [{ ...fresh, ...described, ...protection, default_queue_type: settable, name, metadata }] },
    undefined,
    request.get('user').name,
  );
  if (existed && type === undefined) forgetQueueType(broker, name);
  if (tracing !== undefined) broker.vhosts.get(name)?.setTracing(flagOf(tracing));
  if (!existed) broker.setPermission(request.get('user').name, name, { configure: '.*', write: '.*', read: '.*' });
  return request.body(null, existed ? 204 : 201);
}

/** Up to 3.13 an update without a default queue type notes down that there is none (rabbit_vhost:update/5). */
function forgetQueueType(broker: Broker, name: string): void {
  const vhost = broker.vhosts.get(name);
  if (vhost === undefined || !broker.release.has('settable-queue-types') || broker.release.has('default-queue-types')) return;
  vhost.metadata = { ...vhost.metadata, defaultQueueType: 'undefined' };
}

function existing({ broker }: Management, request: Request): string {
  const name = param(request, 'vhost');
  if (!broker.vhosts.has(name)) throw HttpError.notFound();
  return name;
}
