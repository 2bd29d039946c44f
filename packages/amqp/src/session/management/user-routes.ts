import type { Hono } from 'hono';
import { isBase64 } from '../../admin/base64.ts';
import { inOrder, type JsonObject } from '../../admin/json.ts';
import { queueBasics } from '../../admin/queue-view.ts';
import { permissionViews, topicPermissionViews, userLimitViews, userView } from '../../admin/user-view.ts';
import { patternMistake, type User } from '../../model/index.ts';
import { define } from './defining.ts';
import { HttpError } from './http-error.ts';
import { limitOf, without } from './limit-body.ts';
import { listed, one, paged } from './listing.ts';
import { bodyOf, isAdministrator, type Management, type ManagementEnv, needed, param, type Request, visibleVhosts } from './request.ts';
import { asAdministrator } from './user-tags.ts';
import { unknownTo } from './vhost-routes.ts';

export function userRoutes(app: Hono<ManagementEnv>, management: Management): void {
  const { broker } = management;
  const users = (): User[] => [...broker.users.values()];
  // Their columns are picked from a map and turned pages of since 3.13, say.
  const list = broker.release.has('internal-users') ? paged : listed;
  const listedView = (user: User): JsonObject => (broker.release.has('internal-users') ? inOrder(userView(user)) : userView(user));
  app.get('/whoami', (request) => {
    const { name, tags } = request.get('user');
    return request.json({ name, tags, ...(broker.release.has('internal-users') ? { is_internal_user: true } : {}) });
  });
  app.get('/users', asAdministrator, (request) => list(request, users().map(listedView)));
  app.get('/users/without-permissions', asAdministrator, (request) => {
    const without = users().filter(({ permissions }) => permissions.size === 0);
    return list(request, without.map(listedView));
  });
  app.post('/users/bulk-delete', asAdministrator, async (request) => {
    const [names] = needed(await bodyOf(request), 'users');
    if (!Array.isArray(names)) throw HttpError.badRequest('not_json');
    for (const name of names.map(String)) {
      if (!broker.users.has(name)) {
        if (broker.release.has('forgiving-bulk-deletes')) continue;
        throw HttpError.badRequest(['no_such_user', name]);
      }
      broker.removeUser(name);
    }
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
  if (broker.release.has('users-queues'))
    app.get('/users/:user/queues', (request) => {
      const name = param(request, 'user');
      const visible = visibleVhosts(broker, request.get('user'));
      const all = [...broker.vhosts.values()].filter((vhost) => visible.has(vhost.name)).flatMap((vhost) => [...vhost.queues.values()]);
      return listed(
        request,
        all.filter(({ creator }) => creator === name).map((queue) => inOrder(queueBasics(broker, queue))),
      );
    });
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
    const { user, vhost } = grantee(management, request);
    const [configure, write, read] = needed(await bodyOf(request), 'configure', 'write', 'read').map((value) =>
      expressionOf(management, value, true),
    );
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
    return listed(request, topicPermissionsOf(management, request));
  });
  const onExchange = '/topic-permissions/:vhost/:user/:exchange';
  // Whether there are any for that exchange is not asked.
  app.get(onExchange, asAdministrator, (request) => listed(request, topicPermissionsOf(management, request)));
  app.delete(onExchange, asAdministrator, (request) => {
    topicPermissionsOf(management, request);
    broker.setTopicPermission(param(request, 'user'), param(request, 'vhost'), param(request, 'exchange'), undefined);
    return request.body(null, 204);
  });
  const put = async (request: Request): Promise<Response> => {
    const { user, vhost } = grantee(management, request);
    const [exchange, ...patterns] = needed(await bodyOf(request), 'exchange', 'write', 'read');
    const [write, read] = patterns.map((value) => expressionOf(management, value, false));
    const existed = user.topicPermissions.has(vhost);
    define(broker, { topic_permissions: [{ user: user.name, vhost, exchange, write, read }] });
    return request.body(null, existed ? 204 : 201);
  };
  app.put('/topic-permissions/:vhost/:user', asAdministrator, put);
  app.put(onExchange, asAdministrator, put);
  app.delete('/topic-permissions/:vhost/:user', asAdministrator, (request) => {
    const user = userOf(management, request);
    if (!user.topicPermissions.has(param(request, 'vhost'))) throw HttpError.notFound();
    broker.setTopicPermission(user.name, param(request, 'vhost'), undefined, undefined);
    return request.body(null, 204);
  });
}

function limitRoutes(app: Hono<ManagementEnv>, management: Management): void {
  const { broker } = management;
  app.get('/user-limits', (request) => {
    if (broker.release.has('user-limits-for-administrators') && !isAdministrator(request.get('user')))
      throw HttpError.refused('Not administrator user');
    return listed(request, userLimitViews(broker));
  });
  app.get('/user-limits/:user', (request) => {
    const { name } = userOf(management, request);
    return listed(
      request,
      userLimitViews(broker).filter(({ user }) => user === name),
    );
  });
  app.put('/user-limits/:user/:limit', asAdministrator, async (request) => {
    const name = param(request, 'user');
    const [limit, value] = limitOf(request, await bodyOf(request), ['max-connections', 'max-channels'], 'user-limits');
    const user = broker.users.get(name);
    if (user === undefined) throw HttpError.badRequest(['no_such_user', name]);
    broker.putUser({ ...user, limits: { ...user.limits, [limit]: value } });
    return request.body(null, 204);
  });
  app.delete('/user-limits/:user/:limit', asAdministrator, (request) => {
    const user = broker.users.get(param(request, 'user'));
    // It says vhost, but means the user.
    if (user === undefined) throw unknownTo(broker);
    broker.putUser({ ...user, limits: without(user.limits, param(request, 'limit')) });
    return request.body(null, 204);
  });
}

function topicPermissionsOf(management: Management, request: Request): JsonObject[] {
  const found = topicPermissionViews([userOf(management, request)]).filter(({ vhost }) => vhost === param(request, 'vhost'));
  if (found.length === 0) throw HttpError.notFound();
  return found;
}

/** Whom something is granted, and where. */
function grantee({ broker }: Management, request: Request): { user: User; vhost: string } {
  const [user, vhost] = [broker.users.get(param(request, 'user')), param(request, 'vhost')];
  if (user === undefined || !broker.vhosts.has(vhost)) throw HttpError.badRequest('vhost_or_user_not_found');
  return { user, vhost };
}

/** A regular expression. RabbitMQ prints PCRE's complaint as a list of character codes, and that of permissions, too. */
function expressionOf({ broker }: Management, value: unknown, isInCodes: boolean): unknown {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const mistake = patternMistake(text, broker.release);
  if (mistake !== undefined) {
    throw HttpError.badRequest(['invalid_regexp', isInCodes ? codesOf(text) : value, [codesOf(mistake.text), mistake.at]]);
  }
  return value;
}

function codesOf(text: string): readonly number[] {
  return [...Buffer.from(text)];
}

function userOf({ broker }: Management, request: Request): User {
  const user = broker.users.get(param(request, 'user'));
  if (user === undefined) throw HttpError.notFound();
  return user;
}

/** 201 for a new user, 204 for one that was there. Neither password nor hash: a user who can't log in with one. */
function putUser({ broker }: Management, request: Request, body: JsonObject): Response {
  const name = param(request, 'user');
  const { tags, password, password_hash: hash } = body;
  if (tags === undefined) throw HttpError.badRequest('tags_not_present');
  if (password !== undefined && hash !== undefined) throw HttpError.badRequest('both_password_and_password_hash_are_provided');
  if (typeof hash === 'string' && !isBase64(hash)) throw HttpError.badRequest(['not_base64', hash]);
  const existed = broker.users.has(name);
  define(broker, { users: [{ ...body, name }] });
  return request.body(null, existed ? 204 : 201);
}
