import type { Condition, Release } from '../model/index.ts';
import { name } from './condition-terms.ts';
import type { ReplyName } from './replies.ts';

/** Conditions that say that there may be no more of something. */
type LimitCondition = Extract<
  Condition,
  {
    readonly kind:
      | 'vhost-connection-limit'
      | 'user-connection-limit'
      | 'node-connection-limit'
      | 'user-channel-limit'
      | 'node-channel-limit'
      | 'queue-limit'
      | 'cluster-queue-limit'
      | 'exchange-limit'
      | 'vhost-limit'
      | 'consumer-limit'
      | 'definitions-limit'
      | 'too-many';
  }
>;

/** The part of the table of errors (`errors.ts`) that is about limits. */
export function limitReached(condition: LimitCondition, release: Release): readonly [ReplyName, string] {
  const { kind } = condition;
  switch (kind) {
    case 'vhost-connection-limit': {
      const { vhost, user, limit } = condition;
      return ['NOT_ALLOWED', `access to vhost '${vhost}' refused for user '${user}': connection limit (${limit}) is reached`];
    }
    case 'user-connection-limit':
      return ['NOT_ALLOWED', `connection refused for user '${condition.user}': user connection limit (${condition.limit}) is reached`];
    case 'node-connection-limit':
      return ['NOT_ALLOWED', `connection refused: node connection limit (${condition.limit}) is reached`];
    case 'user-channel-limit': {
      const { user, node, limit } = condition;
      const named = release.persona === '3.10' || release.has('limited-user-named') ? user : node;
      const most = release.has('channel-limit-without-brackets') ? `${limit}` : `(${limit})`;
      return ['NOT_ALLOWED', `number of channels opened for user '${named}' has reached the maximum allowed user limit of ${most}`];
    }
    case 'node-channel-limit': {
      const { node, limit } = condition;
      return ['NOT_ALLOWED', `number of channels opened on node '${node}' has reached the maximum allowed limit of (${limit})`];
    }
    case 'queue-limit': {
      const { resource, limit } = condition;
      return [
        'PRECONDITION_FAILED',
        `cannot declare queue '${resource.name}': queue limit in vhost '${resource.vhost}' (${limit}) is reached`,
      ];
    }
    case 'cluster-queue-limit':
      return [
        'PRECONDITION_FAILED',
        `cannot declare queue '${condition.resource.name}': queue limit in cluster (${condition.limit}) is reached`,
      ];
    case 'exchange-limit':
      return ['PRECONDITION_FAILED', `cannot declare ${name(condition.resource)}: exchange limit of ${condition.limit} is reached`];
    case 'vhost-limit':
      return ['PRECONDITION_FAILED', `cannot create vhost '${condition.vhost}': vhost limit of ${condition.limit} is reached`];
    case 'consumer-limit':
      return ['NOT_ALLOWED', `reached maximum (${condition.limit}) of consumers per channel`];
    case 'definitions-limit':
      // AMQP 0-9-1 §1.1: "the client creating too many of some type of entity". RabbitMQ runs out of memory instead.
      return ['RESOURCE_ERROR', `cannot hold more queues, bindings and consumers: limit of ${condition.limit_bytes} bytes is reached`];
    case 'too-many':
      return ['PRECONDITION_FAILED', `cannot keep more ${condition.what}: limit of ${condition.limit} is reached`];
  }
}
