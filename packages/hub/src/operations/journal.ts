import type { JournalEvent } from '@wirelike/kernel';
import type { z } from 'zod';
import { jsonEvent } from '../json.ts';
import { journal_read_default_events } from '../limits.ts';
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
      const { journal } = hub.world(world).world;
      const events = [];
      for (const event of journal.events(since)) {
        if (!passes(event, filter)) continue;
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
    open: (hub, { world, ...filter }, emit) =>
      hub.world(world).follow((event) => {
        if (passes(event, filter)) emit(jsonEvent(event));
      }),
  }),
];

interface Filter {
  readonly emulator?: string | undefined;
  readonly operation?: string | undefined;
}

function filters(zod: Zod): { emulator: z.ZodOptional<z.ZodString>; operation: z.ZodOptional<z.ZodString> } {
  return { emulator: zod.string().optional(), operation: zod.string().optional() };
}

function passes(event: JournalEvent, filter: Filter): boolean {
  return (
    (filter.emulator === undefined || event.emulator === filter.emulator) &&
    (filter.operation === undefined || event.operation === filter.operation)
  );
}
