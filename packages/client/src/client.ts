import type { JournalEvent, JournalFilter, Operations } from './contract.ts';

/** The process said no, or can't be reached. The message is a sentence for the caller. */
export class ControlFailure extends Error {
  override readonly name = 'ControlFailure';
}

export interface Following {
  /** Ends it. */
  stop(): void;
  /** Settles when it has ended, whoever ended it. */
  readonly ended: Promise<void>;
}

/** Asks a running wirelike. Every failure is a {@link ControlFailure}. */
export interface ControlClient {
  call<Name extends keyof Operations>(operation: Name, parameters: Operations[Name]['parameters']): Promise<Operations[Name]['result']>;
  /** An operation by any name: `amqp.alarm.raise`. */
  callAny(operation: string, parameters?: object): Promise<unknown>;
  /** Calls `tell` for every event from now on, or with how many were left out because they came too fast. */
  follow(filter: JournalFilter, tell: (event: JournalEvent) => void, missed?: (events: number) => void): Promise<Following>;
  close(): Promise<void>;
}
