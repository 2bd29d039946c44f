import { defineOperation, inWorld, type Operation } from './operation.ts';

export const stateOperations: readonly Operation[] = [
  defineOperation({
    name: 'reset',
    help: 'Back to the seed: models and generators as at the start, no faults, a clock on real time; connections live on',
    parameters: (zod) => zod.strictObject({ world: inWorld(zod) }),
    run: (hub, { world }) => {
      hub.world(world).world.reset();
      return {};
    },
  }),
  defineOperation({
    name: 'snapshot.take',
    help: 'Remembers the state of a world under a name, in place of an earlier snapshot of that name',
    parameters: (zod) => zod.strictObject({ world: inWorld(zod), name: zod.string().min(1).max(256) }),
    run: (hub, { world, name }) => hub.world(world).takeSnapshot(name),
  }),
  defineOperation({
    name: 'snapshot.list',
    help: 'The snapshots of a world, oldest first',
    parameters: (zod) => zod.strictObject({ world: inWorld(zod) }),
    run: (hub, { world }) => hub.world(world).snapshots(),
  }),
  defineOperation({
    name: 'snapshot.restore',
    help: 'Puts a world back into the state of a snapshot; any number of times, in any order',
    parameters: (zod) => zod.strictObject({ world: inWorld(zod), name: zod.string() }),
    run: (hub, { world, name }) => {
      hub.world(world).restoreSnapshot(name);
      return {};
    },
  }),
  defineOperation({
    name: 'snapshot.delete',
    help: 'Forgets a snapshot',
    parameters: (zod) => zod.strictObject({ world: inWorld(zod), name: zod.string() }),
    run: (hub, { world, name }) => {
      hub.world(world).deleteSnapshot(name);
      return {};
    },
  }),
];
