import type { Writable } from 'node:stream';
import type { Clock } from './clock.ts';
import type { Connection } from './connection.ts';
import { corruptNextWrite } from './corrupt-next-write.ts';
import { DelayedOperations } from './delayed-operations.ts';
import { ControlError } from './emulator.ts';
import type { FaultAction, Faults } from './faults.ts';
import type { Attributes, Direction, Journal, Outcome } from './journal.ts';
import type { Random } from './random.ts';

/** One operation of a protocol, about to happen. */
export interface Attempt {
  readonly operation: string;
  /** `in` (a client asks) unless said otherwise. */
  readonly direction?: 'in' | 'out' | undefined;
  /** A function where formatting costs. It is called at once, or after a delay: what it refers to must stay as it is. */
  readonly attributes: Attributes | (() => Attributes);
  /** Where the answer is written, if that is a detached stream. */
  readonly stream?: Writable | undefined;
  /** Does it. Its outcome is what the journal tells; nothing means success. */
  run(): Outcome | undefined;
  /** Answers with the protocol's own error instead. A rule without code or text leaves both to the emulator. */
  fail(error: { readonly code: number | string | undefined; readonly text: string | undefined }): Outcome | undefined;
  /** One of the emulator's `fault_actions`. Returns whether it is done with the operation; if not, that happens afterwards. */
  custom?(name: string, parameters: Attributes): boolean;
}

export interface TapOptions {
  readonly journal: Journal;
  readonly faults: Faults;
  readonly clock: Clock;
  readonly random: Random;
  readonly control: (name: string, parameters: Attributes) => void;
}

/**
 * Where an emulator's operations meet the world's journal and faults.
 *
 * On the hot path ask {@link engaged} first and do the work directly if it is false:
 *
 * ```ts
 * if (!this.#tap.engaged) this.#publish(frame);
 * else this.#tap.attempt(connection, { operation: 'basic.publish', … });
 * ```
 */
export class Tap {
  /** Somebody traces, or some fault is armed. */
  engaged = false;
  readonly #emulator: string;
  readonly #journal: Journal;
  readonly #faults: Faults;
  readonly #random: Random;
  readonly #delayed: DelayedOperations;
  readonly #control: (name: string, parameters: Attributes) => void;

  /** `control` runs a control operation of the emulator, if it has one of that name. */
  constructor(emulator: string, { journal, faults, clock, random, control }: TapOptions) {
    this.#emulator = emulator;
    this.#journal = journal;
    this.#faults = faults;
    this.#random = random;
    this.#control = control;
    // Without a rule there is still an order to keep until the last delay is over.
    const update = (): void => {
      this.engaged = journal.enabled || faults.armed || this.#delayed.any;
    };
    this.#delayed = new DelayedOperations(clock, update);
    journal.onSwitch(update);
    faults.onSwitch(update);
    update();
  }

  attempt(connection: Connection, attempt: Attempt): void {
    const strike = this.#faults.armed
      ? this.#faults.strike({
          emulator: this.#emulator,
          operation: attempt.operation,
          direction: attempt.direction ?? 'in',
          attributes: attempt.attributes,
        })
      : undefined;
    if (strike !== undefined) {
      this.note(connection, 'internal', 'fault', () => ({ rule: strike.id, operation: attempt.operation, ...describe(strike.action) }));
    }
    const { action } = strike ?? {};
    const go = (): void => {
      if (action === undefined || action.kind === 'delay') this.#run(connection, attempt);
      else this.#apply(connection, attempt, action);
    };
    const outgoing = attempt.direction === 'out';
    if (action?.kind === 'delay') this.#delayed.add(connection, outgoing, action.milliseconds, go);
    else if (outgoing && this.#delayed.holdsOutput(connection)) this.#delayed.add(connection, true, 0, go);
    else go();
  }

  /** What delay faults still hold back happens now. */
  hurry(): void {
    this.#delayed.hurry();
  }

  /** Something that happened and can't be stopped: a connection opened, a timer fired. */
  note(
    connection: Connection | undefined,
    direction: Direction,
    operation: string,
    attributes: Attributes | (() => Attributes),
    outcome?: Outcome,
  ): void {
    if (!this.#journal.enabled) return;
    this.#journal.record({ emulator: this.#emulator, connection: connection?.id ?? 0, direction, operation, attributes, outcome });
  }

  #run(connection: Connection, attempt: Attempt): void {
    const outcome = attempt.run();
    this.note(connection, attempt.direction ?? 'in', attempt.operation, attempt.attributes, outcome);
  }

  #apply(connection: Connection, attempt: Attempt, action: Exclude<FaultAction, { kind: 'delay' }>): void {
    switch (action.kind) {
      case 'error': {
        const outcome = attempt.fail({ code: action.code, text: action.text });
        this.note(connection, attempt.direction ?? 'in', attempt.operation, attempt.attributes, outcome);
        return;
      }
      case 'close':
        // A reset is another rule's.
        connection.resets_at_end = false;
        connection.end();
        return;
      case 'reset':
        connection.reset();
        return;
      case 'swallow':
        return;
      case 'corrupt':
        if (attempt.stream === undefined) connection.corruptNext((bytes) => corrupt(bytes, this.#random));
        else corruptNextWrite(attempt.stream, (bytes) => corrupt(bytes, this.#random));
        this.#run(connection, attempt);
        return;
      case 'custom':
        this.#act(connection, attempt, action.name, action.parameters ?? {});
    }
  }

  #act(connection: Connection, attempt: Attempt, name: string, parameters: Attributes): void {
    if (attempt.custom?.(name, parameters)) return;
    try {
      this.#control(name, parameters);
    } catch (error) {
      if (!(error instanceof ControlError)) throw error;
      this.note(connection, 'internal', 'fault', { action: name, ...parameters }, { code: 'refused', text: error.message });
    }
    this.#run(connection, attempt);
  }
}

function describe(action: FaultAction): Attributes {
  if (action.kind === 'custom') return { ...action.parameters, action: action.name };
  const { kind, ...rest } = action;
  return { ...rest, action: kind };
}

/** Flips one bit in a byte of every 64, at least in one. */
function corrupt(bytes: Buffer, random: Random): void {
  for (let count = Math.ceil(bytes.length / 64); count > 0; count--) {
    const at = random.integer(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.integer(8));
  }
}
