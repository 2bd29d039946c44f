import { OutputBuffer } from '@wirelike/kernel';
import { describe, expect, it } from 'vitest';
import { type Beating, startHeartbeat } from './heartbeat.ts';

/** A connection whose peer read `taken` bytes of 100,000. */
function connectionOf(state: { taken: number }): { beat: () => void; destroyed: () => boolean } {
  let due: (() => void)[] = [];
  let destroyed = false;
  const connection: Beating = {
    output: new OutputBuffer(),
    bytes_sent: 100_000,
    bytes_received: 0,
    held: true,
    ending: false,
    get backlog_bytes() {
      return 100_000 - state.taken;
    },
    after: (_, fire) => {
      due.push(fire);
      return { cancel: () => {} };
    },
    written: () => {},
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
  return { beat, destroyed: () => destroyed };
}

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
