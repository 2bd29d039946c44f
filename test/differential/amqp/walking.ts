import type { Actor } from './actor.ts';
import type { ChannelScript } from './channel-script.ts';
import { type Dice, dice } from './dice.ts';
import { type Scenario, scenario } from './scenario.ts';

const asked_for: string | undefined = process.env.WIRELIKE_WALKS;

/** Whether somebody asked for walks: then those take place too that have nothing recorded. */
export const isByHand: boolean = asked_for !== undefined;

/** More of them, by hand: WIRELIKE_WALKS=500. */
export const walk_count: number = Number(asked_for ?? 30);

/** Steps that the dice choose. */
export interface Walk {
  /** Goes no further: its channel was closed. */
  readonly isOver?: boolean;
  begin(): Promise<void>;
  step(): Promise<void>;
  end(): Promise<void>;
}

/** Walks that differ in their mode and in what the dice say. */
export interface Walks<Mode extends string> {
  /** In the name of each, between its mode and its seed. */
  readonly what: string;
  readonly modes: readonly Mode[];
  /** Of one mode; by default {@link walk_count}. */
  readonly count?: (mode: Mode) => number;
  readonly steps_per_walk: number;
  /** With the first channel of its first connection. */
  readonly walk: (a: Actor, ch: ChannelScript, roll: Dice, mode: Mode) => Walk;
}

/** Mode by mode, one for each seed. */
export function walksOf<Mode extends string>(walks: Walks<Mode>): readonly Scenario[] {
  const { what, modes, count = () => walk_count, steps_per_walk, walk } = walks;
  return modes.flatMap((mode) =>
    eachSeed(count(mode), (seed) =>
      scenario(`${mode} ${what} ${seed}`, async (a) => {
        const each = walk(a, await a.channel(), dice(seed), mode);
        await each.begin();
        for (let step = 0; step < steps_per_walk && each.isOver !== true; step++) await each.step();
        await each.end();
      }),
    ),
  );
}

export function eachSeed(count: number, play: (seed: number) => Scenario): readonly Scenario[] {
  return Array.from({ length: count }, (_, index) => play(index + 1));
}
