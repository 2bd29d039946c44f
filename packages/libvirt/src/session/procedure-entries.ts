import { apiName, procedureNames } from '../wire/procedure-names.ts';
import { type CallCodec, callCodec } from '../wire/procedures.ts';
import { absentHandlers } from './absent-handlers.ts';
import type { Caller, Handlers } from './caller.ts';
import { connectHandlers } from './connect-handlers.ts';
import { domainConfigHandlers } from './domain-config-handlers.ts';
import { domainInfoHandlers } from './domain-info-handlers.ts';
import { domainLifeHandlers } from './domain-life-handlers.ts';
import { domainListHandlers } from './domain-list-handlers.ts';
import { eventHandlers } from './event-handlers.ts';
import { hostHandlers } from './host-handlers.ts';
import { snapshotHandlers } from './snapshot-handlers.ts';

/** A handler with its types closed over: its codec made its arguments. */
interface BoundHandler {
  run(caller: Caller, args: unknown): unknown;
}

export interface ProcedureEntry {
  readonly name: string;
  /** The public function that it carries; errors name it. */
  readonly api: string;
  /** Refused on a read-only connection. */
  readonly writes: boolean;
  readonly codec: CallCodec | undefined;
  /** Nothing: known, and not supported. */
  readonly handler: BoundHandler | undefined;
}

const handlers: Handlers = {
  ...connectHandlers,
  ...hostHandlers,
  ...domainListHandlers,
  ...domainConfigHandlers,
  ...domainLifeHandlers,
  ...domainInfoHandlers,
  ...snapshotHandlers,
  ...eventHandlers,
  ...absentHandlers,
};

const bound: ReadonlyMap<string, BoundHandler> = new Map(
  Object.entries(handlers).map(([name, run]): [string, BoundHandler] => [name, { run }]),
);

/** What a client may call before it has opened the connection. */
export const handledBeforeOpen: ReadonlySet<string> = new Set([
  'AUTH_LIST',
  'CONNECT_OPEN',
  'CONNECT_CLOSE',
  // Some features are the daemon's own, not the driver's: its handler decides.
  'CONNECT_SUPPORTS_FEATURE',
]);

const entries: (ProcedureEntry | undefined)[] = [];

/** The procedure of that number. Messages have numbers too, and can't be called. */
export function procedureEntry(number: number): ProcedureEntry | undefined {
  const known = entries[number];
  if (known !== undefined) return known;
  const name = procedureNames[number];
  if (name === undefined || isMessage(name.name)) return undefined;
  const entry = {
    name: name.name,
    api: apiName(name.name),
    writes: name.writes,
    codec: callCodec(name.name),
    handler: bound.get(name.name),
  };
  entries[number] = entry;
  return entry;
}

export function isMessage(name: string): boolean {
  return /^(DOMAIN|NETWORK|STORAGE_POOL|NODE_DEVICE|SECRET|CONNECT)_EVENT_/.test(name);
}

export function isHandled(name: string): boolean {
  return bound.has(name);
}
