/** What the management API and rabbitmqctl show or do otherwise since a release. */
export type ManagementNovelty =
  | 'unchallenged-logins'
  | 'internal-users'
  | 'forgiving-bulk-deletes'
  | 'no-mirrors'
  | 'early-lookups'
  | 'no-global-prefetch'
  | 'consumer-timeouts-shown'
  | 'storage-versions'
  | 'whole-vhosts'
  | 'open-feature-flags'
  | 'vhosts-in-definitions'
  | 'default-queue-types'
  | 'whole-maps'
  | 'plain-usage';

/**
 * Measured with 3.10.8, 4.0.5 and 4.3.6: what came in between is dated by its release notes, or with the first release
 * of the series in which it was seen.
 */
export const MANAGEMENT_SINCE: Readonly<Record<ManagementNovelty, `${number}.${number}.${number}`>> = {
  /** Who sends wrong credentials is not asked for others (`WWW-Authenticate`). */
  'unchallenged-logins': '4.0.0',
  /** `/api/whoami` tells whether it is a user of the internal database. */
  'internal-users': '4.0.0',
  /** Deleting several users at once passes over those that do not exist. */
  'forgiving-bulk-deletes': '4.0.0',
  /** Mirrored classic queues are gone, with what synchronises them and checks on them. */
  'no-mirrors': '4.0.0',
  /** Publishing and getting over HTTP says of an exchange or a queue that it does not exist before it looks at the rest. */
  'early-lookups': '4.0.0',
  /** `/api/channels` does not tell the prefetch count of the whole channel. */
  'no-global-prefetch': '4.0.0',
  /** `/api/consumers` tells how long a delivery may stay unacknowledged. */
  'consumer-timeouts-shown': '4.0.0',
  /** `/api/queues` tells the version of a classic queue's storage. */
  'storage-versions': '4.0.0',
  /** `/api/vhosts` ignores `columns`. */
  'whole-vhosts': '4.0.0',
  /** Whoever may use the management API may see the feature flags. */
  'open-feature-flags': '4.0.0',
  /** The definitions of a virtual host describe it, too. */
  'vhosts-in-definitions': '4.0.0',
  /** A virtual host always has a default queue type. */
  'default-queue-types': '4.0.0',
  /** `columns` takes what is a map to Erlang as a whole. */
  'whole-maps': '4.0.0',
  /** rabbitmqctl prints bold only where somebody sees it. */
  'plain-usage': '4.0.0',
};
