/** What the control operations take and return, as JSON has it. The hub is the other side of it. */

export interface ListenerStatus {
  readonly name: string;
  readonly title: string;
  readonly transport: 'tcp' | 'tls' | 'unix';
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly connections: number;
}

export interface EmulatorStatus {
  readonly name: string;
  readonly title: string;
  readonly listeners: readonly ListenerStatus[];
  readonly examples: readonly string[];
}

export interface WorldStatus {
  readonly name: string;
  readonly emulators: readonly EmulatorStatus[];
  readonly clock: { readonly time: number; readonly frozen: boolean };
  readonly journal: { readonly enabled: boolean };
  readonly faults: number;
  readonly snapshots: readonly string[];
  /** Mistakes of wirelike's own that came to light. Empty unless there is a bug. */
  readonly failures: readonly string[];
}

export interface Status {
  readonly version: string;
  readonly pid: number;
  readonly node: string;
  readonly uptime_seconds: number;
  readonly memory_bytes: number;
  readonly control?: { readonly url: string; readonly socket: string } | undefined;
  readonly worlds: readonly WorldStatus[];
}

export interface ClockReading {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly iso: string;
  readonly frozen: boolean;
}

export interface Snapshot {
  readonly name: string;
  readonly time: number;
}

export type Attributes = Readonly<Record<string, string | number | boolean>>;

export type FaultAction =
  /** A number of milliseconds, or a duration like `200ms`. */
  | { readonly kind: 'delay'; readonly milliseconds: number | string }
  | { readonly kind: 'error'; readonly code?: number | string | undefined; readonly text?: string | undefined }
  | { readonly kind: 'close' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'swallow' }
  | { readonly kind: 'corrupt' }
  | { readonly kind: 'custom'; readonly name: string; readonly parameters?: Attributes };

export interface FaultRule {
  readonly emulator: string;
  /** `*` stands for any run of characters. */
  readonly operation: string;
  readonly direction?: 'in' | 'out' | undefined;
  readonly where?: Attributes | undefined;
  readonly occurrences?:
    | {
        readonly nth?: number | undefined;
        readonly first?: number | undefined;
        readonly every?: number | undefined;
        readonly probability?: number | undefined;
      }
    | undefined;
  readonly action: FaultAction;
}

export interface ArmedFault {
  readonly id: number;
  readonly rule: FaultRule;
  readonly matched: number;
  readonly fired: number;
}

export interface JournalEvent {
  readonly sequence: number;
  /** World time, milliseconds since 1970. */
  readonly time: number;
  readonly emulator: string;
  readonly connection: number;
  readonly direction: string;
  readonly operation: string;
  readonly attributes: Attributes;
  readonly outcome?: { readonly code?: number | string; readonly text?: string };
}

export interface JournalFilter {
  readonly world?: string | undefined;
  readonly emulator?: string | undefined;
  readonly operation?: string | undefined;
}

export interface WorldRequest {
  readonly name: string;
  readonly emulators?: readonly string[];
  /** Files by absolute path, or texts with a name that says what they are. */
  readonly seeds?: readonly (string | { readonly path: string; readonly text: string })[];
  /** `LISTENER=PORT`; those not named take any free one. */
  readonly ports?: readonly string[];
  /** `EMULATOR.NAME=VALUE` */
  readonly settings?: readonly string[];
  readonly random_seed?: string | number;
  readonly trace?: boolean;
}

interface InWorld {
  /** `main` unless said otherwise. */
  readonly world?: string | undefined;
}

type Nothing = Readonly<Record<string, never>>;

/** The operations that every hub has, by name. Emulators add their own. */
export interface Operations {
  status: { parameters: Nothing; result: Status };
  environment: { parameters: InWorld; result: Readonly<Record<string, string>> };
  operations: { parameters: Nothing; result: readonly { readonly name: string; readonly help: string }[] };
  reset: { parameters: InWorld; result: Nothing };
  'snapshot.take': { parameters: InWorld & { readonly name: string }; result: Snapshot };
  'snapshot.list': { parameters: InWorld; result: readonly Snapshot[] };
  'snapshot.restore': { parameters: InWorld & { readonly name: string }; result: Nothing };
  'snapshot.delete': { parameters: InWorld & { readonly name: string }; result: Nothing };
  'clock.read': { parameters: InWorld; result: ClockReading };
  'clock.freeze': { parameters: InWorld; result: ClockReading };
  'clock.resume': { parameters: InWorld; result: ClockReading };
  /** Milliseconds, or a duration like `90s`. */
  'clock.advance': { parameters: InWorld & { readonly by: number | string }; result: ClockReading };
  /** Milliseconds since 1970, or a date. */
  'clock.set': { parameters: InWorld & { readonly time: number | string }; result: ClockReading };
  'faults.add': { parameters: InWorld & { readonly rule: FaultRule }; result: { readonly id: number } };
  'faults.list': { parameters: InWorld; result: readonly ArmedFault[] };
  'faults.remove': { parameters: InWorld & { readonly id: number }; result: Nothing };
  'faults.clear': { parameters: InWorld; result: Nothing };
  'journal.enable': { parameters: InWorld & { readonly on?: boolean }; result: { readonly enabled: boolean } };
  'journal.read': {
    parameters: JournalFilter & { readonly since?: number | undefined; readonly limit?: number | undefined };
    result: { readonly enabled: boolean; readonly events: readonly JournalEvent[] };
  };
  'world.create': { parameters: WorldRequest; result: WorldStatus & { readonly environment: Readonly<Record<string, string>> } };
  'world.list': { parameters: Nothing; result: readonly WorldStatus[] };
  'world.delete': { parameters: { readonly name: string }; result: Nothing };
}
