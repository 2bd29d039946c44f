import type { Connection } from '@wirelike/kernel';
import { send_timeout_milliseconds } from '../limits.ts';
import { FRAME_END, FRAME_HEARTBEAT } from '../wire/frame.ts';

/** What of a connection heartbeats look at. */
export type Beating = Pick<
  Connection,
  'after' | 'backlog_bytes' | 'bytes_received' | 'bytes_sent' | 'destroy' | 'ending' | 'held' | 'output' | 'reset' | 'written'
>;

/** How often within an interval, or a timeout, a look is taken at what was sent. */
const looks = 4;

/**
 * Heartbeats both ways, in real time (AMQP 0-9-1 §4.2.7, rabbit_heartbeat): one is sent after half the interval, and
 * then whenever nothing else was sent for that long. A client that sends nothing for two intervals is cut off, and
 * one whose socket takes nothing of what waits for it is dropped, even if it wants no heartbeats (0 seconds).
 *
 * RabbitMQ looks twice in an interval, so it may let nearly a whole one pass; Netty's timeout in its Java client is
 * exactly one, which leaves no room for a timer that is late.
 */
export function startHeartbeat(connection: Beating, seconds: number): void {
  dropIfStuck(connection);
  if (seconds === 0) return;
  const interval = seconds * 1_000;
  let sent = connection.bytes_sent;
  // What the handshake took counts at the first look, whenever it came.
  let received = 0;
  /** Looks since something was sent. */
  let quiet = 0;
  let isFirst = true;
  let silent = 0;

  const send = (): void => {
    if (connection.ending) return;
    // What the handshake sent meanwhile does not put off the first one.
    quiet = isFirst || connection.bytes_sent === sent ? quiet + 1 : 0;
    if (quiet === looks / 2) {
      writeHeartbeat(connection);
      connection.written();
      quiet = 0;
      isFirst = false;
    }
    sent = connection.bytes_sent;
    connection.after(interval / looks, send);
  };

  const check = (): void => {
    if (connection.ending) return;
    // While we do not read, silence says nothing.
    if (connection.held || connection.bytes_received !== received) silent = 0;
    else silent += 1;
    received = connection.bytes_received;
    // What such a client was sent may wait in its socket for ever.
    if (silent >= 2) connection.reset();
    else connection.after(interval, check);
  };

  connection.after(interval / looks, send);
  connection.after(interval, check);
}

/** Looks four times in the timeout, so it may let a quarter more of it pass. */
function dropIfStuck(connection: Beating): void {
  let waiting_bytes = 0;
  let taken_bytes = 0;
  let stuck_looks = 0;
  const look = (): void => {
    if (connection.ending) return;
    const isStuck = waiting_bytes > 0 && taken_bytes === connection.bytes_sent - connection.backlog_bytes;
    waiting_bytes = connection.backlog_bytes;
    taken_bytes = connection.bytes_sent - waiting_bytes;
    stuck_looks = isStuck ? stuck_looks + 1 : 0;
    if (stuck_looks === looks) connection.destroy();
    else connection.after(send_timeout_milliseconds / looks, look);
  };
  connection.after(send_timeout_milliseconds / looks, look);
}

function writeHeartbeat(connection: Beating): void {
  const { output } = connection;
  output.uint8(FRAME_HEARTBEAT);
  output.uint16(0);
  output.uint32(0);
  output.uint8(FRAME_END);
}
