import { OutputBuffer } from '@wirelike/kernel';
import { describe, expect, it } from 'vitest';
import { type Beating, startHeartbeat } from './heartbeat.ts';

interface Peer {
  /** Bytes that the peer has read of what it was sent. */
  taken: number;
  /** The broker's other output so far. */
  sent: number;
  /** What the peer has sent. */
  received: number;
}

/** A connection with heartbeats, every 8 s unless told otherwise, whose time passes by hand. */
class Beaten {
  readonly peer: Peer = { taken: 100_000, sent: 100_000, received: 0 };
  heartbeats = 0;
  end: 'destroyed' | 'reset' | undefined = undefined;
  #now = 0;
  #due: { readonly at: number; readonly fire: () => void }[] = [];

  constructor(held: boolean, seconds = 8) {
    const { peer } = this;
    const connection: Beating = {
      output: new OutputBuffer(),
      get bytes_sent() {
        return peer.sent;
      },
      get bytes_received() {
        return peer.received;
      },
      get backlog_bytes() {
        return peer.sent - peer.taken;
      },
      held,
      ending: false,
      after: (milliseconds, fire) => {
        this.#due.push({ at: this.#now + milliseconds, fire });
        return { cancel: () => {} };
      },
      written: () => {
        this.heartbeats++;
        if (peer.taken === peer.sent) peer.taken += 8;
        peer.sent += 8;
      },
      reset: () => {
        this.end ??= 'reset';
      },
      destroy: () => {
        this.end ??= 'destroyed';
      },
    };
    startHeartbeat(connection, seconds);
  }

  pass(seconds: number): void {
    const until = this.#now + seconds * 1_000;
    for (;;) {
      const next = this.#due.sort((one, other) => one.at - other.at)[0];
      if (next === undefined || next.at > until) break;
      this.#due.shift();
      this.#now = next.at;
      next.fire();
    }
    this.#now = until;
  }
}

describe('heartbeats', () => {
  it('come every half interval when nothing else does', () => {
    const beaten = new Beaten(true);
    beaten.pass(3.9);
    expect(beaten.heartbeats).toBe(0);
    beaten.pass(0.2);
    expect(beaten.heartbeats).toBe(1);
    beaten.pass(8);
    expect(beaten.heartbeats).toBe(3);
  });

  it('begin after half an interval, whatever else was sent', () => {
    const beaten = new Beaten(true);
    beaten.peer.sent += 10;
    beaten.pass(4.1);
    expect(beaten.heartbeats).toBe(1);
  });

  it('leave no gap of a whole interval after something else', () => {
    const beaten = new Beaten(true);
    beaten.pass(4.1);
    beaten.peer.sent += 10;
    beaten.pass(3.8);
    expect(beaten.heartbeats).toBe(1);
    beaten.pass(2.2);
    expect(beaten.heartbeats).toBe(2);
  });
});

// RabbitMQ's Java client waits for it in its NoAutoRecoveryWhenTcpWindowIsFullTest.
describe('a client that does not read what it is sent', () => {
  it.each([8, 0])('is dropped after 30 seconds (heartbeats every %i s)', (seconds) => {
    const beaten = new Beaten(true, seconds);
    beaten.pass(10);
    beaten.peer.sent += 100_000;
    beaten.pass(29.9);
    expect(beaten.end).toBeUndefined();
    // Looked at every 7.5 seconds; our own heartbeats wait as well.
    beaten.pass(7.6);
    expect(beaten.end).toBe('destroyed');
  });

  it('stays if it is only slow', () => {
    const beaten = new Beaten(true);
    beaten.peer.sent += 100_000;
    for (let i = 0; i < 20; i++) {
      beaten.peer.taken++;
      beaten.pass(7);
    }
    expect(beaten.end).toBeUndefined();
  });
});

describe('a client that sends nothing for two intervals', () => {
  it('is cut off, even if its socket takes nothing', () => {
    const beaten = new Beaten(false);
    beaten.pass(15.9);
    expect(beaten.end).toBeUndefined();
    beaten.pass(0.2);
    expect(beaten.end).toBe('reset');
  });

  it('stays if it sends anything', () => {
    const beaten = new Beaten(false);
    for (let i = 0; i < 5; i++) {
      beaten.peer.received++;
      beaten.pass(8);
    }
    expect(beaten.end).toBeUndefined();
  });
});
