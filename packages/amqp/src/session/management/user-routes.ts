import type { Hono } from 'hono';
import type { JsonObject } from '../../admin/json.ts';
import { permissionViews, topicPermissionViews, userLimitViews, userView } from '../../admin/user-view.ts';
import type { User } from '../../model/index.ts';
import { define } from './defining.ts';
import { HttpError } from './http-error.ts';
import { listed, one } from './listing.ts';
import { bodyOf, type Management, type ManagementEnv, needed, param, type Request, wholeOf } from './request.ts';
import { asAdministrator } from './user-tags.ts';
import { limitName } from './vhost-routes.ts';

export function userRoutes(app: Hono<ManagementEnv>, management: Management): void {
  const { broker } = management;
  const users = (): User[] => [...broker.users.values()];
  app.get('/whoami', (request) => {
    const { name, tags } = request.get('user');
    return request.json({ name, tags });
  });
  app.get('/users', asAdministrator, (request) => listed(request, users().map(userView)));
  app.get('/users/without-permissions', asAdministrator, (request) => {
    const without = users().filter(({ permissions }) => permissions.size === 0);
    return listed(request, without.map(userView));
  });
  app.post('/users/bulk-delete', asAdministrator, async (request) => {
    const names = needed(await bodyOf(request), 'users');
    if (!Array.isArray(names)) throw HttpError.badRequest('users: expected a list');
    for (const name of names) broker.removeUser(String(name));
    return request.body(null, 204);
  });
  app.get('/users/:user', asAdministrator, (request) => one(request, userView(userOf(management, request))));
  app.put('/users/:user', asAdministrator, async (request) => putUser(management, request, await bodyOf(request)));
  app.delete('/users/:user', asAdministrator, (request) => {
    broker.removeUser(userOf(management, request).name);
    return request.body(null, 204);
  });
  app.get('/users/:user/permissions', asAdministrator, (request) => listed(request, permissionViews([userOf(management, request)])));
  app.get('/users/:user/topic-permissions', asAdministrator, (request) =>
    listed(request, topicPermissionViews([userOf(management, request)])),
  );
  permissionRoutes(app, management);
  limitRoutes(app, management);
}

function permissionRoutes(app: Hono<ManagementEnv>, management: Management): void {
  const { broker } = management;
  app.get('/permissions', asAdministrator, (request) => listed(request, permissionViews(broker.users.values())));
  app.get('/permissions/:vhost/:user', asAdministrator, (request) => {
    const found = permissionViews([userOf(management, request)]).find(({ vhost }) => vhost === param(request, 'vhost'));
    if (found === undefined) throw HttpError.notFound();
    return one(request, found);
  });
  app.put('/permissions/:vhost/:user', asAdministrator, async (request) => {
    const [user, vhost] = [userOf(management, request), param(request, 'vhost')];
    if (!broker.vhosts.has(vhost)) throw HttpError.notFound();
    const body = await bodyOf(request);
    const [configure, write, read] = ['configure', 'write', 'read'].map((name) => needed(body, name));
    const existed = user.permissions.has(vhost);
    define(broker, { permissions: [{ user: user.name, vhost, configure, write, read }] });
    return request.body(null, existed ? 204 : 201);
  });
  app.delete('/permissions/:vhost/:user', asAdministrator, (request) => {
    const user = userOf(management, request);
    if (!user.permissions.has(param(request, 'vhost'))) throw HttpError.notFound();
    broker.setPermission(user.name, param(request, 'vhost'), undefined);
    return request.body(null, 204);
  });
  app.get('/topic-permissions', asAdministrator, (request) => listed(request, topicPermissionViews(broker.users.values())));
  app.get('/topic-permissions/:vhost/:user', asAdministrator, (request) => {
    const found = topicPermissionViews([userOf(management, request)]).filter(({ vhost }) => vhost === param(request, 'vhost'));
    if (found.length === 0) throw HttpError.notFound();
    return listed(request, found);
  });
  app.put('/topic-permissions/:vhost/:user', asAdministrator, async (request) => {
    const [user, vhost] = [userOf(management, request), param(request, 'vhost')];
    if (!broker.vhosts.has(vhost)) throw HttpError.notFound();
    const body = await bodyOf(request);
    const [exchange, write, read] = ['exchange', 'write', 'read'].map((name) => needed(body, name));
    const existed = user.topicPermissions.has(vhost);
    define(broker, { topic_permissions: [{ user: user.name, vhost, exchange, write, read }] });
    return request.body(null, existed ? 204 : 201);
  });
  app.delete('/topic-permissions/:vhost/:user', asAdministrator, (request) => {
    broker.setTopicPermission(userOf(management, request).name, param(request, 'vhost'), undefined, undefined);
    return request.body(null, 204);
  });
}

function limitRoutes(app: Hono<ManagementEnv>, management: Management): void {
  const { broker } = management;
  app.get('/user-limits', asAdministrator, (request) => listed(request, userLimitViews(broker)));
  app.get('/user-limits/:user', asAdministrator, (request) => {
    const { name } = userOf(management, request);
    return listed(
      request,
      userLimitViews(broker).filter(({ user }) => user === name),
    );
  });
  app.put('/user-limits/:user/:limit', asAdministrator, async (request) => {
    const user = userOf(management, request);
    const value = wholeOf((await bodyOf(request)).value, 'value');
    broker.putUser({ ...user, limits: { ...user.limits, [limitName(request, ['max-connections', 'max-channels'])]: value } });
    return request.body(null, 204);
  });
  app.delete('/user-limits/:user/:limit', asAdministrator, (request) => {
    const user = userOf(management, request);
    const { [limitName(request, ['max-connections', 'max-channels'])]: _, ...limits } = { ...user.limits };
    broker.putUser({ ...user, limits });
    return request.body(null, 204);
  });
}

function userOf({ broker }: Management, request: Request): User {
  const user = broker.users.get(param(request, 'user'));
  if (user === undefined) throw HttpError.notFound();
  return user;
}

/** 201 for a new user, 204 for one that was there. Neither password nor hash: a user who can't log in with one. */
function putUser({ broker }: Management, request: Request, body: JsonObject): Response {
  const name = param(request, 'user');
  const tags = body.tags ?? body.administrator;
  if (tags === undefined) throw HttpError.badRequest('[{key_missing,tags}]');
  const existed = broker.users.has(name);
  define(broker, { users: [{ ...body, name, tags }] });
  return request.body(null, existed ? 204 : 201);
}
