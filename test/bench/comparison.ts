import { cpus } from 'node:os';
import type { Line } from './line.ts';
import { type Figures, medians } from './load-generator.ts';
import type { Subject } from './ours.ts';

export interface Mode {
  readonly name: string;
  readonly arguments: readonly string[];
}

export interface Subjects {
  readonly ours: Subject;
  /** Undefined if the real server is not installed. */
  readonly theirs: Subject | undefined;
}

export interface Comparison {
  /** CPU per operation, and the rate. */
  readonly lines: readonly Line[];
  /** Whatever else the load generator measured. */
  readonly medians: { readonly ours: Figures; readonly theirs: Figures | undefined };
}

export interface Rounds {
  /** Runs of each figure, of which the median counts. */
  readonly counted: number;
  /** Runs before those: what is hot is compiled as it runs, and the first second of a process is none of its others. */
  readonly uncounted: number;
}

/** Runs a mode on both in turn, so that whatever else this machine does meets both. */
export async function compare(
  mode: Mode,
  run: (subject: Subject, args: readonly string[]) => Promise<Figures>,
  subjects: Subjects,
  rounds: Rounds,
): Promise<Comparison> {
  const our: Figures[] = [];
  const their: Figures[] = [];
  const failures = new Set<string>();
  // One mode that fails is a note in the table, and no reason to lose what the others took minutes to measure.
  const attempt = async (subject: Subject | undefined, name: string, figures: Figures[]): Promise<void> => {
    if (subject === undefined) return;
    try {
      figures.push(await run(subject, mode.arguments));
    } catch (error) {
      failures.add(`${name} failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  for (let round = -rounds.uncounted; round < rounds.counted; round++) {
    await attempt(subjects.ours, 'wirelike', round < 0 ? [] : our);
    await attempt(subjects.theirs, 'the real server', round < 0 ? [] : their);
  }
  const [mine, other] = [medians(our), subjects.theirs === undefined ? undefined : medians(their)];
  const note = [...failures, ceilingNote(mine, other)].join(' ').trim();
  const lines = [
    { name: `${mode.name}: server CPU`, unit: 'µs', ours: mine.cpu_us, theirs: other?.cpu_us },
    { name: `${mode.name}: rate`, unit: '/s', ours: mine.rate, theirs: other?.rate, note },
  ];
  return { lines, medians: { ours: mine, theirs: other } };
}

/**
 * What the load generator leaves of a rate: its threads share the cores with the server, and none can use more than
 * one. At what it took of the processor in this run, a server that cost nothing at all would have this rate.
 */
function ceilingNote(ours: Figures, theirs: Figures | undefined): string {
  const { rate = 0, busy = 0, own_us = 0 } = ours;
  if (own_us === 0 || busy === 0) return busy >= 0.85 ? `the generator's own thread is ${Math.round(busy * 100)} % busy` : '';
  const ceiling = Math.min(rate / busy, (cpus().length * 1e6) / own_us);
  const times = theirs?.rate === undefined ? '' : `, ${(ceiling / theirs.rate).toFixed(1)} ×`;
  return `the generator alone took ${own_us.toFixed(1)} µs, which allows ${Math.round(ceiling).toLocaleString('en-US')} /s${times}`;
}
