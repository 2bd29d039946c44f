export { describeEmulator } from './describe-emulator.ts';
export { garbage } from './garbage.ts';
export { liveBytes } from './memory.ts';
export { openWorld, openWorldUntilClosed } from './open-world.ts';
export type { EmulatorProbe, ProbeFault, ProbeSession } from './probe.ts';
export { eventually } from './trial.ts';
export { type Ending, WireClient, WireClientError } from './wire-client.ts';
