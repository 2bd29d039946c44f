import type { Hono } from 'hono';
import { deprecatedFeatureViews } from '../../admin/deprecated-features.ts';
import { featureFlagViews } from '../../admin/feature-flags.ts';
import type { JsonObject } from '../../admin/json.ts';
import { loginAttemptViews } from '../../admin/login-attempt-view.ts';
import { nodeView, overviewView } from '../../admin/overview-view.ts';
import { type Broker, hashPassword } from '../../model/index.ts';
import { HttpError } from './http-error.ts';
import { listed, one } from './listing.ts';
import { bodyOf, type Management, type ManagementEnv, needed, param, type Request, textOf, visibleVhosts } from './request.ts';
import { asAdministrator, asMonitor } from './user-tags.ts';

export function overviewRoutes(app: Hono<ManagementEnv>, management: Management): void {
  const { broker, addresses, rates, startedAt } = management;
  app.get('/overview', (request) => one(request, overviewView(broker, visibleVhosts(broker, request.get('user')), addresses, rates)));
  app.get('/nodes', asMonitor, (request) => listed(request, [nodeView(broker, addresses, startedAt, rates)]));
  app.get('/nodes/:node', asMonitor, (request) => {
    if (!broker.release.has('nodes-looked-up') && param(request, 'node') !== broker.nodeName) return request.body(null, 500);
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
  featureRoutes(app, management);
  if (!broker.release.has('no-auth-settings')) app.get('/auth', (request) => request.json(authSettings(broker)));
  if (broker.release.has('open-version')) app.get('/version', (request) => request.json(broker.version));
  if (broker.release.has('hashes-passwords'))
    app.get('/auth/hash_password/:password', (request) => request.json({ ok: hashPassword(param(request, 'password'), broker.random) }));
  for (const which of ['all', 'by-source'] as const) {
    const path = which === 'all' ? '/auth/attempts/:node' : '/auth/attempts/:node/source';
    app.get(path, asMonitor, (request) => {
      ownNode(management, request);
      return request.json(loginAttemptViews(broker, which));
    });
    app.delete(path, broker.release.has('attempts-cleared-by-administrators') ? asAdministrator : asMonitor, (request) => {
      ownNode(management, request);
      broker.attempts.clear();
      return request.body(null, 204);
    });
  }
  // Figures are counted from the start again; nobody resets those of a world.
  app.delete('/reset', asAdministrator, (request) => request.body(null, 204));
  app.delete('/reset/:node', asAdministrator, (request) => {
    ownNode(management, request);
    return request.body(null, 204);
  });
  app.post('/rebalance/queues', asAdministrator, (request) => request.body(null, 204));
}

function featureRoutes(app: Hono<ManagementEnv>, { broker }: Management): void {
  const flags = (request: Request): Response => listed(request, featureFlagViews(broker));
  if (broker.release.has('open-feature-flags')) app.get('/feature-flags', flags);
  else app.get('/feature-flags', asAdministrator, flags);
  app.put('/feature-flags/:name/enable', asAdministrator, (request) => {
    const known = featureFlagViews(broker).some(({ name }) => name === param(request, 'name'));
    if (!known) throw HttpError.badRequest('unsupported');
    return request.body(null, 204);
  });
  if (!broker.release.has('deprecated-features')) return;
  app.get('/deprecated-features', (request) => listed(request, deprecatedFeatureViews(broker)));
  app.get('/deprecated-features/used', (request) => listed(request, deprecatedFeatureViews(broker, 'used')));
}

function authSettings({ persona }: Broker): JsonObject {
  return persona === '3.10' ? { enable_uaa: false, uaa_client_id: '', uaa_location: '' } : { oauth_enabled: false };
}

function ownNode({ broker }: Management, request: Request): void {
  if (param(request, 'node') !== broker.nodeName) throw HttpError.notFound();
}
