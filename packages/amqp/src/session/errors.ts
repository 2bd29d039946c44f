import { type Condition, FIELD_TYPE_NAMES, type Persona, type Release, type Resource } from '../model/index.ts';
import { isKnownAtom } from './atoms.ts';
import { argumentFault, expirationFault, name, stated } from './condition-terms.ts';
import { binaryText, binaryTextInLatin1, pretty, string } from './erlang.ts';
import { term } from './field-term.ts';
import { limitReached } from './limit-errors.ts';
import { type Failure, failure, inLatin1, type ReplyName } from './replies.ts';

/** Without a text for what crashes RabbitMQ. */
type Explanation = readonly [ReplyName, string?];

/** RabbitMQ's code and text for what the broker refuses. */
export function failureOf(condition: Condition, release: Release): Failure {
  const [name, text] = explanationOf(condition, release);
  const told = failure(name, text);
  return release.has('unicode-texts') && release.persona !== '4' ? inLatin1(told) : told;
}

function explanationOf(condition: Condition, release: Release): Explanation {
  const { persona } = release;
  switch (condition.kind) {
    case 'login-refused':
    case 'no-vhost':
    case 'vhost-refused':
    case 'connection-forced':
      return connecting(condition);
    case 'vhost-connection-limit':
    case 'user-connection-limit':
    case 'node-connection-limit':
    case 'user-channel-limit':
    case 'node-channel-limit':
    case 'queue-limit':
    case 'cluster-queue-limit':
    case 'exchange-limit':
    case 'vhost-limit':
    case 'consumer-limit':
    case 'definitions-limit':
    case 'too-many':
      return limitReached(condition, release);
    case 'access-refused':
    case 'topic-access-refused':
    case 'default-exchange':
    case 'system-exchange':
    case 'reserved-name':
    case 'internal-exchange':
    case 'exclusive-use':
    case 'locked':
      return access(condition, persona);
    case 'not-found':
      return ['NOT_FOUND', `no ${name(condition.resource)}`];
    case 'no-previously-declared-queue':
      return ['NOT_FOUND', 'no previously declared queue'];
    case 'inequivalent':
    case 'invalid-argument':
    case 'invalid-argument-type':
    case 'unsupported-argument':
    case 'invalid-property':
    case 'stream-segment-too-large':
    case 'stream-filter-size':
    case 'server-named-queue':
    case 'denied-feature':
    case 'unknown-exchange-type':
    case 'invalid-exchange-argument':
      return declaring(condition, release);
    case 'invalid-x-match-value':
    case 'invalid-x-match-type':
    case 'invalid-hash-weight':
    case 'hash-weight-too-low':
    case 'hash-weight-too-high':
    case 'too-many-wildcards':
    case 'binding-key-given':
    case 'destination-type':
    case 'destination-is-no-queue':
      return binding(condition, persona);
    case 'in-use':
      return ['PRECONDITION_FAILED', `${name(condition.resource)} in use`];
    case 'not-empty':
      return ['PRECONDITION_FAILED', `${name(condition.resource)} not empty`];
    case 'user-id-mismatch':
    case 'invalid-expiration':
    case 'crash':
    case 'invalid-delay':
    case 'unhashable-header':
    case 'no-reply-consumer':
    case 'invalid-delivery-mode':
    case 'invalid-sender-selected-distribution':
      return publishing(condition, release);
    default:
      return consuming(condition, release);
  }
}

type Of<K extends Condition['kind']> = Extract<Condition, { readonly kind: K }>;

function connecting(condition: Of<'login-refused' | 'no-vhost' | 'vhost-refused' | 'connection-forced'>): Explanation {
  switch (condition.kind) {
    case 'login-refused':
      // The session, which knows the mechanism, has a better text; this one is for update-secret and the like.
      return ['ACCESS_REFUSED', `user '${condition.user}' - invalid credentials`];
    case 'no-vhost':
      return ['NOT_ALLOWED', `vhost ${condition.vhost} not found`];
    case 'vhost-refused':
      return ['NOT_ALLOWED', `access to vhost '${condition.vhost}' refused for user '${condition.user}'`];
    case 'connection-forced':
      return ['CONNECTION_FORCED', condition.reason];
  }
}

function access(
  condition: Of<
    | 'access-refused'
    | 'topic-access-refused'
    | 'default-exchange'
    | 'system-exchange'
    | 'reserved-name'
    | 'internal-exchange'
    | 'exclusive-use'
    | 'locked'
  >,
  persona: Persona,
): Explanation {
  switch (condition.kind) {
    case 'access-refused': {
      const { type, vhost } = condition.resource;
      const resource = name({ type, vhost, name: permissionName(condition.resource) });
      return ['ACCESS_REFUSED', `${permission(condition.permission, persona)}access to ${resource} refused for user '${condition.user}'`];
    }
    case 'topic-access-refused': {
      const exchange = name(condition.resource);
      const granted = permission(condition.permission, persona);
      return ['ACCESS_REFUSED', `${granted}access to topic '${condition.routingKey}' in ${exchange} refused for user '${condition.user}'`];
    }
    case 'default-exchange':
      return ['ACCESS_REFUSED', 'operation not permitted on the default exchange'];
    case 'system-exchange':
      return ['ACCESS_REFUSED', `deletion of system ${name(condition.resource)} not allowed`];
    case 'reserved-name':
      return ['ACCESS_REFUSED', `${condition.type} name '${condition.name}' contains reserved prefix 'amq.*'`];
    case 'internal-exchange':
      return ['ACCESS_REFUSED', `cannot publish to internal ${name(condition.resource)}`];
    case 'exclusive-use':
      return ['ACCESS_REFUSED', `${name(condition.resource)} in exclusive use`];
    case 'locked':
      return [
        'RESOURCE_LOCKED',
        `cannot obtain exclusive access to locked ${name(condition.resource)}. It could be originally declared on another connection or the exclusive property value does not match that of the original declaration.`,
      ];
  }
}

function declaring(
  condition: Of<
    | 'inequivalent'
    | 'invalid-argument'
    | 'invalid-argument-type'
    | 'unsupported-argument'
    | 'invalid-property'
    | 'stream-segment-too-large'
    | 'stream-filter-size'
    | 'server-named-queue'
    | 'denied-feature'
    | 'unknown-exchange-type'
    | 'invalid-exchange-argument'
  >,
  release: Release,
): Explanation {
  switch (condition.kind) {
    case 'inequivalent':
      return [
        'PRECONDITION_FAILED',
        `inequivalent arg '${condition.argument}' for ${name(condition.resource)}: received ${stated(condition.received)} but current is ${stated(condition.current)}`,
      ];
    case 'invalid-argument':
      return [
        'PRECONDITION_FAILED',
        `invalid arg '${condition.argument}' for ${name(condition.resource)}: ${argumentFault(condition.fault, release)}`,
      ];
    case 'invalid-argument-type':
      return ['PRECONDITION_FAILED', `invalid type '${condition.got}' for arg '${condition.argument}' in ${name(condition.resource)}`];
    case 'unsupported-argument':
      return [
        'PRECONDITION_FAILED',
        `invalid arg '${condition.argument}' for ${name(condition.resource)} of queue type ${condition.queueType}`,
      ];
    case 'invalid-property':
      return ['PRECONDITION_FAILED', `invalid property '${condition.property}' for ${name(condition.resource)}`];
    case 'stream-segment-too-large':
      return ['PRECONDITION_FAILED', 'Exceeded max value for x-stream-max-segment-size-bytes'];
    case 'stream-filter-size':
      return ['PRECONDITION_FAILED', `Invalid value for ${release.has('known-filter-size') ? '' : ' '}x-stream-filter-size-bytes`];
    case 'server-named-queue':
      return ['PRECONDITION_FAILED', `Cannot declare a server-named queue for type ${condition.queueType}`];
    case 'denied-feature':
      return ['INTERNAL_ERROR', denied(condition.feature)];
    case 'unknown-exchange-type':
      return [
        release.has('unknown-exchange-types-close-channels') ? 'PRECONDITION_FAILED' : 'COMMAND_INVALID',
        `${isKnownAtom(condition.type) ? 'invalid' : 'unknown'} exchange type '${condition.type}'`,
      ];
    case 'invalid-exchange-argument':
      return exchangeArgument(condition);
  }
}

/** rabbit_deprecated_features:generate_warnings1/3; a reply has room for less than half of it. */
function denied(feature: string): string {
  return [
    `Feature \`${feature}\` is deprecated.`,
    'By default, this feature is not permitted anymore.',
    'The feature will be removed from a future major RabbitMQ version, regardless of the configuration; actual version to be determined.',
    'To continue using this feature when it is not permitted by default, set the following parameter in your configuration:',
    `    "deprecated_features.permit.${feature} = true"`,
  ].join('\n');
}

function exchangeArgument(condition: Of<'invalid-exchange-argument'>): Explanation {
  switch (condition.problem) {
    case 'delayed-type':
      return ['PRECONDITION_FAILED', `Invalid argument, 'x-delayed-type' must be an existing exchange type`];
    case 'delayed-type-itself':
      return ['PRECONDITION_FAILED', `Invalid argument, 'x-delayed-message' can't be used for 'x-delayed-type'`];
    case 'hash-header-and-property':
      return ['PRECONDITION_FAILED', 'hash-header and hash-property are mutually exclusive'];
    case 'hash-argument-type':
      // A case clause that RabbitMQ's channel lacks: it crashes.
      return ['INTERNAL_ERROR'];
    case 'hash-property':
      return ['PRECONDITION_FAILED', `Unsupported property: ${condition.value}`];
  }
}

function binding(
  condition: Of<
    | 'invalid-x-match-value'
    | 'invalid-x-match-type'
    | 'invalid-hash-weight'
    | 'hash-weight-too-low'
    | 'hash-weight-too-high'
    | 'too-many-wildcards'
    | 'binding-key-given'
    | 'destination-type'
    | 'destination-is-no-queue'
  >,
  persona: Persona,
): Explanation {
  const printed = persona === '3.10' ? binaryTextInLatin1 : binaryText;
  switch (condition.kind) {
    case 'invalid-x-match-value':
      return [
        'PRECONDITION_FAILED',
        `Invalid x-match field value ${printed(condition.value)}; expected all, any, all-with-x, or any-with-x`,
      ];
    case 'invalid-x-match-type':
      return [
        'PRECONDITION_FAILED',
        `Invalid x-match field type ${FIELD_TYPE_NAMES[condition.field.type]} (value ${term(condition.field)}); expected longstr`,
      ];
    case 'invalid-hash-weight':
      return ['PRECONDITION_FAILED', `The binding key must be an integer: ${printed(condition.key)}`];
    case 'hash-weight-too-low':
      return ['PRECONDITION_FAILED', 'The binding key must be greater than 0'];
    case 'hash-weight-too-high':
      return ['PRECONDITION_FAILED', `The binding key must not exceed ${condition.limit}`];
    case 'too-many-wildcards': {
      const { key, count, limit } = condition;
      return ['PRECONDITION_FAILED', `Topic binding key '${key}' uses ${count} '#' wildcards, at most ${limit} are allowed`];
    }
    case 'binding-key-given':
      return ['PRECONDITION_FAILED', `Non empty binding '${Buffer.from(condition.key).toString('latin1')}' key not permitted`];
    case 'destination-type':
      return ['PRECONDITION_FAILED', `Queue type ${condition.queueType} not valid for this exchange type`];
    case 'destination-is-no-queue':
      return ['PRECONDITION_FAILED', 'Destination not found'];
  }
}

function publishing(
  condition: Of<
    | 'user-id-mismatch'
    | 'invalid-expiration'
    | 'crash'
    | 'invalid-delay'
    | 'unhashable-header'
    | 'no-reply-consumer'
    | 'invalid-delivery-mode'
    | 'invalid-sender-selected-distribution'
  >,
  release: Release,
): Explanation {
  switch (condition.kind) {
    case 'user-id-mismatch':
      return ['PRECONDITION_FAILED', `user_id property set to '${condition.claimed}' but authenticated user was '${condition.user}'`];
    case 'invalid-expiration':
      return ['PRECONDITION_FAILED', pretty(`invalid expiration '${condition.value}': `, expirationFault(condition.fault, release))];
    case 'crash':
    case 'invalid-delay':
    case 'unhashable-header':
      return ['INTERNAL_ERROR'];
    case 'no-reply-consumer':
      return ['PRECONDITION_FAILED', 'fast reply consumer does not exist'];
    case 'invalid-delivery-mode':
      return ['PRECONDITION_FAILED', `invalid message: {delivery_mode_unknown,${condition.mode}}`];
    case 'invalid-sender-selected-distribution':
      return [
        'PRECONDITION_FAILED',
        `invalid message: {unacceptable_type_in_header,${string(condition.header)},${FIELD_TYPE_NAMES[condition.field.type]}}`,
      ];
  }
}

function consuming(
  condition: Of<
    | 'consumer-tag-reused'
    | 'reply-consumer-acknowledges'
    | 'reply-consumer-exists'
    | 'no-prefetch'
    | 'stream-unsupported'
    | 'stream-recover'
    | 'global-qos'
    | 'quorum-delete'
    | 'quorum-single-active-get'
    | 'unknown-delivery-tag'
    | 'acknowledgement-timeout'
    | 'mode-switch'
    | 'not-transactional'
    | 'partial-transaction'
    | 'not-implemented'
    | 'prefetch-size'
  >,
  release: Release,
): Explanation {
  const { persona } = release;
  switch (condition.kind) {
    case 'consumer-tag-reused':
      return ['NOT_ALLOWED', `attempt to reuse consumer tag '${condition.tag}'`];
    case 'reply-consumer-acknowledges':
      return ['PRECONDITION_FAILED', 'reply consumer cannot acknowledge'];
    case 'reply-consumer-exists':
      return ['PRECONDITION_FAILED', 'reply consumer already set'];
    case 'no-prefetch':
      return [
        'PRECONDITION_FAILED',
        persona === '4'
          ? `consumer prefetch count is not set for stream ${name(condition.resource)}`
          : `consumer prefetch count is not set for '${name(condition.resource)}'`,
      ];
    case 'quorum-delete':
      return [
        'NOT_IMPLEMENTED',
        `cannot delete ${name(condition.resource)}. queue.delete operations with ${condition.flag} flag set are not supported by quorum queues`,
      ];
    case 'global-qos':
      return ['NOT_IMPLEMENTED', `${name(condition.resource)} does not support global qos`];
    case 'stream-unsupported':
      return ['NOT_IMPLEMENTED', streamUnsupported(condition, persona)];
    case 'quorum-single-active-get': {
      const type = release.has('quoted-queue-type') ? '<<"quorum">>' : 'quorum';
      const [queue, what] = [name(condition.resource), `${type} queues with single active consumer`];
      return ['RESOURCE_LOCKED', `cannot obtain access to locked ${queue}. basic.get operations are not supported by ${what}`];
    }
    case 'unknown-delivery-tag':
      return ['PRECONDITION_FAILED', `unknown delivery tag ${BigInt(condition.tag)}`];
    case 'acknowledgement-timeout':
      return [
        'PRECONDITION_FAILED',
        `delivery acknowledgement on channel ${condition.channel} timed out. Timeout value used: ${condition.timeout_milliseconds} ms. This timeout value can be configured, see consumers doc guide to learn more`,
      ];
    case 'stream-recover':
      return ['INTERNAL_ERROR'];
    case 'mode-switch':
      return ['PRECONDITION_FAILED', `cannot switch from ${condition.from} to ${condition.to} mode`];
    case 'not-transactional':
      return ['PRECONDITION_FAILED', 'channel is not transactional'];
    case 'partial-transaction':
      return ['PRECONDITION_FAILED', 'partial tx completion'];
    case 'not-implemented':
      return ['NOT_IMPLEMENTED', condition.what];
    case 'prefetch-size':
      return ['NOT_IMPLEMENTED', `prefetch_size!=0 (${condition.size})`];
  }
}

function streamUnsupported(condition: Of<'stream-unsupported'>, persona: Persona): string {
  const kind = condition.operation === 'automatic acknowledgement' && persona === '4' ? 'stream' : 'stream queues';
  return `${condition.operation} not supported by ${kind} ${name(condition.resource)}`;
}

/** Permissions know the default exchange by this name (rabbit_access_control). */
function permissionName(resource: Resource): string {
  return resource.type === 'exchange' && resource.name === '' ? 'amq.default' : resource.name;
}

/** RabbitMQ names the permission since 3.11. */
function permission(which: string, persona: Persona): string {
  return persona === '3.10' ? '' : `${which} `;
}
