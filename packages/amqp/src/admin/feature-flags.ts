import type { Broker } from '../model/index.ts';
import type { JsonObject } from './json.ts';

/** A feature flag of RabbitMQ's: what a node of its release can do, and whether that is on. Nothing depends on it here. */
interface FeatureFlag {
  readonly name: string;
  readonly desc: string;
  readonly url?: string;
  /** `rabbit`, if it is not a plugin's. */
  readonly by?: string;
  /** In 4.0, where it was not yet required; `none` where it was not yet known. */
  readonly first?: 'stable' | 'experimental' | 'none';
  /** In 4.3: a node without it does not start, or starts and turns it on. */
  readonly level?: 'soft' | 'none';
  readonly callbacks?: readonly string[];
}

/** As `/api/feature-flags` of 4.0.5 and 4.3.6 lists them; others have some of these. */
const FLAGS: readonly FeatureFlag[] = [
  { name: 'classic_mirrored_queue_version', desc: 'Support setting version for classic mirrored queues' },
  {
    name: 'classic_queue_type_delivery_support',
    desc: 'Bug fix for classic queue deliveries using mixed versions',
    url: 'https://github.com/rabbitmq/rabbitmq-server/issues/5931',
  },
  {
    name: 'detailed_queues_endpoint',
    desc: 'Add a detailed queues HTTP API endpoint. Reduce number of metrics in the default endpoint.',
    by: 'rabbitmq_management',
    first: 'stable',
    level: 'soft',
  },
  { name: 'direct_exchange_routing_v2', desc: 'v2 direct exchange routing implementation' },
  { name: 'drop_unroutable_metric', desc: 'Count unroutable publishes to be dropped in stats', by: 'rabbitmq_management_agent' },
  { name: 'empty_basic_get_metric', desc: 'Count AMQP `basic.get` on empty queues in stats', by: 'rabbitmq_management_agent' },
  { name: 'feature_flags_v2', desc: 'Feature flags subsystem V2' },
  { name: 'implicit_default_bindings', desc: 'Default bindings are now implicit, instead of being stored in the database' },
  {
    name: 'khepri_db',
    desc: 'New Raft-based metadata store.',
    url: 'https://www.rabbitmq.com/docs/next/metadata-store',
    first: 'experimental',
    level: 'soft',
    callbacks: ['enable', 'post_enable'],
  },
  { name: 'listener_records_in_ets', desc: 'Store listener records in ETS instead of Mnesia' },
  { name: 'maintenance_mode_status', desc: 'Maintenance mode status' },
  { name: 'message_containers', desc: 'Message containers.' },
  {
    name: 'message_containers_deaths_v2',
    desc: 'Bug fix for dead letter cycle detection',
    url: 'https://github.com/rabbitmq/rabbitmq-server/issues/11159',
    first: 'stable',
    level: 'soft',
  },
  { name: 'quorum_queue', desc: 'Support queues of type `quorum`', url: 'https://www.rabbitmq.com/docs/quorum-queues' },
  {
    name: 'quorum_queue_non_voters',
    desc: 'Allows new quorum queue members to be added as non voters initially.',
    first: 'stable',
    level: 'soft',
  },
  { name: 'rabbit_exchange_type_local_random', desc: 'Local random exchange', first: 'stable', level: 'soft' },
  { name: 'rabbitmq_4.0.0', desc: 'Allows rolling upgrades from 3.13.x to 4.0.x', first: 'stable', level: 'soft' },
  { name: 'rabbitmq_4.1.0', desc: 'Allows rolling upgrades to 4.1.x', first: 'none', level: 'soft' },
  { name: 'rabbitmq_4.2.0', desc: 'Allows rolling upgrades to 4.2.x', first: 'none', level: 'soft', callbacks: ['enable'] },
  { name: 'rabbitmq_4.3.0', desc: 'Allows rolling upgrades to 4.3.x', first: 'none', level: 'none' },
  {
    name: 'restart_streams',
    desc: 'Support for restarting streams with optional preferred next leader argument.Used to implement stream leader rebalancing',
  },
  { name: 'stream_filtering', desc: 'Support for stream filtering.' },
  { name: 'stream_queue', desc: 'Support queues of type `stream`', url: 'https://www.rabbitmq.com/docs/stream' },
  {
    name: 'stream_sac_coordinator_unblock_group',
    desc: 'Bug fix to unblock a group of consumers in a super stream partition',
    url: 'https://github.com/rabbitmq/rabbitmq-server/issues/7743',
  },
  { name: 'stream_single_active_consumer', desc: 'Single active consumer for streams', url: 'https://www.rabbitmq.com/docs/stream' },
  { name: 'stream_update_config_command', desc: 'A new internal command that is used to update streams as part of a policy.' },
  {
    name: 'tie_binding_to_dest_with_keep_while_cond',
    desc: 'Use keep_while condition to tie a binding record lifetime to its destination record in Khepri',
    first: 'none',
    level: 'none',
    callbacks: ['enable'],
  },
  {
    name: 'topic_binding_projection_v4',
    desc: 'Enable the topic binding Khepri projection v4',
    first: 'none',
    level: 'none',
    callbacks: ['enable', 'post_enable'],
  },
  {
    name: 'topic_binding_projection_v5',
    desc: 'Enable the topic binding Khepri projection v5',
    first: 'none',
    level: 'none',
    callbacks: ['enable', 'post_enable'],
  },
  { name: 'track_qq_members_uids', desc: 'Track queue members UIDs in the metadata store', first: 'none', level: 'none' },
  { name: 'tracking_records_in_ets', desc: 'Store tracking records in ETS instead of Mnesia' },
  { name: 'user_limits', desc: 'Configure connection and channel limits for a user' },
  { name: 'virtual_host_metadata', desc: 'Virtual host metadata (description, tags, etc)' },
];

/** `/api/feature-flags`: by name. */
export function featureFlagViews({ release }: Broker): JsonObject[] {
  if (!release.has('open-feature-flags')) return oldViews();
  if (release.persona === '3.13') return middleViews();
  const isLater = release.has('levelled-feature-flags');
  return FLAGS.filter(({ first }) => isLater || first !== 'none').map(
    ({ name, desc, url = '', by = 'rabbit', first, level, callbacks = [] }) => {
      const known = { name, desc: isLater ? desc : (DESCRIBED_OTHERWISE[name] ?? desc), doc_url: url };
      if (!isLater) {
        const stability = first ?? 'required';
        return { ...known, state: stability === 'experimental' ? 'disabled' : 'enabled', stability, provided_by: by };
      }
      const stability = level === 'none' ? 'stable' : 'required';
      const levels = { require_level: level ?? 'hard', experiment_level: 'supported', callbacks: [...callbacks] };
      return { ...known, state: 'enabled', stability, ...levels, provided_by: by };
    },
  );
}

/** In 4.0. */
const DESCRIBED_OTHERWISE: Readonly<Record<string, string>> = {
  khepri_db: 'New Raft-based metadata store. Fully supported as of RabbitMQ 4.0',
};

/** What 3.13.7 does not require yet. */
const NEW_IN_3_13 = new Set([
  ...['detailed_queues_endpoint', 'message_containers', 'message_containers_deaths_v2', 'quorum_queue_non_voters', 'restart_streams'],
  ...['stream_filtering', 'stream_sac_coordinator_unblock_group', 'stream_update_config_command'],
]);

/** As 3.13.7 lists them. */
function middleViews(): JsonObject[] {
  const known = FLAGS.filter(({ name, first }) => first !== 'none' && !name.startsWith('rabbitmq_4') && !SINCE_4.has(name));
  return known.map(({ name, desc, url = '', by = 'rabbit', first }) => {
    const flag = {
      name,
      desc,
      doc_url: formerPage(url),
      state: 'enabled',
      stability: NEW_IN_3_13.has(name) ? 'stable' : 'required',
      provided_by: by,
    };
    return first === 'experimental' ? { ...flag, ...EXPERIMENTAL_IN_3_13 } : flag;
  });
}

const SINCE_4 = new Set(['rabbit_exchange_type_local_random']);
const EXPERIMENTAL_IN_3_13 = {
  ...{ desc: 'Use the new Khepri Raft-based metadata store', doc_url: '' },
  ...{ state: 'disabled', stability: 'experimental' },
};

/** Where the documentation was before 4.0. */
function formerPage(url: string): string {
  return url.includes('/docs/') ? `${url.replace('/docs/', '/')}.html` : url;
}

/** What 3.10.8 has of them. */
const OLD = new Set([
  ...['classic_mirrored_queue_version', 'drop_unroutable_metric', 'empty_basic_get_metric', 'implicit_default_bindings'],
  ...['maintenance_mode_status', 'quorum_queue', 'stream_queue', 'user_limits', 'virtual_host_metadata'],
]);

function oldViews(): JsonObject[] {
  return FLAGS.filter(({ name }) => OLD.has(name)).map(({ name, desc, url = '', by = 'rabbit' }) => {
    return { name, desc, doc_url: formerPage(url), state: 'enabled', stability: 'stable', provided_by: by };
  });
}
