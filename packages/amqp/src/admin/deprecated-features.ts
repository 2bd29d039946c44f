import type { Broker, Release } from '../model/index.ts';
import type { JsonObject } from './json.ts';

type Phase = 'permitted_by_default' | 'denied_by_default' | 'removed';

interface DeprecatedFeature {
  readonly name: string;
  readonly url: string;
  readonly by?: string;
  /** In 4.0, where it is known there, and in 4.3; in 3.13 those of 4.0 are permitted that have an announcement. */
  readonly phases: readonly [then: Phase | undefined, later: Phase];
  used?(broker: Broker): boolean;
}

/** Queues that are neither durable nor exclusive: a setting permits or denies them. */
const TRANSIENT = 'transient_nonexcl_queues';

const ANNOUNCEMENTS = 'https://blog.rabbitmq.com/posts/2021/08/4.0-deprecation-announcements/';

/** As `/api/deprecated-features` of 4.0.5 and 4.3.6 lists them. */
const FEATURES: readonly DeprecatedFeature[] = [
  { name: 'queue_master_locator', url: '', phases: ['permitted_by_default', 'denied_by_default'] },
  {
    name: 'management_metrics_collection',
    url: `${ANNOUNCEMENTS}#disable-metrics-delivery-via-the-management-api--ui`,
    by: 'rabbitmq_management_agent',
    phases: ['permitted_by_default', 'permitted_by_default'],
  },
  { name: 'global_qos', url: `${ANNOUNCEMENTS}#removal-of-global-qos`, phases: ['permitted_by_default', 'denied_by_default'] },
  { name: 'ram_node_type', url: `${ANNOUNCEMENTS}#removal-of-ram-nodes`, phases: ['permitted_by_default', 'removed'] },
  {
    name: TRANSIENT,
    url: `${ANNOUNCEMENTS}#removal-of-transient-non-exclusive-queues`,
    phases: ['permitted_by_default', 'permitted_by_default'],
    used: (broker) =>
      [...broker.vhosts.values()].some(({ queues }) => [...queues.values()].some((queue) => !queue.durable && !queue.exclusive)),
  },
  {
    name: 'amqp_address_v1',
    url: 'https://www.rabbitmq.com/docs/next/amqp#address',
    phases: ['permitted_by_default', 'denied_by_default'],
  },
  {
    name: 'amqp_filter_set_bug',
    url: 'https://docs.oasis-open.org/amqp/core/v1.0/os/amqp-core-messaging-v1.0-os.html#type-filter-set',
    phases: [undefined, 'denied_by_default'],
  },
  { name: 'classic_queue_mirroring', url: `${ANNOUNCEMENTS}#removal-of-classic-queue-mirroring`, phases: ['removed', 'removed'] },
];

/** `/api/deprecated-features`, and those `used` of them. */
export function deprecatedFeatureViews(broker: Broker, which: 'all' | 'used' = 'all'): JsonObject[] {
  if (!broker.release.has('deprecated-features')) return [];
  const isLater = broker.release.has('levelled-feature-flags');
  if (broker.release.persona === '3.13') return which === 'all' ? announcedViews() : [];
  return FEATURES.filter(({ used }) => which === 'all' || used?.(broker) === true).flatMap(({ name, url, by = 'rabbit', phases }) => {
    const phase = name === TRANSIENT ? transientPhase(broker.release) : phases[isLater ? 1 : 0];
    if (phase === undefined) return [];
    const isPermitted = name === TRANSIENT ? broker.settings.permitsTransientQueues : phase === 'permitted_by_default';
    const state = isLater ? { state: isPermitted ? 'permitted' : 'denied' } : {};
    const where = isLater ? (MOVED[name] ?? url) : url;
    return [{ name, ...state, desc: '', deprecation_phase: phase, doc_url: where, provided_by: by }];
  });
}

/** 3.13 does not look which are used (mirrored queues, which it does look for, are not made here). */
function announcedViews(): JsonObject[] {
  return FEATURES.filter(({ url }) => url.startsWith(ANNOUNCEMENTS)).map(({ name, url, by = 'rabbit' }) => {
    return { name, desc: '', deprecation_phase: 'permitted_by_default', doc_url: url, provided_by: by };
  });
}

/** 4.3 denies them by default, 4.3.6 does not. */
function transientPhase(release: Release): Phase {
  return release.has('denied-transient-queues') && !release.has('permitted-transient-queues')
    ? 'denied_by_default'
    : 'permitted_by_default';
}

/** Documentation that is elsewhere by 4.3. */
const MOVED: Readonly<Record<string, string>> = { amqp_address_v1: 'https://www.rabbitmq.com/docs/amqp#addresses' };
