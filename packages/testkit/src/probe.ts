import type { Attributes, Emulator, Random } from '@wirelike/kernel';
import type { WireClient } from './wire-client.ts';

/**
 * What {@link describeEmulator} must know of a protocol to put its emulator through the tests that every
 * emulator inherits. A probe speaks bytes over a {@link WireClient}; it uses the emulator's own `wire`
 * codecs to make and read them.
 *
 * Every test opens worlds of its own (ephemeral ports, the default seed) and speaks over the listener named here.
 *
 * ```ts
 * // packages/ldap/src/emulator.test.ts
 * describeEmulator(ldap, {
 *   listener: 'ldap',
 *   open: async (client) => { client.write(bindRequest(1)); await client.frame(frameLength); },
 *   mutate: async (client, n) => { client.write(addRequest(2, n)); await client.frame(frameLength); },
 *   observe: async (client) => { client.write(searchRequest(3)); return namesIn(await readSearchResult(client)); },
 *   session: { messages: [bindRequest(1), addRequest(2, 0), …], answered: (replies) => countFrames(replies) === 4 },
 *   …
 * });
 * ```
 */
export interface EmulatorProbe {
  /** The listener to speak over: a `tcp` one, or a `unix` one if there is none. */
  readonly listener: string;
  /** Emulators that must live in the same world, because this one `uses` them. */
  readonly companions?: readonly Emulator[];

  /** Brings a fresh connection to where operations can be asked for: protocol header, login, channel, connect. */
  open(client: WireClient): Promise<void>;
  /**
   * On an open client: changes the state that {@link observe} sees, differently for each `n` (0, 1, 2, …):
   * adds entry n, declares queue n, defines domain n. Resolves when the server has confirmed it.
   * Must work with any n on a world in its first state, and after other n.
   */
  mutate(client: WireClient, n: number): Promise<void>;
  /**
   * On an open client: the visible state as canonical text. Equal states give equal texts, whoever asks;
   * so no connection numbers, no times, sorted where the protocol promises no order. It must change with every {@link mutate}.
   */
  observe(client: WireClient): Promise<string>;

  readonly session: ProbeSession;

  /**
   * A random message that the emulator's splitter accepts as one frame: right length field, otherwise anything.
   * Make most of them nearly right (a known operation number with random arguments), so that they get far.
   * They are sent after {@link open}; what state they leave behind does not matter.
   */
  frame(random: Random): Uint8Array;
  /** Beginnings of messages whose length fields say 4 GiB, or the most that they can. Sent after {@link open}. */
  readonly oversized: readonly Uint8Array[];
  /**
   * A request with an answer of at least its own size. It is sent over and over again on an open connection that
   * does not read, until the server stops taking more (or hangs up).
   */
  readonly flood: Uint8Array;
  readonly fault: ProbeFault;
}

/** A typical session, recorded: used whole, split at every byte, cut short and mutated. */
export interface ProbeSession {
  /**
   * What the client sends, one message each, from the first byte of the connection: login, some state-changing
   * and some reading operations, no goodbye. All of it must be sendable without waiting for an answer. Keep it below about 1 KiB.
   */
  readonly messages: readonly Uint8Array[];
  /** Whether `replies` are all that the server sends in answer, to the last byte: count frames, or find the last one's end. */
  answered(replies: Buffer): boolean;
  /** Overwrites in place what may differ between two runs in worlds of the same seed (times, connection numbers). */
  mask?(replies: Buffer): Buffer;
}

/** One operation that faults are tried on. */
export interface ProbeFault {
  /** Its name in the emulator's list of operations. It must be one that the client waits for an answer to. */
  readonly operation: string;
  /** Attributes of the request that `trigger` sends, as the journal shows them; `attributes_missed` are some that it does not have. */
  readonly attributes: Attributes;
  readonly attributes_missed: Attributes;
  /** On an open client: asks for the operation and returns the bytes of the answer (also if the answer is an error). */
  trigger(client: WireClient): Promise<Uint8Array>;
  /** A code and text as a fault rule would give them. The journal must show the code as the outcome. */
  readonly error: { readonly code: number | string; readonly text: string };
  /** Whether an answer is the protocol's error with that code and text. */
  isError(answer: Uint8Array): boolean;
}
