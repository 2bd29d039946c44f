import type { Emulator } from '@wirelike/kernel';
import { describe } from 'vitest';
import { testDeterminism } from './inherited/determinism.ts';
import { testFaults } from './inherited/faults.ts';
import { testHostileInput } from './inherited/hostile-input.ts';
import { testJournal } from './inherited/journal.ts';
import { testListeners } from './inherited/listeners.ts';
import { testSlowReader } from './inherited/slow-reader.ts';
import { testSplitInput } from './inherited/split-input.ts';
import { testState } from './inherited/state.ts';
import type { EmulatorProbe } from './probe.ts';
import { Trial } from './trial.ts';

/** The tests that every emulator inherits. See {@link EmulatorProbe} for what it must be told about the protocol. */
export function describeEmulator(emulator: Emulator, probe: EmulatorProbe): void {
  const trial = new Trial(emulator, probe);
  describe(`${emulator.name}, as every emulator`, () => {
    testListeners(trial);
    testState(trial);
    testDeterminism(trial);
    testJournal(trial);
    testFaults(trial);
    testSplitInput(trial);
    testHostileInput(trial);
    testSlowReader(trial);
  });
}
