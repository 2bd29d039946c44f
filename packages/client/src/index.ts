export { type ControlClient, ControlFailure, type Following } from './client.ts';
export type {
  ArmedFault,
  Attributes,
  ClockReading,
  EmulatorStatus,
  FaultAction,
  FaultRule,
  JournalEvent,
  JournalFilter,
  ListenerStatus,
  Operations,
  Snapshot,
  Status,
  WorldRequest,
  WorldStatus,
} from './contract.ts';
export { connectHttp } from './http-client.ts';
export { connectControl } from './ipc-client.ts';
