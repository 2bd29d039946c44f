import { statusOf } from '../status.ts';
import { defineOperation, inWorld, type Operation } from './operation.ts';

export const statusOperations: readonly Operation[] = [
  defineOperation({
    name: 'status',
    help: 'The process, its worlds, and where each emulator listens',
    parameters: (zod) => zod.strictObject({}),
    run: (hub) => statusOf(hub),
  }),
  defineOperation({
    name: 'environment',
    help: 'The variables that point clients at a world',
    parameters: (zod) => zod.strictObject({ world: inWorld(zod) }),
    run: (hub, { world }) => hub.environment(world),
  }),
];
