// Snapshots of a world against a naive history: any number, restored in any order, between changes.
import { World } from '@wirelike/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ToyModel, toyEmulator } from '../../packages/kernel/src/toy-emulator.fixture.ts';

type Step =
  | { readonly step: 'keep'; readonly text: string }
  | { readonly step: 'draw' }
  | { readonly step: 'snapshot' }
  | { readonly step: 'restore'; readonly index: number }
  | { readonly step: 'reset' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ step: fc.constant('keep' as const), text: fc.string({ maxLength: 3 }) }),
  fc.record({ step: fc.constant('draw' as const) }),
  fc.record({ step: fc.constant('snapshot' as const) }),
  fc.record({ step: fc.constant('restore' as const), index: fc.nat(20) }),
  fc.record({ step: fc.constant('reset' as const) }),
);

interface Remembered {
  readonly kept: readonly string[];
  /** How many numbers had been drawn. */
  readonly draws: number;
}

test('the state and the generators are those of the snapshot', () => {
  const stream = new World({ name: 'stream', emulators: [toyEmulator()], random_seed: 'fuzz' }).random;
  const numbers = Array.from({ length: 100 }, () => stream.uint32());
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const world = new World({ name: 'fuzz', emulators: [toyEmulator()], random_seed: 'fuzz' });
      const model = world.model('toy');
      if (!(model instanceof ToyModel)) throw new Error('not a toy');
      let state: Remembered = { kept: [], draws: 0 };
      const history = [{ snapshot: world.snapshot(), state }];
      for (const each of steps) {
        if (each.step === 'keep') {
          model.kept = [...model.kept, each.text];
          state = { ...state, kept: [...state.kept, each.text] };
        } else if (each.step === 'draw') {
          expect(world.random.uint32()).toBe(numbers[state.draws]);
          state = { ...state, draws: state.draws + 1 };
        } else if (each.step === 'snapshot') history.push({ snapshot: world.snapshot(), state });
        else if (each.step === 'reset') {
          world.reset();
          state = { kept: [], draws: 0 };
        } else {
          const past = history[each.index % history.length];
          if (past === undefined) throw new Error('no past');
          world.restore(past.snapshot);
          state = past.state;
        }
        expect(model.kept).toEqual(state.kept);
      }
      world.clock.close();
    }),
    { numRuns: 200 },
  );
});
