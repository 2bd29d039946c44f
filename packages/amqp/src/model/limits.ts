/** Limits of the broker model, units last. */

/** Messages in one chunk of a queue: what a snapshot makes the next write copy. */
export const backlog_chunk_entries = 256;

/** Routes that an exchange remembers between changes of the topology. */
export const route_cache_keys = 4_096;

/** References that the exchanges of a virtual host remember together. */
export const route_cache_references = 2_097_152;

/** RabbitMQ: x-max-priority, rabbit.hrl MAX_SUPPORTED_PRIORITY. */
export const priority_max = 255;

/** RabbitMQ: rabbit_misc:check_expiry/1, ten years. */
export const expiry_max_milliseconds = 315_360_000_000;

/** rabbitmq_delayed_message_exchange: the longest timer that Erlang has; messages that ask for more are not delayed. */
export const delay_max_milliseconds = 4_294_967_295;

/** RabbitMQ: channel_max, channels of one connection. */
export const channel_max_channels = 2_047;

/** RabbitMQ: frame_max, the largest frame, overhead included. */
export const frame_max_bytes = 131_072;

/** RabbitMQ: heartbeat, what connection.tune proposes. */
export const heartbeat_seconds = 60;

/** RabbitMQ: handshake_timeout, from the first octet to connection.open. */
export const handshake_timeout_milliseconds = 10_000;

/** RabbitMQ: consumer_timeout. */
export const consumer_timeout_milliseconds = 1_800_000;

/** RabbitMQ: max_message_size, up to which a body is taken. */
export const message_max_bytes = { '4': 16_777_216, '3.13': 134_217_728, '3.10': 134_217_728 } as const;

/** RabbitMQ: channel_tick_interval, how often it looks for deliveries that were not acknowledged. */
export const channel_tick_milliseconds = 60_000;

/** RabbitMQ 4: the delivery limit of quorum queues that name none. */
export const quorum_delivery_limit_default = 20;

/** RabbitMQ keeps a stream's segments in files of this size; age and length limits drop whole segments. */
export const stream_segment_size_bytes = 500_000_000;

/** RabbitMQ: rabbit_stream_queue, the largest segment that may be asked for. */
export const stream_segment_size_max_bytes = 3_000_000_000;

/** The header of a chunk with one message in osiris's log, and the AMQP 1.0 sections around the body. */
export const stream_message_overhead_bytes = 97;

/** RabbitMQ: how often it counts the messages of a stream (rabbit_stream_coordinator's tick). */
export const stream_declared_count_milliseconds = 5_000;

/** Permissions that a channel remembers, and as many of topics (rabbit_channel, MAX_PERMISSION_CACHE_SIZE). */
export const permission_cache_permissions = 12;

/** A channel that has nothing to do for so long forgets them (rabbit_channel, HIBERNATE_AFTER_MIN). */
export const channel_rest_milliseconds = 1_000;

/** How often in that time a look is taken at it. */
export const channel_rest_looks = 4;

/** Patterns of policies and permissions that are kept compiled. */
export const pattern_cache_patterns = 1_000;

/** How long a pattern may take over one name; RabbitMQ: PCRE's match limit, 10 million steps. */
export const pattern_match_max_milliseconds = 100;

/** A pattern that took too long so often is not tried again. */
export const pattern_timeouts_max = 3;

/**
 * Dead letters that may follow from one death, over all queues. RabbitMQ has no limit but its memory: full queues that all send
 * to all others multiply a message beyond anything.
 */
export const dead_letters_max_letters = 100_000;

/**
 * RabbitMQ: cluster_queue_limit, queues of all virtual hosts. It has no limit unless told; ours keeps them from filling the heap,
 * as the others below do.
 */
export const cluster_queue_limit_queues = 300_000;

/** RabbitMQ: cluster_exchange_limit (4.1), exchanges of all virtual hosts; unlimited there. */
export const cluster_exchange_limit_exchanges = 200_000;

/** RabbitMQ: vhost_max; unlimited there. Each has seven exchanges. */
export const vhost_max_vhosts = 10_000;

/** RabbitMQ: channel_max_per_node, channels of all connections; unlimited there. */
export const channel_max_per_node_channels = 200_000;

/** RabbitMQ: consumer_max_per_channel; unlimited there. */
export const consumer_max_per_channel_consumers = 100_000;

/** RabbitMQ: connection_max (max_connections), logged-in connections; unlimited there. The listener has its own limit before that. */
export const connection_max_connections = 65_536;

/**
 * What queues, exchanges, bindings, consumers, channels and connections may take together, about. RabbitMQ has no limit but its
 * memory. 100,000 queues with a binding and a consumer each take a third of it; Node's heap has 2 GiB and more.
 */
export const definitions_max_bytes = 805_306_368;

/** A connection whose properties take less than this is made even if definitions take all their room. */
export const client_properties_small_bytes = 16_384;

/** A binding of a consistent hash exchange, by releases that bound it (rabbit_exchange_type_consistent_hash, MAX_BINDING_WEIGHT). */
export const hash_weight_max = 10_000;

/** Words of a binding to a topic exchange that stand for any number of words, by releases that bound them (rabbit_exchange_type_topic). */
export const topic_wildcards_max = 2;

/** Addresses and users whose logins are counted, if they are; RabbitMQ has no limit but its memory. */
export const login_sources_max = 10_000;

/** Users; RabbitMQ has no limit but its memory. */
export const users_max = 100_000;

/** Policies, and runtime parameters, of one virtual host or of all; RabbitMQ has no limit but its memory. */
export const parameters_max = 10_000;
