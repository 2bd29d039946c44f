import type { Hono } from 'hono';
import { nodeView, overviewView } from '../../admin/overview-view.ts';
import { HttpError } from './http-error.ts';
import { listed, one } from './listing.ts';
import { bodyOf, type Management, type ManagementEnv, needed, param, type Request, textOf, visibleVhosts } from './request.ts';
import { asAdministrator, asMonitor } from './user-tags.ts';

export function overviewRoutes(app: Hono<ManagementEnv>, management: Management): void {
  const { broker, addresses, rates, startedAt } = management;
  app.get('/overview', (request) => one(request, overviewView(broker, visibleVhosts(broker, request.get('user')), addresses, rates)));
  app.get('/nodes', asMonitor, (request) => listed(request, [nodeView(broker, addresses, startedAt, rates)]));
  app.get('/nodes/:node', asMonitor, (request) => {
    ownNode(management, request);
    return one(request, nodeView(broker, addresses, startedAt, rates));
  });
  app.get('/nodes/:node/memory', asMonitor, (request) => {
    ownNode(management, request);
    const { rss, heapUsed, external } = process.memoryUsage();
    return one(request, { memory: { total: { rss, allocated: heapUsed, erlang: external }, strategy: 'rss' } });
  });
  app.get('/cluster-name', (request) => request.json({ name: broker.clusterName }));
  app.put('/cluster-name', asAdministrator, async (request) => {
    const [name] = needed(await bodyOf(request), 'name');
    broker.clusterName = textOf(name);
    return request.body(null, 204);
  });
  app.get('/extensions', (request) => request.json([{ javascript: 'dispatcher.js' }]));
  app.get('/feature-flags', asAdministrator, (request) => request.json([]));
  app.get('/deprecated-features', asAdministrator, (request) => request.json([]));
  app.get('/deprecated-features/used', asAdministrator, (request) => request.json([]));
  app.get('/auth', (request) =>
    request.json(broker.persona === '3.10' ? { enable_uaa: false, uaa_client_id: '', uaa_location: '' } : { oauth_enabled: false }),
  );
  app.get('/version', (request) => request.json(broker.version));
  app.get('/auth/attempts/:node', asMonitor, (request) => {
    ownNode(management, request);
    return request.json([]);
  });
  app.post('/rebalance/queues', asAdministrator, (request) => request.body(null, 204));
}

function ownNode({ broker }: Management, request: Request): void {
  if (param(request, 'node') !== broker.nodeName) throw HttpError.notFound();
}
