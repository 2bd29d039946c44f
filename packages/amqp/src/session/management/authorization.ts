import type { Broker } from '../../model/index.ts';
import { HttpError } from './http-error.ts';
import { isAdministrator, isMonitor, isPolicymaker, type Management, type Request, visibleVhosts } from './request.ts';

/** Who may: whoever may see the virtual host that the path names, its owner, … */
type Rule = 'anyone' | 'administrator' | 'policymaker' | 'vhost' | 'vhost-shown' | 'self';

/**
 * By the path, without `/api/` (the `is_authorized` of each rabbit_mgmt_wm_*); the first that fits. The part in brackets is
 * the virtual host, or the user. What is not here is decided by the routes.
 */
const RULES: readonly (readonly [RegExp, Rule])[] = [
  [/^queues\/detailed$/, 'anyone'],
  [/^queues\/quorum\/.*\/replicas\//, 'administrator'],
  [/^queues\/quorum\/replicas\//, 'administrator'],
  [/^queues\/quorum\/([^/]+)\/[^/]+\/status$/, 'vhost'],
  [/^queues\/[^/]+\/[^/]+\/actions$/, 'administrator'],
  [/^global-parameters/, 'policymaker'],
  [/^parameters(?:$|\/[^/]+(?:\/([^/]+))?)/, 'policymaker'],
  [/^policies\/([^/]+)\/[^/]+$/, 'policymaker'],
  [/^operator-policies\/[^/]+\/[^/]+$/, 'administrator'],
  [/^vhosts\/([^/]+)\/(?:connections|channels)$/, 'vhost'],
  [/^vhosts\/[^/]+/, 'administrator'],
  [/^vhost-limits\/([^/]+)$/, 'vhost-shown'],
  [/^vhost-limits\/[^/]+\/[^/]+$/, 'administrator'],
  [/^(?:queues|exchanges|bindings|policies|operator-policies|aliveness-test)\/([^/]+)/, 'vhost'],
  [/^consumers\/([^/]+)/, 'vhost-shown'],
  [/^health\/checks\/quorum-queues-without-elected-leaders\/vhost\/([^/]+)/, 'vhost'],
  [/^connections\/username\/([^/]+)$/, 'self'],
  [/^user-limits\/([^/]+)$/, 'self'],
  [/^auth\/hash_password\//, 'administrator'],
];

/** What cowboy_rest asks before it looks whether there is such a thing. Throws {@link HttpError}. */
export function authorize({ broker }: Management, request: Request): void {
  const path = request.req.path.replace(/^\/api\//, '').replace(/\/$/, '');
  const meant = ruleAt(path);
  if (meant === undefined || isExempt(broker, path)) return;
  const user = request.get('user');
  const { rule, name } = meant;
  if (rule === 'anyone' || isAdministrator(user)) return;
  if (rule === 'administrator') throw HttpError.refused('Not administrator user');
  if (rule === 'self') {
    if (name === user.name || (request.req.method !== 'DELETE' && isMonitor(user))) return;
    throw HttpError.refused('User not authorised to access object');
  }
  const seen = name === undefined || !broker.vhosts.has(name) || user.permissions.has(name);
  if (rule === 'policymaker') {
    if (isPolicymaker(user) && seen) return;
    throw HttpError.refused('User not authorised to access object');
  }
  if (seen || (rule === 'vhost-shown' && visibleVhosts(broker, user).has(name))) return;
  throw unseen(broker);
}

function ruleAt(path: string): { rule: Rule; name: string | undefined } | undefined {
  for (const [pattern, rule] of RULES) {
    const found = pattern.exec(path);
    if (found !== null) return { rule, name: found[1] === undefined ? undefined : decoded(found[1]) };
  }
  return undefined;
}

/** Earlier releases let everybody see how a quorum queue fares, what limits users have, and that there are consumers. */
function isExempt({ release }: Broker, path: string): boolean {
  return !release.has('user-limits-for-administrators') && /^(?:user-limits\/[^/]+$|consumers\/|queues\/quorum\/.*\/status$)/.test(path);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Of a virtual host that the user may not see. */
export function unseen({ release }: Broker): HttpError {
  if (!release.has('unseen-vhosts')) return HttpError.refused('User not authorised to access virtual host');
  const error = HttpError.missing('Not Found');
  error.refuses = true;
  return error;
}
