import { writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { parseArgs } from 'node:util';
import { benchAmqp } from './amqp.ts';
import type { Rounds } from './comparison.ts';
import { benchLdap } from './ldap.ts';
import { benchLibvirt } from './libvirt.ts';
import { isMet, type Line, markdown, type Section } from './line.ts';
import { benchStartup } from './startup.ts';

const usage = `npm run bench -- [SUITE[:FIGURE]...] [--rounds N] [--write FILE]

Measures wirelike and, where they are installed, the real servers, in turn in one run.

  SUITE          startup, amqp, ldap, libvirt; none: all
  SUITE:FIGURE   only figures whose name contains this: amqp:topic, amqp:crowd, ldap:search
  --rounds N     runs of each figure, of which the median counts (3)
  --warm-up N    runs of each figure before those (2); 0 for what processes take that were just started
  --write FILE   also writes the tables there, as Markdown (docs/performance.md)
`;

type Suite = (rounds: Rounds, only: (name: string) => boolean, tell: (line: Line) => void) => Promise<Section>;
const suites = new Map<string, Suite>([
  ['startup', benchStartup],
  ['amqp', benchAmqp],
  ['ldap', benchLdap],
  ['libvirt', benchLibvirt],
]);

/** As each figure is there: a run takes minutes. */
function tell(line: Line): void {
  const met = isMet(line);
  const verdict = met === undefined ? '' : met ? '  ok' : '  MISSES ITS GOAL';
  process.stderr.write(
    `  ${line.name}: ${line.ours?.toFixed(2) ?? '–'} ${line.unit}, real server ${line.theirs?.toFixed(2) ?? '–'}${verdict} ${line.note ?? ''}\n`,
  );
}

function introduction(command: string, { counted, uncounted }: Rounds): string {
  return [
    '# Performance',
    '',
    'wirelike and the real servers, measured in turn in one run, with load generators that belong to neither',
    '(`test/bench/loadgen`: librabbitmq, libldap, libvirt). The clients share the cores with the server, so the',
    "server's CPU per operation says more than the rate; the note says where the generator itself was the limit.",
    'Absolute figures say little about another machine; the ratios do.',
    '',
    `Made by \`${command}\` on ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), Linux ${release()},`,
    `Node ${process.versions.node}; the median of ${counted} runs where a figure was measured more than once,`,
    `after ${uncounted} that do not count.`,
    '',
  ].join('\n');
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '3' },
      'warm-up': { type: 'string', default: '2' },
      write: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    process.stdout.write(usage);
    return;
  }
  const rounds: Rounds = { counted: Math.max(1, Number(values.rounds)), uncounted: Number(values['warm-up']) };
  const wanted = positionals.map((each) => each.split(':'));
  const unknown = wanted.find(([suite = '']) => !suites.has(suite));
  if (unknown !== undefined || !Number.isInteger(rounds.counted) || !(Number.isInteger(rounds.uncounted) && rounds.uncounted >= 0)) {
    process.stderr.write(usage);
    process.exitCode = 2;
    return;
  }
  const tables: string[] = [];
  for (const [name, suite] of suites) {
    const figures = wanted.filter(([each]) => each === name).map(([, figure = '']) => figure);
    if (wanted.length > 0 && figures.length === 0) continue;
    process.stderr.write(`${name}\n`);
    const section = await suite(rounds, (figure) => wanted.length === 0 || figures.some((each) => figure.includes(each)), tell);
    tables.push(markdown(section));
  }
  const command = ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' ');
  const report = `${introduction(command, rounds)}\n${tables.join('\n')}`;
  process.stdout.write(report);
  if (values.write !== undefined) writeFileSync(values.write, report);
}

await main();
