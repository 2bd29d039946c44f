import { ControlError } from '@wirelike/kernel';
import { parsePorts, parseSettings } from '../choices.ts';
import { MAIN } from '../hub.ts';
import { loadEmulators } from '../registry.ts';
import { worldStatus } from '../status.ts';
import { defineOperation, type Operation } from './operation.ts';

export const worldOperations: readonly Operation[] = [
  defineOperation({
    name: 'world.create',
    help: 'Another world beside the others, on ports and sockets of its own',
    parameters: (zod) =>
      zod.strictObject({
        name: zod.string(),
        emulators: zod.array(zod.string()).default([]).describe('By name; none: all'),
        seeds: zod
          .array(zod.union([zod.string(), zod.strictObject({ path: zod.string(), text: zod.string() })]))
          .default([])
          .describe('Files by absolute path, or texts with a name that says what they are'),
        ports: zod.array(zod.string()).default([]).describe('LISTENER=PORT; those not named take any free one'),
        settings: zod.array(zod.string()).default([]).describe('EMULATOR.NAME=VALUE'),
        random_seed: zod.union([zod.string(), zod.number()]).optional(),
        trace: zod.boolean().default(false).describe('Whether the journal is on from the start'),
      }),
    run: async (hub, { name, emulators, seeds, ports, settings, random_seed, trace }) => {
      const { all } = await loadEmulators(emulators, hub.registry);
      const hosted = await hub.createWorld({
        ...{ name, emulators, seeds, trace, ephemeral: true },
        ports: parsePorts(ports, all, []).emulators,
        settings: parseSettings(settings, all),
        ...(random_seed === undefined ? {} : { random_seed }),
      });
      return { ...worldStatus(hosted), environment: hub.environment(name) };
    },
  }),
  defineOperation({
    name: 'world.list',
    help: 'The worlds in this process and where they listen',
    parameters: (zod) => zod.strictObject({}),
    run: (hub) => hub.worlds.map(worldStatus),
  }),
  defineOperation({
    name: 'world.delete',
    help: 'Says goodbye to the clients of a world and forgets it',
    parameters: (zod) => zod.strictObject({ name: zod.string() }),
    run: async (hub, { name }) => {
      if (name === MAIN) throw new ControlError('the world "main" lives as long as its process; stop that with Ctrl-C or SIGTERM');
      await hub.deleteWorld(name);
      return {};
    },
  }),
];
