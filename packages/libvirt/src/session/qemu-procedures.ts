// qemu_protocol.x: monitor and agent commands. Known, and not supported: there is no QEMU behind the domains.
import type { ProcedureEntry } from './procedure-entries.ts';

const names: readonly string[] = [
  'virDomainQemuMonitorCommand',
  'virDomainQemuAttach',
  'virDomainQemuAgentCommand',
  'virConnectDomainQemuMonitorEventRegister',
  'virConnectDomainQemuMonitorEventDeregister',
];

/** By number. */
export const qemuProcedures: readonly (ProcedureEntry | undefined)[] = [
  undefined,
  ...names.map((api) => ({ name: `QEMU_${api}`, api, writes: false, codec: undefined, handler: undefined })),
  undefined,
  {
    name: 'QEMU_virDomainQemuMonitorCommandWithFiles',
    api: 'virDomainQemuMonitorCommandWithFiles',
    writes: false,
    codec: undefined,
    handler: undefined,
  },
];
