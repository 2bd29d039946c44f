/** The broker's limits, units last, with RabbitMQ's value and where it is set. */

// --- wire -------------------------------------------------------------------------------------------------

/** A frame where none was negotiated (`frame_max` 0). RabbitMQ has no limit but its memory. */
export const unlimited_frame_max_bytes = 134_217_728;

/** How long a TLS handshake may take (`ssl_handshake_timeout`, 5000). */
export const tls_handshake_timeout_milliseconds = 5_000;

/** How long a client may take to answer our `connection.close` (rabbit_reader's CLOSING_TIMEOUT). */
export const closing_timeout_milliseconds = 30_000;

/** How long a client is kept waiting, unheard, whose frames can't be cut any more or whose handshake failed (SILENT_CLOSE_DELAY). */
export const silent_close_milliseconds = 3_000;

/** How long a client may take to go before a heartbeat interval is negotiated (rabbit_reader's NORMAL_TIMEOUT). */
export const handshake_closing_timeout_milliseconds = 3_000;

/** How long a client may take nothing of what it is sent (`tcp_listen_options.send_timeout`; 30000 unless set, by ranch_tcp). */
export const send_timeout_milliseconds = 30_000;

/** Tables within tables. RabbitMQ has no limit but its memory; deeper than this nobody means well. */
export const table_depth_max_levels = 128;

/** Bodies of a connection that are still arriving, all channels together. RabbitMQ has no limit but its memory. */
export const content_assembly_max_bytes = 268_435_456;

/** The most that a content may announce (MAX_MSG_SIZE in rabbit.hrl), from 4.2.6 on. */
export const content_max_bytes = 536_870_912;

/** The text of a close, a shortstr; longer ones end in an ellipsis (rabbit_binary_generator). */
export const reply_text_max_bytes = 255;

// --- streams ----------------------------------------------------------------------------------------------

/** Frames in one chunk of input from which on a client streams: it does not wait for the answer to each. */
export const stream_min_frames = 8;

/** A burst of this size is enough for one turn: to wait for more would only cost time. */
export const stream_burst_max_bytes = 32_768;

/** Bursts of fewer frames than that, in a row, after which a client does not stream any more. */
export const stream_small_bursts_max = 8;

/** With fewer messages at a time than this a consumer has done with them before a rest between two turns is over. */
export const patient_min_prefetch = 64;

/** A burst that is expected to have at least as many frames to come goes on for longer than a rest. */
export const burst_rest_min_frames = 120;

// --- memory -----------------------------------------------------------------------------------------------

/** How often the process's memory is looked at (RabbitMQ: `memory_monitor_interval`, 2500; Node fills faster than it). */
export const memory_watch_milliseconds = 250;

/** Node ends the process when its heap is full; publishers are blocked at this part of it. */
export const heap_high_watermark_fraction = 0.75;

/** While publishers are blocked, garbage is collected at most this often, if the last collection found some … */
export const memory_collect_min_milliseconds = 250;

/** … and this often at least: Node collects when it needs memory, and with its publishers blocked it needs none. */
export const memory_collect_max_milliseconds = 5_000;

/** Of a collection's time, that must pass before the next one: it stops everything else. */
export const memory_collect_pause_factor = 10;

// --- management HTTP API ----------------------------------------------------------------------------------

/** The body of a request (`management.http.max_body_size`, 20000000). */
export const management_body_max_bytes = 20_000_000;

/** The name of a queue that is declared there; a shortstr could not hold more. */
export const queue_name_max_bytes = 255;
