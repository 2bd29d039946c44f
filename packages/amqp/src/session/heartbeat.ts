import type { Connection } from '@wirelike/kernel';
import { send_timeout_milliseconds } from '../limits.ts';
import { FRAME_END, FRAME_HEARTBEAT } from '../wire/frame.ts';

/** What of a connection heartbeats look at. */
export type Beating = Pick<
  Connection,
  'after' | 'backlog_bytes' | 'bytes_received' | 'bytes_sent' | 'destroy' | 'end' | 'ending' | 'held' | 'output' | 'written'
>;

/**
 * Heartbeats both ways, in real time (AMQP 0-9-1 §4.2.7, rabbit_heartbeat): one is sent after half the interval, and
 * then whenever nothing else was sent for that long; a client that sends nothing for two intervals is dropped, and so is one whose socket
 * takes nothing of what waits for it.
 */
export function startHeartbeat(connection: Beating, seconds: number): void {
  if (seconds === 0) return;
  const interval = seconds * 1_000;
  /** By the last look. The first heartbeat is sent in any case. */
  let sent: number | undefined;
  let received = connection.bytes_received;
  let silent = 0;
  let taken = 0;
  let stuck_milliseconds = 0;

  /** Nothing of what waits was taken since the last look. */
  const isStuck = (): boolean => {
    const before = taken;
    taken = connection.bytes_sent - connection.backlog_bytes;
    stuck_milliseconds = connection.backlog_bytes > 0 && taken === before ? stuck_milliseconds + interval / 2 : 0;
    return stuck_milliseconds >= send_timeout_milliseconds;
  };

  const send = (): void => {
    if (connection.ending) return;
    if (isStuck()) {
      connection.destroy();
      return;
    }
    if (sent === undefined || connection.bytes_sent === sent) {
      writeHeartbeat(connection);
      connection.written();
    }
    sent = connection.bytes_sent;
    connection.after(interval / 2, send);
  };

  const check = (): void => {
    if (connection.ending) return;
    // While we do not read, silence says nothing.
    if (connection.held || connection.bytes_received !== received) silent = 0;
    else silent += 1;
    received = connection.bytes_received;
    if (silent >= 2) connection.end(0);
    else connection.after(interval, check);
  };

  connection.after(interval / 2, send);
  connection.after(interval, check);
}

function writeHeartbeat(connection: Beating): void {
  const { output } = connection;
  output.uint8(FRAME_HEARTBEAT);
  output.uint16(0);
  output.uint32(0);
  output.uint8(FRAME_END);
}
