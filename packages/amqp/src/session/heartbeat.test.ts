import { OutputBuffer } from '@wirelike/kernel';
import { describe, expect, it } from 'vitest';
import { type Beating, startHeartbeat } from './heartbeat.ts';

/** A connection whose peer read `taken` bytes of what it was sent: 100,000 and, whenever somebody looks, `sending` more. */
function connectionOf(state: { taken: number; sending?: number }): {
  beat: () => void;
  destroyed: () => boolean;
  beats: () => number;
} {
  let due: (() => void)[] = [];
  let destroyed = false;
  let sent = 100_000;
  let beats = 0;
  const connection: Beating = {
    output: new OutputBuffer(),
    get bytes_sent() {
      sent += state.sending ?? 0;
      return sent;
    },
    bytes_received: 0,
    held: true,
    ending: false,
    get backlog_bytes() {
      return sent - state.taken;
    },
    after: (_, fire) => {
      due.push(fire);
      return { cancel: () => {} };
    },
    written: () => {
      beats++;
    },
    end: () => {},
    destroy: () => {
      destroyed = true;
    },
  };
  startHeartbeat(connection, 10);
  const beat = (): void => {
    const now = due;
    due = [];
    for (const fire of now) fire();
  };
  return { beat, destroyed: () => destroyed, beats: () => beats };
}

// Netty's timeout in RabbitMQ's Java client is one interval.
describe('the first heartbeat', () => {
  it('comes after half an interval, whatever else was sent', () => {
    const { beat, beats } = connectionOf({ taken: 0, sending: 10 });
    beat();
    expect(beats()).toBe(1);
    beat();
    expect(beats()).toBe(1);
  });
});

// RabbitMQ's Java client waits for it in its NoAutoRecoveryWhenTcpWindowIsFullTest.
describe('a client that does not read what it is sent', () => {
  it('is dropped after 15 seconds', () => {
    const { beat, destroyed } = connectionOf({ taken: 10 });
    for (let i = 0; i < 3; i++) beat();
    expect(destroyed()).toBe(false);
    beat();
    expect(destroyed()).toBe(true);
  });

  it('stays if it is only slow', () => {
    const state = { taken: 0 };
    const { beat, destroyed } = connectionOf(state);
    for (state.taken = 1; state.taken < 20; state.taken++) beat();
    expect(destroyed()).toBe(false);
  });
});
