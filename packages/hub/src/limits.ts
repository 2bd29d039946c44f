/** The hub's limits, units last. */

/** One control message, either way. A seed may travel in one. */
export const control_message_max_bytes = 16_777_216;

/** How long a control connection may take to introduce itself. */
export const control_handshake_milliseconds = 5_000;

/** Unread journal events of one follower; what comes on top is counted and left out. */
export const follow_backlog_max_bytes = 4_194_304;

/** Named snapshots in one world. */
export const snapshots_max = 1_000;

/** Worlds in one process. */
export const worlds_max = 2_000;

/** A seed file is read whole. */
export const seed_file_max_bytes = 268_435_456;

/** Events that one `journal.read` returns unless it asks for another number. */
export const journal_read_default_events = 1_000;

/** How long a control connection over HTTP may be silent, unless it follows something. */
export const control_idle_milliseconds = 60_000;

/** How long control connections may take to say goodbye when the hub closes. */
export const control_drain_milliseconds = 150;

/** How far a clock moves at a time, a century: timers on the way fire one by one, and a broker with a client has one each minute. */
export const clock_move_max_milliseconds = 3_155_760_000_000;

/** The control interface's well-known port (HTTP). */
export const control_port = 8420;
