import type { Field } from './field-table.ts';

export interface Resource {
  readonly type: 'queue' | 'exchange';
  readonly vhost: string;
  readonly name: string;
}

/** One side of "received … but current is …" (rabbit_misc:val/1). */
export type Stated =
  /** `none` */
  | { readonly is: 'none' }
  /** `the value '5' of type 'signedint'` */
  | { readonly is: 'typed'; readonly field: Field }
  /** `'5'`: both sides have the argument, so the type is left out. */
  | { readonly is: 'value'; readonly field: Field }
  /** `'true'`: a property of the declaration. */
  | { readonly is: 'property'; readonly value: string };

/** Why an argument is invalid: RabbitMQ prints an Erlang term. */
export type ArgumentFault =
  /** `{value_negative,-1}` */
  | { readonly fault: 'value_negative' | 'value_zero' | 'max_value_exceeded' | 'value_too_large'; readonly value: number | bigint }
  /** `"expected integer, got longstr"` */
  | { readonly fault: 'expected_integer'; readonly got: string }
  /** `{unacceptable_type,bool}` */
  | { readonly fault: 'unacceptable_type'; readonly got: string }
  /** `"unsupported queue type 'zz'"`, `"unsupported queue mode 'zz'"`, `"unsupported queue version '3'"` */
  | { readonly fault: 'unsupported'; readonly what: 'queue type' | 'queue mode' | 'queue version'; readonly value: string }
  /** `invalid_overflow` */
  | {
      readonly fault:
        | 'invalid_overflow'
        | 'invalid_dlx_strategy'
        | 'invalid_max_age'
        | 'invalid_queue_locator_arg'
        | 'routing_key_but_no_dlx_defined';
    }
  /** `{invalid_stream_offset_arg,{longstr,<<"x">>}}` */
  | { readonly fault: 'invalid_stream_offset_arg'; readonly field: Field };

/**
 * Why the broker refuses something, in its own terms. The comments give RabbitMQ's text; code and
 * scope are the session's business. `resource` prints as `queue 'q' in vhost '/'`.
 */
export type Condition =
  // Connecting
  /** Login was refused (bad password, unknown user, guest from afar). */
  | { readonly kind: 'login-refused'; readonly user: string; readonly reason: 'credentials' | 'loopback-only' }
  /** vhost nope not found */
  | { readonly kind: 'no-vhost'; readonly vhost: string }
  /** access to vhost '/' refused for user 'u' */
  | { readonly kind: 'vhost-refused'; readonly vhost: string; readonly user: string }
  /** access to vhost '/' refused for user 'u': connection limit (3) is reached */
  | { readonly kind: 'vhost-connection-limit'; readonly vhost: string; readonly user: string; readonly limit: number }
  /** connection refused for user 'u': user connection limit (3) is reached */
  | { readonly kind: 'user-connection-limit'; readonly user: string; readonly limit: number }
  /** number of channels opened for user 'u' has reached the maximum allowed user limit of (3) */
  | { readonly kind: 'user-channel-limit'; readonly user: string; readonly node: string; readonly limit: number }
  /** number of channels opened on node 'rabbit@host' has reached the maximum allowed limit of (3) */
  | { readonly kind: 'node-channel-limit'; readonly node: string; readonly limit: number }
  /** connection refused: node connection limit (3) is reached */
  | { readonly kind: 'node-connection-limit'; readonly limit: number }
  /** Ours: what clients have declared fills the part of the heap that is there for it. */
  | { readonly kind: 'definitions-limit'; readonly limit_bytes: number }
  /** CONNECTION_FORCED: an operator, or the deletion of the vhost or user. `reason` is the operator's text. */
  | { readonly kind: 'connection-forced'; readonly reason: string }
  // Access
  /** access to {resource} refused for user 'u'. From 3.11 on the permission comes first: "configure access to …". The default exchange is called 'amq.default' here. */
  | {
      readonly kind: 'access-refused';
      readonly permission: 'configure' | 'write' | 'read';
      readonly resource: Resource;
      readonly user: string;
    }
  /** access to topic 'k' in exchange 'x' in vhost '/' refused for user 'u'; from 3.11 on "write access to topic …" */
  | {
      readonly kind: 'topic-access-refused';
      readonly permission: 'write' | 'read';
      readonly resource: Resource;
      readonly routingKey: string;
      readonly user: string;
    }
  /** operation not permitted on the default exchange */
  | { readonly kind: 'default-exchange' }
  /** deletion of system exchange 'amq.direct' in vhost '/' not allowed */
  | { readonly kind: 'system-exchange'; readonly resource: Resource }
  /** queue name 'amq.foo' contains reserved prefix 'amq.*' */
  | { readonly kind: 'reserved-name'; readonly type: 'queue' | 'exchange'; readonly name: string }
  /** cannot publish to internal {resource} */
  | { readonly kind: 'internal-exchange'; readonly resource: Resource }
  /** {resource} in exclusive use */
  | { readonly kind: 'exclusive-use'; readonly resource: Resource }
  /** cannot obtain exclusive access to locked {resource}. It could be originally declared on another connection or the exclusive property … */
  | { readonly kind: 'locked'; readonly resource: Resource }
  // Existence
  /** no {resource} */
  | { readonly kind: 'not-found'; readonly resource: Resource }
  /** no previously declared queue */
  | { readonly kind: 'no-previously-declared-queue' }
  // Declaring
  /** inequivalent arg 'durable' for {resource}: received … but current is … */
  | {
      readonly kind: 'inequivalent';
      readonly argument: string;
      readonly resource: Resource;
      readonly received: Stated;
      readonly current: Stated;
    }
  /** invalid arg 'x-message-ttl' for {resource}: {value_negative,-1} */
  | { readonly kind: 'invalid-argument'; readonly argument: string; readonly resource: Resource; readonly fault: ArgumentFault }
  /** invalid type 'signedint' for arg 'x-dead-letter-exchange' in {resource} */
  | { readonly kind: 'invalid-argument-type'; readonly argument: string; readonly resource: Resource; readonly got: string }
  /** invalid arg 'x-max-priority' for {resource} of queue type rabbit_quorum_queue */
  | { readonly kind: 'unsupported-argument'; readonly argument: string; readonly resource: Resource; readonly queueType: string }
  /** invalid property 'non-durable' for {resource} */
  | { readonly kind: 'invalid-property'; readonly property: 'non-durable' | 'exclusive-owner' | 'auto-delete'; readonly resource: Resource }
  /** Exceeded max value for x-stream-max-segment-size-bytes */
  | { readonly kind: 'stream-segment-too-large' }
  /** Invalid value for  x-stream-filter-size-bytes */
  | { readonly kind: 'stream-filter-size' }
  /** Cannot declare a server-named queue for type rabbit_stream_queue */
  | { readonly kind: 'server-named-queue'; readonly queueType: string }
  /** cannot declare queue 'q' in vhost '/': queue limit in vhost '/' (10) is reached */
  | { readonly kind: 'queue-limit'; readonly resource: Resource; readonly limit: number }
  /** cannot declare queue 'q': queue limit in cluster (10) is reached */
  | { readonly kind: 'cluster-queue-limit'; readonly resource: Resource; readonly limit: number }
  /** cannot declare {resource}: exchange limit of 10 is reached */
  | { readonly kind: 'exchange-limit'; readonly resource: Resource; readonly limit: number }
  /** cannot create vhost 'v': vhost limit of 10 is reached. Over HTTP and by rabbitmqctl only, as the next. */
  | { readonly kind: 'vhost-limit'; readonly vhost: string; readonly limit: number }
  /** Ours. */
  | { readonly kind: 'too-many'; readonly what: 'users' | 'policies' | 'parameters'; readonly limit: number }
  /** Feature `transient_nonexcl_queues` is deprecated. By default, this feature is not permitted anymore. … (4.3) */
  | { readonly kind: 'denied-feature'; readonly feature: 'transient_nonexcl_queues' | 'queue_master_locator' }
  /** unknown exchange type 'zzz': connection 503 up to 3.13, channel 406 from 4.0 */
  | { readonly kind: 'unknown-exchange-type'; readonly type: string }
  /** Invalid argument, 'x-delayed-type' must be an existing exchange type. Or: the hash-on arguments of a consistent-hash exchange. */
  | {
      readonly kind: 'invalid-exchange-argument';
      readonly resource: Resource;
      readonly problem: 'delayed-type' | 'delayed-type-itself' | 'hash-header-and-property' | 'hash-argument-type' | 'hash-property';
      readonly value: string;
    }
  // Binding
  /** Invalid x-match field value <<"zz">>; expected all, any, all-with-x, or any-with-x */
  | { readonly kind: 'invalid-x-match-value'; readonly value: string }
  /** Invalid x-match field type signedint (value 5); expected longstr */
  | { readonly kind: 'invalid-x-match-type'; readonly field: Field }
  /** The binding key must be an integer: 'abc' (consistent-hash exchange) */
  | { readonly kind: 'invalid-hash-weight'; readonly key: string }
  /** The binding key must be greater than 0 */
  | { readonly kind: 'hash-weight-too-low' }
  /** Topic binding key '#.#.#' uses 3 '#' wildcards, at most 2 are allowed */
  | { readonly kind: 'too-many-wildcards'; readonly key: string; readonly count: number; readonly limit: number }
  /** The binding key must not exceed 10000 */
  | { readonly kind: 'hash-weight-too-high'; readonly limit: number }
  /** Non empty binding 'k' key not permitted (local random exchange) */
  | { readonly kind: 'binding-key-given'; readonly key: string }
  /** Queue type rabbit_quorum_queue not valid for this exchange type */
  | { readonly kind: 'destination-type'; readonly queueType: string }
  /** Destination not found */
  | { readonly kind: 'destination-is-no-queue' }
  // Deleting
  /** {resource} in use */
  | { readonly kind: 'in-use'; readonly resource: Resource }
  /** cannot delete {resource}. queue.delete operations with if-unused flag set are not supported by quorum queues (540 on the connection) */
  | { readonly kind: 'quorum-delete'; readonly flag: 'if-unused' | 'if-empty'; readonly resource: Resource }
  /** {resource} not empty */
  | { readonly kind: 'not-empty'; readonly resource: Resource }
  // Publishing
  /** user_id property set to 'bob' but authenticated user was 'guest' */
  | { readonly kind: 'user-id-mismatch'; readonly claimed: string; readonly user: string }
  /** invalid expiration 'abc': no_integer. Or {value_negative,-1}, {leftover_string,"x"}, {value_too_large,…} */
  | {
      readonly kind: 'invalid-expiration';
      readonly value: string;
      readonly fault:
        | { readonly fault: 'no_integer' }
        | { readonly fault: 'leftover_string'; readonly leftover: string }
        | { readonly fault: 'value_negative' | 'value_too_large'; readonly value: bigint };
    }
  /** No text: what RabbitMQ did not expect, so that its channel crashes. */
  | { readonly kind: 'crash' }
  /** No text: what RabbitMQ's plugin makes of an x-delay header that is no number. */
  | { readonly kind: 'invalid-delay' }
  /** No text: an empty array or table crashes a consistent hash exchange's route before 4.3.5. */
  | { readonly kind: 'unhashable-header' }
  /** fast reply consumer does not exist */
  | { readonly kind: 'no-reply-consumer' }
  /** invalid message: {delivery_mode_unknown,0} (up to 3.12) */
  | { readonly kind: 'invalid-delivery-mode'; readonly mode: number }
  /** invalid message: … (CC or BCC is not an array of longstr): {unacceptable_type_in_header,…} */
  | { readonly kind: 'invalid-sender-selected-distribution'; readonly header: 'CC' | 'BCC'; readonly field: Field }
  // Consuming
  /** reached maximum (3) of consumers per channel */
  | { readonly kind: 'consumer-limit'; readonly limit: number }
  /** attempt to reuse consumer tag 'a' */
  | { readonly kind: 'consumer-tag-reused'; readonly tag: string }
  /** reply consumer cannot acknowledge */
  | { readonly kind: 'reply-consumer-acknowledges' }
  /** reply consumer already set */
  | { readonly kind: 'reply-consumer-exists' }
  /** consumer prefetch count is not set for 'queue 'q' in vhost '/'' */
  | { readonly kind: 'no-prefetch'; readonly resource: Resource }
  /** basic.get not supported by stream queues {resource} */
  | {
      readonly kind: 'stream-unsupported';
      readonly operation: 'basic.get' | 'queue.purge' | 'automatic acknowledgement' | 'basic.nack and basic.reject';
      readonly resource: Resource;
    }
  /** No text: basic.recover with deliveries of a stream crashes the channel of 3.10. */
  | { readonly kind: 'stream-recover' }
  /** cannot obtain access to locked {resource}. basic.get operations are not supported by quorum queues with single active consumer */
  | { readonly kind: 'quorum-single-active-get'; readonly resource: Resource }
  /** {resource} does not support global qos (540 on the connection) */
  | { readonly kind: 'global-qos'; readonly resource: Resource }
  /** unknown delivery tag 99 */
  | { readonly kind: 'unknown-delivery-tag'; readonly tag: number }
  /** delivery acknowledgement on channel 1 timed out. Timeout value used: 1800000 ms. … */
  | { readonly kind: 'acknowledgement-timeout'; readonly channel: number; readonly timeout_milliseconds: number }
  // Channel state
  /** cannot switch from tx to confirm mode, and the other way round */
  | { readonly kind: 'mode-switch'; readonly from: 'tx' | 'confirm'; readonly to: 'tx' | 'confirm' }
  /** channel is not transactional */
  | { readonly kind: 'not-transactional' }
  /** partial tx completion: a queue rejected what a commit published */
  | { readonly kind: 'partial-transaction' }
  /** immediate=true; active=false; requeue=false */
  | { readonly kind: 'not-implemented'; readonly what: 'immediate=true' | 'active=false' | 'requeue=false' }
  /** prefetch_size!=0 (10) */
  | { readonly kind: 'prefetch-size'; readonly size: number };

export type ConditionKind = Condition['kind'];
