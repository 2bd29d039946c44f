import type { Hypervisor } from '../model/index.ts';
import type { Arguments, CallName, Result } from '../wire/procedures.ts';
import { CallError, failures } from './errors.ts';
import type { EventRelay } from './event-relay.ts';

/** What a handler sees of the connection it works for. */
export interface Caller {
  readonly model: Hypervisor;
  readonly events: EventRelay;
  /** The name that CONNECT_OPEN gave; nothing before it. */
  uri: string | undefined;
  readOnly: boolean;
  /** The client has said goodbye: the connection ends after the reply. */
  leaving: boolean;
  /** Domains that go when this connection goes (VIR_DOMAIN_START_AUTODESTROY), by UUID with their id. */
  readonly autodestroy: Map<string, number>;
}

/** Answers calls. Throws a `CallError`, or lets the model's `HypervisorError` pass. */
export type Handlers = { readonly [N in CallName]?: (caller: Caller, args: Arguments<N>) => Result<N> };

/** virCheckFlags: `functionName` is the driver's function, which the error names. */
export function checkFlags(flags: number, known: number, functionName: string): void {
  const unknown = flags & ~known;
  if (unknown !== 0) throw new CallError(failures.unsupportedFlags(unknown >>> 0, functionName));
}
