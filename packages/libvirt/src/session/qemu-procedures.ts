// qemu_protocol.x: monitor and agent commands. Known, and not supported: there is no QEMU behind the domains.
import type { ProcedureEntry } from './procedure-entries.ts';

/** In the order of their numbers from 1. `!` marks what a read-only connection is refused; nothing is a message. */
const apis: readonly string[] = [
  'virDomainQemuMonitorCommand!',
  'virDomainQemuAttach!',
  'virDomainQemuAgentCommand!',
  'virConnectDomainQemuMonitorEventRegister!',
  'virConnectDomainQemuMonitorEventDeregister!',
  '',
  'virDomainQemuMonitorCommandWithFiles!',
];

/** By number. */
export const qemuProcedures: readonly (ProcedureEntry | undefined)[] = [undefined, ...apis.map(entryFor)];

function entryFor(marked: string): ProcedureEntry | undefined {
  if (marked === '') return undefined;
  const api = marked.replace('!', '');
  return { name: `QEMU_${api}`, api, writes: marked.endsWith('!'), codec: undefined, handler: undefined };
}
