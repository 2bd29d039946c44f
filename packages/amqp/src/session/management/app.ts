import type { Connection } from '@wirelike/kernel';
import { Hono } from 'hono';
import { type Broker, Refusal, type Release } from '../../model/index.ts';
import { authorize } from './authorization.ts';
import { bindingRoutes } from './binding-routes.ts';
import { connectionRoutes } from './connection-routes.ts';
import { definitionRoutes } from './definition-routes.ts';
import { exchangeRoutes } from './exchange-routes.ts';
import { healthRoutes } from './health-routes.ts';
import { HttpError } from './http-error.ts';
import { loggedIn } from './login.ts';
import { messageRoutes } from './message-routes.ts';
import { methodsAt } from './methods-at.ts';
import { overviewRoutes } from './overview-routes.ts';
import { policyRoutes } from './policy-routes.ts';
import { queueRoutes } from './queue-routes.ts';
import type { Management, ManagementEnv, Request } from './request.ts';
import { responseHeaders } from './response-headers.ts';
import { tapped } from './tapped.ts';
import { userRoutes } from './user-routes.ts';
import { vhostRoutes } from './vhost-routes.ts';

/** RabbitMQ's management HTTP API (https://www.rabbitmq.com/docs/http-api-reference). */
export function managementApp(management: Management): Hono<ManagementEnv> {
  const api = new Hono<ManagementEnv>({ strict: false });
  const app = new Hono<ManagementEnv>({ strict: false });
  app.use(async (request, next) => {
    const connection = connectionOf(management, request);
    if (connection !== undefined && management.tap.engaged) await tapped(management.tap, connection, request, next);
    else await next();
    tell(management.broker.release, api, request);
  });
  // cowboy_rest's order: the path, its methods, who asks, and only then whether there is such a thing.
  api.use(async (request, next) => {
    const methods = methodsAt(api.routes, request.req.path);
    const { method, path } = request.req;
    request.set('release', management.broker.release);
    if (methods.length === 0) return noSuchPath(method, path);
    if (method === 'OPTIONS') return new Response(null, { status: 200, headers: { allow: methods.join(', ') } });
    if (!methods.includes(method)) return new Response(null, { status: 405, headers: { allow: methods.join(', ') } });
    if (isOpen(management.broker, path)) {
      request.set('negotiated', true);
      return await next();
    }
    if (request.req.header('authorization') === undefined) return new Response(null, { status: 401, headers: CHALLENGE });
    return await loggedIn(management, request, connectionOf(management, request), async () => {
      authorize(management, request);
      const refused = unfit(request);
      if (refused !== undefined) return refused;
      request.set('negotiated', true);
      await next();
      return undefined;
    });
  });
  const families = [overviewRoutes, healthRoutes, connectionRoutes, messageRoutes, queueRoutes, exchangeRoutes, bindingRoutes];
  for (const routes of [...families, vhostRoutes, userRoutes, policyRoutes, definitionRoutes]) routes(api, management);
  app.all('*', async (request, next) => {
    const { method, path } = request.req;
    if (path.startsWith('/api/') && path !== '/api/') return await next();
    const location = MOVED.get(path.replace(/(?<=.)\/$/, ''));
    if (location !== undefined) return new Response(null, { status: 301, headers: { location } });
    return path === '/' && (method === 'GET' || method === 'HEAD') ? request.text(WELCOME) : noSuchPath(method, path);
  });
  app.route('/api', api);
  app.notFound(() => answer(HttpError.notFound()));
  app.onError((error) => {
    if (error instanceof HttpError) return answer(error);
    if (error instanceof Refusal) return answer(HttpError.badRequest(error.message));
    throw error;
  });
  return app;
}

/** Puts the headers beside an answer that every answer has. */
function tell(release: Release, api: Hono<ManagementEnv>, request: Request): void {
  const { res, error } = request;
  if (request.get('unread') === true) return;
  if (res.status === 301) {
    if (release.has('compression-told')) res.headers.set('vary', 'accept-encoding');
    return;
  }
  const path = request.req.path.replace(/^\/api/, '').replace(/(?<=.)\/$/, '');
  const refused = error instanceof HttpError && error.refuses && !error.isLate;
  const negotiated = request.get('negotiated') === true && !refused;
  const isExport = request.req.method === 'GET' && path.startsWith('/definitions/') && release.has('leaner-definitions');
  const isShown = error === undefined && res.status !== 404 && res.headers.get('content-type') === 'application/json';
  const shows = isExport || isShown;
  for (const [name, value] of Object.entries(responseHeaders(release, { path, status: res.status, negotiated, shows })))
    res.headers.set(name, value);
  if (release.has('methods-told') && res.status !== 500) res.headers.set('allow', allowed(api, request.req.path));
}

/** What cowboy_rest says of what the client accepts, and of what it sends. */
function unfit(request: Request): Response | undefined {
  const { accept, 'content-type': type } = request.req.header();
  const ranges = accept?.split(',').map((range) => range.trim().split(';')[0]?.trim().toLowerCase() ?? '') ?? [];
  if (ranges.some((range) => !/^[^\s/]+\/[^\s/]+$/.test(range))) return new Response(null, { status: 400 });
  const isFit = accept === undefined || ranges.some((range) => OFFERED.has(range));
  if (!isFit) return new Response(null, { status: 406 });
  if (!['PUT', 'POST'].includes(request.req.method) || type === undefined || type.includes('/')) return undefined;
  request.set('negotiated', true);
  return new Response(null, { status: 415 });
}

const OFFERED = new Set(['*/*', 'application/*', 'application/json', 'application/bert']);

/** Load balancers ask those. */
const OPEN_CHECKS =
  /^\/api\/health\/checks\/(?:ready-to-serve-clients|is-in-service|below-node-connection-limit|reached-target-cluster-size)$/;

/** What nobody has to log in for. */
function isOpen({ release }: Broker, path: string): boolean {
  if (OPEN_CHECKS.test(path)) return release.has('health-of-service');
  return path === '/api/auth' || (path === '/api/version' && release.has('open-version'));
}

const OF_FILES = 'HEAD, GET, OPTIONS';

function allowed(api: Hono<ManagementEnv>, path: string): string {
  if (!path.startsWith('/api/')) return OF_FILES;
  const methods = methodsAt(api.routes, path);
  return methods.length === 0 ? OF_FILES : methods.join(', ');
}

/** Whatever is no path of the API may be one of the files of the management pages: they are only read, and have no such names. */
function noSuchPath(method: string, path: string): Response {
  const allow = OF_FILES;
  if (!allow.includes(method)) return new Response(null, { status: 405, headers: { allow } });
  if (method === 'OPTIONS') return new Response(null, { status: 200, headers: { allow } });
  return /%2f|%5c|\\/i.test(path) ? new Response(null, { status: 400 }) : answer(HttpError.notFound());
}

/** Where pages used to be (rabbit_mgmt_dispatcher). */
const MOVED: ReadonlyMap<string, string> = new Map([
  ['/api', '/api/index.html'],
  ['/cli', '/cli/index.html'],
  ['/stats', '/api/index.html'],
  ['/doc/stats.html', '/api/index.html'],
  ['/mgmt', '/'],
]);

const WELCOME = `wirelike answers RabbitMQ's management HTTP API here, without its pages.

  curl -u guest:guest http://127.0.0.1:15672/api/overview
`;

const CHALLENGE = { 'www-authenticate': 'Basic realm="RabbitMQ Management"' };

export function answer({ status, error, reason, challenges }: HttpError): Response {
  if (error === '') return new Response(null, { status });
  const challenge = challenges ? CHALLENGE : {};
  return new Response(JSON.stringify({ error, reason }), { status, headers: { 'content-type': 'application/json', ...challenge } });
}

/** The client's connection; nothing for a request that was made in process. */
function connectionOf(management: Management, request: Request): Connection | undefined {
  const { incoming } = request.env ?? {};
  return incoming === undefined ? undefined : management.connectionOf(incoming.socket);
}
