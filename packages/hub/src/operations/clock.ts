import { type Clock, ControlError } from '@wirelike/kernel';
import type { z } from 'zod';
import { parseDuration } from '../duration.ts';
import type { Hub } from '../hub.ts';
import { clock_move_max_milliseconds } from '../limits.ts';
import { defineOperation, inWorld, type Operation, type Zod } from './operation.ts';

export interface ClockReading {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly iso: string;
  readonly frozen: boolean;
}

type InWorld = z.ZodObject<{ world: z.ZodDefault<z.ZodString> }, z.core.$strict>;
const onlyWorld = (zod: Zod): InWorld => zod.strictObject({ world: inWorld(zod) });

export const clockOperations: readonly Operation[] = [
  defineOperation({
    name: 'clock.read',
    help: 'What time it is in a world',
    parameters: onlyWorld,
    run: (hub, { world }) => reading(clockOf(hub, world)),
  }),
  defineOperation({
    name: 'clock.freeze',
    help: 'Stops the clock: nothing expires until it is advanced or resumed',
    parameters: onlyWorld,
    run: (hub, { world }) => {
      const clock = clockOf(hub, world);
      clock.freeze();
      return reading(clock);
    },
  }),
  defineOperation({
    name: 'clock.resume',
    help: 'Lets the clock run on from where it stands',
    parameters: onlyWorld,
    run: (hub, { world }) => {
      const clock = clockOf(hub, world);
      clock.resume();
      return reading(clock);
    },
  }),
  defineOperation({
    name: 'clock.advance',
    help: 'Moves the clock forward; every timer on the way fires, in order',
    parameters: (zod) =>
      zod.strictObject({
        world: inWorld(zod),
        by: zod.union([zod.number().nonnegative(), zod.string()]).describe('Milliseconds, or a duration like 90s, 1h30m, 250ms'),
      }),
    run: (hub, { world, by }) => {
      const clock = clockOf(hub, world);
      clock.advance(checkedMove(typeof by === 'number' ? by : parseDuration(by)));
      return reading(clock);
    },
  }),
  defineOperation({
    name: 'clock.set',
    help: 'Jumps: forward, timers on the way fire; back, nothing fires',
    parameters: (zod) =>
      zod.strictObject({
        world: inWorld(zod),
        time: zod.union([zod.number(), zod.string()]).describe('Milliseconds since 1970, or a date like 2030-01-31T12:00:00Z'),
      }),
    run: (hub, { world, time }) => {
      const clock = clockOf(hub, world);
      const target = typeof time === 'number' ? time : parseTime(time);
      checkedMove(target - clock.now());
      clock.set(target);
      return reading(clock);
    },
  }),
];

function checkedMove(milliseconds: number): number {
  if (milliseconds > clock_move_max_milliseconds) throw new ControlError('a clock moves forward by at most a century (36525d) at a time');
  return milliseconds;
}

function clockOf(hub: Hub, world: string): Clock {
  return hub.world(world).world.clock;
}

function reading(clock: Clock): ClockReading {
  const time = clock.now();
  return { time, iso: new Date(time).toISOString(), frozen: clock.frozen };
}

function parseTime(text: string): number {
  const time = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  // The range of dates that ECMAScript can express.
  if (!(Math.abs(time) <= 8.64e15))
    throw new ControlError(`expected a date like 2030-01-31T12:00:00Z or milliseconds since 1970, found "${text}"`);
  return time;
}
