/** The kernel's limits, units last. Emulators name their own in their own `limits.ts`. */

/** Connections that one listener holds at a time; more are closed at once. RabbitMQ and slapd stop at the ulimit. */
export const listener_connections_max = 65_536;

/** Length of the kernel's queue of connections not yet accepted (RabbitMQ's tcp_listen_options.backlog is 128). */
export const listener_backlog_connections = 1_024;

/** What one read takes at most. With half of it bodies of 100 kB took a fifth more CPU, and with twice as much nothing was gained. */
export const landing_bytes = 131_072;

/** How often one connection may fill that before the others have their turn. Without it a turn beside bodies of 100 kB took 4 to 5 ms. */
export const landing_full_reads_max = 4;

/** Memory that a frame gets as soon as its length is known: an AMQP frame of the usual maximum, and the header before it. */
export const input_frame_eager_bytes = 139_264;

/** A connection whose unread output exceeds this counts as congested: sessions stop producing, input waits. */
export const output_congested_bytes = 1_048_576;

/** Below this the connection is told to go on. */
export const output_drained_bytes = 262_144;

/**
 * Beyond this the peer is hopeless and is disconnected. Whoever is sent the longest message that anybody may publish has
 * all of it before him at once, on top of what made him congested.
 */
export const output_backlog_max_bytes = 272_629_760;

/** Size of an output buffer; they are recycled between connections (a fresh one per flush makes the garbage collector dominate). */
export const output_chunk_bytes = 65_536;

/** Buffers kept for reuse over all connections of the process. */
export const output_pool_chunks = 128;

/** Size of an output buffer for a connection that says little at a time. */
export const output_small_chunk_bytes = 4_096;

/** Small ones kept for reuse: with 128 for 2,000 clients that were told something at a time, the collector took most of the CPU. */
export const output_small_pool_chunks = 2_048;

/** Bodies of at least this size go to the socket as they are instead of being copied into the output buffer. */
export const output_passthrough_bytes = 16_384;

/** Events that a world's journal remembers. */
export const journal_events_max = 65_536;

/** What those events may take, about: an attribute can be a whole domain definition. */
export const journal_bytes_max = 67_108_864;

/** Fault rules in one world. */
export const fault_rules_max = 1_000;

/** Operations of one connection that delay faults hold back; beyond, the oldest happens ahead of its time. */
export const delayed_operations_max = 10_000;

/** How long a closing world waits for its clients before it cuts them off. */
export const drain_milliseconds = 800;

/** `sun_path` of sockaddr_un on Linux holds 108 bytes with the final zero; macOS has 104. */
export const socket_path_max_bytes = 103;

/** Output is handed to the socket at the end of a message once this much is collected. */
export const output_flush_bytes = 49_152;

/** Mistakes of ours that a world remembers. */
export const world_failures_max = 100;

/**
 * Turns of the event loop that output may wait for more while input goes on arriving. With two, messages that go
 * round 2,000 clients cost half as much; with nothing else to do nobody waits.
 */
export const output_put_off_max_turns = 2;

/**
 * How long a process that may rest sleeps after a turn in which somebody streamed. The system makes it a tenth
 * longer or a quarter; 0.1 ms saved half as much, and with 1 ms a client with 100 unacknowledged messages waits.
 */
export const rest_milliseconds = 0.3;

/** Bursts that are further apart than this are no stream, and who asked longer ago has the answer. */
export const rest_gap_max_milliseconds = 1;

/** With less than that between the end of a turn and the next input nobody has waited: the client goes on writing. */
export const lull_min_milliseconds = 0.06;

/** How long a process looks for input before it goes to sleep. */
export const watch_max_milliseconds = 0.2;

/** What it counts as to have looked in vain: processor time that somebody else may have wanted, so less than time a client waits. */
export const watch_in_vain_milliseconds = 0.03;

/** Clients that take longer than this to ask again are not worth looking for. */
export const watch_gap_max_milliseconds = 1;

/** As what a longer one counts in the means: somebody's one hiccup would otherwise keep the process asleep for a hundred turns. */
export const watch_gap_counted_max_milliseconds = 0.3;

/** What looking must gain, on the mean, to be worth its while: less than the waking of a process takes in many virtual machines. */
export const watch_gain_min_milliseconds = 0.01;

/** Every so many turns the process waits the other way, to see whether that has become better. */
export const watch_try_every_turns = 32;
