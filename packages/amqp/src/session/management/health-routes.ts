import type { Hono } from 'hono';
import { type JsonObject, startingWith } from '../../admin/json.ts';
import { listenerViews } from '../../admin/overview-view.ts';
import { HttpError } from './http-error.ts';
import { type Management, type ManagementEnv, param, type Request } from './request.ts';

/** https://www.rabbitmq.com/docs/monitoring#health-checks: 200 and `ok`, or 503 and why not. */
export function healthRoutes(app: Hono<ManagementEnv>, management: Management): void {
  const { broker, addresses } = management;
  const told = (body: JsonObject): JsonObject =>
    broker.release.has('several-listeners') ? startingWith(['reason', 'status'], body) : body;
  const alarms = (request: Request): Response => {
    if (!broker.alarms.raised) return request.json({ status: 'ok' });
    const raised = (['memory', 'disk'] as const).filter((resource) => broker.alarms.has(resource));
    const body = {
      status: 'failed',
      reason: 'There are alarms in effect in the cluster',
      alarms: raised.map((resource) => ({ node: broker.nodeName, resource })),
    };
    return request.json(body, 503);
  };
  const fine = (request: Request): Response => request.json({ status: 'ok' });
  const alone = (request: Request): Response => request.json(told({ status: 'ok', reason: 'single node cluster' }));
  app.get('/healthchecks/node', fine);
  app.get('/healthchecks/node/:node', (request) => {
    if (param(request, 'node') !== broker.nodeName) throw HttpError.notFound();
    return fine(request);
  });
  app.get('/health/checks/alarms', alarms);
  app.get('/health/checks/local-alarms', alarms);
  app.get('/health/checks/virtual-hosts', fine);
  if (!broker.release.has('no-mirrors')) app.get('/health/checks/node-is-mirror-sync-critical', alone);
  app.get('/health/checks/node-is-quorum-critical', alone);
  if (broker.release.has('health-of-service')) serviceRoutes(app, fine);
  app.get('/health/checks/certificate-expiration/:within/:unit', (request) => {
    const units = ['days', 'weeks', 'months', 'years'];
    if (!/^[+-]?\d+$/.test(param(request, 'within'))) throw HttpError.badRequest('Invalid expiration value.');
    if (!units.includes(param(request, 'unit').toLowerCase()))
      throw HttpError.badRequest('Time unit not recognised. Supported units: days, weeks, months, years.');
    return fine(request);
  });
  app.get('/health/checks/port-listener/:port', (request) => {
    const port = Number(param(request, 'port'));
    if (!Number.isInteger(port)) throw HttpError.badRequest('Invalid port');
    const listeners = listenerViews(broker, addresses);
    if (listeners.some((listener) => listener.port === port)) return request.json({ status: 'ok', port });
    return request.json(
      told({ status: 'failed', reason: 'No active listener', missing: port, ports: listeners.map((one) => one.port) }),
      503,
    );
  });
  app.get('/health/checks/protocol-listener/:protocol', (request) => {
    const protocol = param(request, 'protocol').toLowerCase();
    const known = listenerViews(broker, addresses).map((listener) => String(listener.protocol));
    const aliases: Record<string, string> = { amqp091: 'amqp', 'amqp0.9.1': 'amqp', 'amqp-0-9-1': 'amqp', amqps: 'amqp/ssl' };
    if (broker.release.has('several-listeners')) {
      const missing = protocol.split(',').filter((name) => !known.includes(aliases[name] ?? name));
      if (missing.length === 0) return fine(request);
      return request.json(told({ status: 'failed', reason: 'No active listener', missing, protocols: known }), 503);
    }
    const meant = aliases[protocol] ?? protocol;
    if (known.includes(meant)) return request.json({ status: 'ok', protocol: meant });
    return request.json(told({ status: 'failed', reason: 'No active listener', missing: meant, protocols: known }), 503);
  });
}

function serviceRoutes(app: Hono<ManagementEnv>, fine: (request: Request) => Response): void {
  const service = ['ready-to-serve-clients', 'is-in-service', 'below-node-connection-limit', 'reached-target-cluster-size'];
  for (const name of [...service, 'metadata-store/initialized', 'metadata-store/initialized/with-data'])
    app.get(`/health/checks/${name}`, fine);
  const leaders = '/health/checks/quorum-queues-without-elected-leaders';
  for (const which of ['', '/pattern/:pattern']) {
    app.get(`${leaders}/all-vhosts${which}`, fine);
    app.get(`${leaders}/vhost/:vhost${which}`, fine);
  }
}
