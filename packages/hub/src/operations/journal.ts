import { ControlError, glob, type JournalEvent, type World } from '@wirelike/kernel';
import type { z } from 'zod';
import { jsonEvent } from '../json.ts';
import { journal_read_default_events } from '../limits.ts';
import { unknownWord } from '../nearest.ts';
import { defineOperation, defineStream, inWorld, type Operation, type Stream, type Zod } from './operation.ts';

export const journalOperations: readonly Operation[] = [
  defineOperation({
    name: 'journal.enable',
    help: 'Records every operation of every emulator of a world from now on, or stops doing so',
    parameters: (zod) => zod.strictObject({ world: inWorld(zod), on: zod.boolean().default(true) }),
    run: (hub, { world, on }) => {
      hub.world(world).enableJournal(on);
      return { enabled: on };
    },
  }),
  defineOperation({
    name: 'journal.read',
    help: 'Recorded events, oldest first',
    parameters: (zod) =>
      zod.strictObject({
        world: inWorld(zod),
        since: zod.number().int().nonnegative().default(0).describe('Only events after this sequence number'),
        limit: zod.number().int().positive().default(journal_read_default_events),
        ...filters(zod),
      }),
    run: (hub, { world, since, limit, ...filter }) => {
      const hosted = hub.world(world).world;
      const { journal } = hosted;
      const passes = filterOf(hosted, filter);
      const events = [];
      for (const event of journal.events(since)) {
        if (!passes(event)) continue;
        events.push(jsonEvent(event));
        if (events.length === limit) break;
      }
      return { enabled: journal.enabled, events };
    },
  }),
];

export const journalStreams: readonly Stream[] = [
  defineStream({
    name: 'journal.follow',
    help: 'Events as they happen; the journal records while somebody follows',
    parameters: (zod) => zod.strictObject({ world: inWorld(zod), ...filters(zod) }),
    open: (hub, { world, ...filter }, emit) => {
      const hosted = hub.world(world);
      const passes = filterOf(hosted.world, filter);
      return hosted.follow((event) => {
        if (passes(event)) emit(jsonEvent(event));
      });
    },
  }),
];

interface Filter {
  readonly emulator?: string | undefined;
  readonly operation?: string | undefined;
}

function filters(zod: Zod): { emulator: z.ZodOptional<z.ZodString>; operation: z.ZodOptional<z.ZodString> } {
  return { emulator: zod.string().optional(), operation: zod.string().optional().describe('By name; * stands for any run of characters') };
}

/** Throws a `ControlError` for an emulator that the world does not have. */
function filterOf(world: World, { emulator, operation }: Filter): (event: JournalEvent) => boolean {
  const emulators = world.emulators.map(({ name }) => name);
  if (emulator !== undefined && !emulators.includes(emulator)) throw new ControlError(unknownWord('emulator', emulator, emulators));
  const named = operation === undefined ? (): boolean => true : glob(operation);
  return (event) => (emulator === undefined || event.emulator === emulator) && named(event.operation);
}
