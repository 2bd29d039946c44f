import type { Connection } from '@wirelike/kernel';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { management_body_max_bytes } from '../../limits.ts';
import { Refusal } from '../../model/index.ts';
import { isLoopback } from '../authentication.ts';
import { bindingRoutes } from './binding-routes.ts';
import { connectionRoutes } from './connection-routes.ts';
import { definitionRoutes } from './definition-routes.ts';
import { exchangeRoutes } from './exchange-routes.ts';
import { healthRoutes } from './health-routes.ts';
import { HttpError } from './http-error.ts';
import { messageRoutes } from './message-routes.ts';
import { overviewRoutes } from './overview-routes.ts';
import { policyRoutes } from './policy-routes.ts';
import { queueRoutes } from './queue-routes.ts';
import { type Management, type ManagementEnv, mayManage, type Request } from './request.ts';
import { tapped } from './tapped.ts';
import { userRoutes } from './user-routes.ts';
import { vhostRoutes } from './vhost-routes.ts';

/** RabbitMQ's management HTTP API (https://www.rabbitmq.com/docs/http-api-reference). */
export function managementApp(management: Management): Hono<ManagementEnv> {
  const api = new Hono<ManagementEnv>({ strict: false });
  api.use(async (request, next) => {
    authenticate(management, request);
    await next();
  });
  const tooLarge = (): Response => answer(new HttpError(413, 'bad_request', 'payload size limit exceeded'));
  api.use(bodyLimit({ maxSize: management_body_max_bytes, onError: tooLarge }));
  const families = [overviewRoutes, healthRoutes, connectionRoutes, messageRoutes, queueRoutes, exchangeRoutes, bindingRoutes];
  for (const routes of [...families, vhostRoutes, userRoutes, policyRoutes, definitionRoutes]) routes(api, management);

  const app = new Hono<ManagementEnv>({ strict: false });
  app.use(async (request, next) => {
    const connection = connectionOf(management, request);
    if (connection !== undefined && management.tap.engaged) await tapped(management.tap, connection, request, next);
    else await next();
  });
  app.get('/', (request) => request.text(WELCOME));
  app.route('/api', api);
  app.notFound((request) => answer(otherMethods(api, request)));
  app.onError((error) => {
    if (error instanceof HttpError) return answer(error);
    if (error instanceof Refusal) return answer(HttpError.badRequest(error.message));
    throw error;
  });
  return app;
}

const WELCOME = `wirelike answers RabbitMQ's management HTTP API here, without its pages.

  curl -u guest:guest http://127.0.0.1:15672/api/overview
`;

function answer(error: HttpError): Response {
  const { status, error: name, message: reason } = error;
  const challenge = status === 401 ? { 'www-authenticate': 'Basic realm="RabbitMQ Management"' } : {};
  return new Response(JSON.stringify({ error: name, reason }), { status, headers: { 'content-type': 'application/json', ...challenge } });
}

/** The client's connection; nothing for a request that was made in process. */
function connectionOf(management: Management, request: Request): Connection | undefined {
  const { incoming } = request.env;
  return incoming === undefined ? undefined : management.connectionOf(incoming.socket);
}

/** Basic authentication (RFC 7617), against the broker's users. */
function authenticate(management: Management, request: Request): void {
  const { broker } = management;
  const [scheme, encoded] = (request.req.header('authorization') ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'basic' || encoded === undefined) throw HttpError.refused('Login failed');
  const credentials = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = credentials.indexOf(':');
  if (colon < 0) throw HttpError.refused('Login failed');
  const connection = connectionOf(management, request);
  const loopback = connection === undefined || isLoopback(connection);
  let name: string;
  try {
    name = broker.authenticate(credentials.slice(0, colon), credentials.slice(colon + 1), { loopback });
  } catch (error) {
    if (error instanceof Refusal) throw HttpError.refused('Login failed');
    throw error;
  }
  const user = broker.users.get(name);
  if (user === undefined || !mayManage(user)) throw HttpError.refused('Login failed');
  request.set('user', user);
}

/** 405 where the path exists with other methods. */
function otherMethods(api: Hono<ManagementEnv>, request: Request): HttpError {
  const path = request.req.path.replace(/^\/api/, '');
  const known = api.routes.some(({ method, path: pattern }) => method !== 'ALL' && matches(pattern, path));
  return known ? new HttpError(405, 'Method Not Allowed', 'Method Not Allowed') : HttpError.notFound();
}

function matches(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  return wanted.length === given.length && wanted.every((part, index) => part.startsWith(':') || part === given[index]);
}
