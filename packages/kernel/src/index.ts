export { type FrameLength, NEED_MORE, WireError } from './bytes/framing.ts';
export { hexdump } from './bytes/hexdump.ts';
export { Reader } from './bytes/reader.ts';
export { Writer } from './bytes/writer.ts';
export { type Certificates, loadCertificates } from './certificates.ts';
export { Clock, type Timer } from './clock.ts';
export { type Connection, HOLD_CONGESTED, HOLD_FAULT, HOLD_SESSION } from './connection.ts';
export {
  type Address,
  type Addresses,
  ControlError,
  type ControlOperation,
  defineEmulator,
  type Emulator,
  type EmulatorDefinition,
  type EmulatorInstance,
  type ListenerSpec,
  type ModelContext,
  type Operation,
  type ServeContext,
  type Setting,
} from './emulator.ts';
export { type ArmedFault, type FaultAction, type FaultRule, Faults, type Occurrences } from './faults.ts';
export { glob } from './glob.ts';
export { type Attributes, type AttributeValue, type Direction, Journal, type JournalEvent, type Outcome } from './journal.ts';
export { ListenError, Listener } from './listener.ts';
export { DumpError, type Model, type ModelDump, type ModelSnapshot } from './model.ts';
export { OutputBuffer } from './output.ts';
export type { Peer } from './peer.ts';
export { Random } from './random.ts';
export { DirectoryError, makePrivate, runtimeDirectory, stateDirectory } from './runtime-directory.ts';
export { SeedError, type SeedFile, type SeedSection, type SeedSource } from './seed.ts';
export type { Session } from './session.ts';
export { type Attempt, Tap } from './tap.ts';
export { awaited, lullsSoFar, paceTurns, streamed } from './turn.ts';
export { type Version, VersionedMap } from './versioned-map.ts';
export { World, type WorldFailure, type WorldOptions, type WorldSnapshot } from './world.ts';
