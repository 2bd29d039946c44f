/**
 * The state behind one emulator in one world.
 *
 * A model holds no sockets, reads no wall clock and draws no randomness of its own:
 * both come through {@link ModelContext}, so that a world is reproducible.
 */
export interface Model {
  /** An immutable picture of the state. Taking one costs what changed since the last, not what is stored. */
  snapshot(): ModelSnapshot;
  /**
   * Puts the state back. May be called any number of times with the same snapshot, in any order.
   * Live sessions stay; the model tells them what the real server would tell them.
   */
  restore(snapshot: ModelSnapshot): void;
  /** Back to the state of a freshly created model (before any seed). */
  reset(): void;
  /** A versioned, JSON-serialisable form of the state. */
  dump(): ModelDump;
  /** Replaces the state by a dumped one. Throws {@link DumpError} and changes nothing if it does not fit. */
  load(dump: ModelDump): void;
}

/** Opaque to everybody but the model that took it: a model checks with `instanceof` what it is handed. */
export interface ModelSnapshot {
  readonly emulator: string;
}

export interface ModelDump {
  readonly emulator: string;
  readonly version: number;
  readonly state: unknown;
}

/** A dump of another emulator, of a later version, or damaged. */
export class DumpError extends Error {
  override readonly name = 'DumpError';
}
