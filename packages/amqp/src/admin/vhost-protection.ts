import type { VirtualHost } from '../model/index.ts';

const protectedVhosts = new WeakSet<VirtualHost>();

/** Virtual hosts that the management API does not delete. */
export function isProtected(vhost: VirtualHost): boolean {
  return protectedVhosts.has(vhost);
}

export function protect(vhost: VirtualHost, on: boolean): void {
  if (on) protectedVhosts.add(vhost);
  else protectedVhosts.delete(vhost);
}
