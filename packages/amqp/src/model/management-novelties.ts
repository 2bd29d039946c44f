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
  | 'plain-usage'
  | 'levelled-feature-flags'
  | 'deprecated-features'
  | 'health-of-service'
  | 'deletion-protection'
  | 'open-version'
  | 'no-auth-settings'
  | 'hashes-passwords'
  | 'detailed-queues'
  | 'users-queues'
  | 'idempotent-user-deletes'
  | 'found-nothing'
  | 'checked-queue-types'
  | 'no-support-status'
  | 'quorum-queue-status'
  | 'json-decoded-by-broker'
  | 'wrong-queue-type-shown'
  | 'policies-of-queues-listed'
  | 'vhost-metadata-updates'
  | 'hash-password-command'
  | 'cluster-tags'
  | 'log-exchange'
  | 'blocked-consumers-told'
  | 'queue-types-named'
  | 'hashing-algorithms'
  | 'methods-told'
  | 'certificate-serials'
  | 'cached-segments'
  | 'internal-queues'
  | 'unseen-vhosts'
  | 'user-limits-for-administrators'
  | 'unreadable-filters-fit-nothing'
  | 'plain-policy-problems'
  | 'aliveness-without-queue'
  | 'several-listeners'
  | 'runtime-shown'
  | 'leaner-definitions'
  | 'wrong-queue-types-told'
  | 'settable-queue-types'
  | 'nodes-looked-up'
  | 'attempts-cleared-by-administrators'
  | 'checked-delays'
  | 'named-active-consumers'
  | 'strict-scripts'
  | 'dying-operator-policies'
  | 'revalidated-answers'
  | 'compression-told';

/**
 * Measured with 3.10.8, 3.13.7, 4.0.5 and 4.3.6: what came in between is dated by its release notes, or with the first release
 * of the series in which it was seen.
 */
export const MANAGEMENT_SINCE: Readonly<Record<ManagementNovelty, string | readonly string[]>> = {
  /** RabbitMQ dies of an operator policy in a virtual host that is none, until 4.3. */
  'dying-operator-policies': '3.13.0',
  /** The content security policy allows no scripts inside pages. */
  'strict-scripts': '4.3.6',
  /** Answers may be kept if they are asked about again (`Cache-Control`). */
  'revalidated-answers': '4.0.5',
  /** Refusals tell that they may come compressed (`Vary`). */
  'compression-told': '3.13.0',
  /** `/api/queues` calls the active consumer of a quorum queue as that of a classic one. */
  'named-active-consumers': '3.13.0',
  /** Policies that delay retries have to say by how much, and the longest delay is not below the shortest. */
  'checked-delays': '4.3.1',
  /** Only administrators may forget who tried to log in. */
  'attempts-cleared-by-administrators': ['4.2.8', '4.3.1'],
  /** Who sends wrong credentials is not asked for others (`WWW-Authenticate`). */
  'unchallenged-logins': '3.13.4',
  /** `/api/whoami` tells whether it is a user of the internal database. */
  'internal-users': '3.13.0',
  /** Deleting several users at once passes over those that do not exist. */
  'forgiving-bulk-deletes': '3.13.0',
  /** Mirrored classic queues are gone, with what synchronises them and checks on them. */
  'no-mirrors': '4.0.0',
  /** Publishing and getting over HTTP says of an exchange or a queue that it does not exist before it looks at the rest. */
  'early-lookups': '3.13.2',
  /** `/api/channels` does not tell the prefetch count of the whole channel. */
  'no-global-prefetch': '4.0.0',
  /** `/api/consumers` tells how long a delivery may stay unacknowledged. */
  'consumer-timeouts-shown': '3.12.0',
  /** `/api/queues` tells the version of a classic queue's storage. */
  'storage-versions': '3.13.0',
  /** `/api/vhosts` ignores `columns`. */
  'whole-vhosts': '4.0.0',
  /** Whoever may use the management API may see the feature flags. */
  'open-feature-flags': '3.13.0',
  /** The definitions of a virtual host describe it, too. */
  'vhosts-in-definitions': '4.0.0',
  /** A virtual host always has a default queue type. */
  'default-queue-types': '4.0.0',
  /** rabbitmqctl prints bold only where somebody sees it. */
  'plain-usage': '3.13.0',
  /** Feature flags tell how much they are required; deprecated features their state. */
  'levelled-feature-flags': '4.3.0',
  /** `/api/deprecated-features`. */
  'deprecated-features': '3.13.0',
  /** `/api/health/checks` of whether the node serves clients, and of quorum queues without leaders. */
  'health-of-service': '4.1.0',
  /** A virtual host may be protected from being deleted. */
  'deletion-protection': '4.1.0',
  /** `/api/version`, and nobody has to log in to see it. */
  'open-version': '4.0.0',
  /** `/api/auth` is gone. */
  'no-auth-settings': '4.3.0',
  /** `/api/auth/hash_password/PASSWORD` */
  'hashes-passwords': '3.12.0',
  /** `/api/queues` leaves out what `/api/queues/detailed` shows. */
  'detailed-queues': '3.13.0',
  /** `/api/users/USER/queues`, and the sessions of a connection. */
  'users-queues': '4.1.0',
  /** `rabbitmqctl delete_user` has nothing against users who don't exist. */
  'idempotent-user-deletes': '3.13.0',
  /** rabbitmqctl has a sentence for queues that don't exist. */
  'found-nothing': '3.13.0',
  /** The default queue type of a virtual host has to be one. */
  'checked-queue-types': '3.13.0',
  /** `/api/overview` no longer tells whether the release is supported. */
  'no-support-status': '4.0.0',
  /** `/api/queues/quorum/VHOST/QUEUE/status` */
  'quorum-queue-status': '3.13.0',
  /** rabbitmqctl leaves it to the broker to decode what should be JSON. */
  'json-decoded-by-broker': '3.13.0',
  /** rabbitmqctl prints what the broker has against a default queue type, and calls it a success. */
  'wrong-queue-type-shown': '3.13.0',
  /** `rabbitmqctl list_queues operator_policy effective_policy_definition` */
  'policies-of-queues-listed': '3.12.0',
  /** `rabbitmqctl update_vhost_metadata` */
  'vhost-metadata-updates': '3.13.0',
  /** `rabbitmqctl hash_password` */
  'hash-password-command': '3.13.0',
  /** The cluster has tags, a global parameter. */
  'cluster-tags': '4.0.0',
  /** `/api/connections` tells the serial number of the peer's certificate. */
  'certificate-serials': '4.3.0',
  /** `/api/channels` tells how many segments of streams are held. */
  'cached-segments': '4.3.0',
  /** `/api/queues` tells which queues are internal, and no longer what is paged out; policies belong to what is no statistics. */
  'internal-queues': '4.3.0',
  /** Who may not see a virtual host is told that there is none. */
  'unseen-vhosts': '4.3.0',
  /** Only administrators see the limits of all users. */
  'user-limits-for-administrators': '4.3.0',
  /** A name to look for that is no regular expression finds nothing; before that it is refused. */
  'unreadable-filters-fit-nothing': '4.3.0',
  /** What is wrong with a policy is no longer told as if in HTML. */
  'plain-policy-problems': '4.3.0',
  /** The aliveness test declares no queue. */
  'aliveness-without-queue': '4.3.0',
  /** The check of listeners takes several protocols. */
  'several-listeners': '4.3.0',
  /** `/api/overview` tells about the cryptographic library, and `/api/nodes` about the runtime. */
  'runtime-shown': '4.3.0',
  /** Definitions name the types of queues, leave out internal exchanges, and describe virtual hosts in their metadata alone. */
  'leaner-definitions': '4.3.0',
  /** A default queue type that is none is told so, where RabbitMQ died of it, and a node that is not there is called unknown. */
  'wrong-queue-types-told': '4.3.0',
  /** Every answer has `Allow`, not only those to methods that are not. */
  'methods-told': '4.3.0',
  /** `PUT /api/vhosts/VHOST` takes a default queue type; before that it was ignored. */
  'settable-queue-types': '3.11.0',
  /** Who asks for a node that is not there is told so; before that RabbitMQ died of it. */
  'nodes-looked-up': '3.13.0',
  /** The default virtual host has the exchange amq.rabbitmq.log, if the node made it when it first started. */
  'log-exchange': '4.3.0',
  /** `/api/consumers` tells which consumers of classic queues have all that they may have. */
  'blocked-consumers-told': '4.3.0',
  /** rabbitmqctl names the queue types there are, and has a sentence for a queue to delete that is none. */
  'queue-types-named': '4.3.0',
  /** `rabbitmqctl hash_password --hashing-algorithm` */
  'hashing-algorithms': '4.3.0',
};
