import type { Broker } from '../model/index.ts';
import type { JsonObject } from './json.ts';

/** `/api/auth/attempts/NODE`: by protocol, or by address and user. */
export function loginAttemptViews({ attempts }: Broker, which: 'all' | 'by-source'): JsonObject[] {
  if (which === 'all') return Array.from(attempts.byProtocol, ([protocol, count]) => ({ protocol, ...countsOf(count) }));
  return Array.from(attempts.bySource.values(), ({ protocol, address, user, ...count }) => ({
    remote_address: address,
    username: user,
    protocol,
    ...countsOf(count),
  }));
}

function countsOf({ succeeded, failed }: { readonly succeeded: number; readonly failed: number }): JsonObject {
  return { auth_attempts: succeeded + failed, auth_attempts_failed: failed, auth_attempts_succeeded: succeeded };
}
