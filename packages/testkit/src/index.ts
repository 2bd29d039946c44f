export { describeEmulator } from './describe-emulator.ts';
export { openWorld, openWorldUntilClosed } from './open-world.ts';
export type { EmulatorProbe, ProbeFault, ProbeSession } from './probe.ts';
export { type Ending, WireClient, WireClientError } from './wire-client.ts';
