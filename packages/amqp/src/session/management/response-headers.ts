import type { Release } from '../../model/index.ts';

export interface Answered {
  /** Without `/api`. */
  readonly path: string;
  readonly status: number;
  /** Whether it got as far as to what the client accepts: who may not, or uses a wrong method, does not (cowboy_rest). */
  readonly negotiated: boolean;
  /** What was asked for, not an error in its place. */
  readonly shows: boolean;
}

/** What rabbit_mgmt_headers and cowboy_rest put beside every answer. */
export function responseHeaders(release: Release, { path, status, negotiated, shows }: Answered): Readonly<Record<string, string>> {
  // Whoever crashed tells nothing.
  if (status === 500) return {};
  return {
    'content-security-policy': `script-src 'self'${release.has('strict-scripts') ? '' : " 'unsafe-eval' 'unsafe-inline'"}; object-src 'self'`,
    ...caching(release, path, negotiated && shows),
    vary: variance(release, path, negotiated),
  };
}

function caching(release: Release, path: string, fresh: boolean): Readonly<Record<string, string>> {
  const always = UNCACHED.test(path) && release.has(path === '/version' ? 'open-version' : 'health-of-service');
  if (always && !fresh) return { 'cache-control': 'no-cache, no-store, max-age=0, must-revalidate', ...EXPIRED };
  if (fresh) return { 'cache-control': 'no-cache', ...(always ? EXPIRED : {}) };
  return release.has('revalidated-answers') ? { 'cache-control': 'public, max-age=0, must-revalidate' } : {};
}

const EXPIRED = { expires: '0', pragma: 'no-cache' };

const UNCACHED =
  /^\/(?:version|health\/checks\/(?:below-node-connection-limit|is-in-service|reached-target-cluster-size|ready-to-serve-clients))$/;

/** Before it is negotiated, `accept-encoding` comes from cowboy_compress_h, which did not say so at first. */
function variance(release: Release, path: string, negotiated: boolean): string {
  if (!negotiated) return release.has('compression-told') ? 'origin, accept-encoding' : 'origin';
  return UNVARIED.test(path) ? 'accept-encoding, origin' : 'accept, accept-encoding, origin';
}

/** Resources with one content type, that of those which declare none. */
const UNVARIED = new RegExp(
  `^/(?:${[
    ...['operator-policies', 'vhost-limits', 'user-limits', 'topic-permissions', 'reset', 'rebalance', 'config/effective'],
    ...['(?:vhosts|users)/[^/]+/topic-permissions', 'vhosts/[^/]+/(?:start|deletion)', 'queues/[^/]+/[^/]+/(?:contents|actions)'],
    ...['queues/quorum/.*replicas', 'feature-flags/[^/]+/enable'],
  ].join('|')})(?:/|$)`,
);
