import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { areas } from './amqp/areas.ts';
import { isRecording, readRecorded, writeRecorded } from './amqp/recorded.ts';
import { type Area, play } from './amqp/scenario.ts';
import { type Server, startOurs, startTheirs } from './amqp/servers.ts';

// Each scenario runs against RabbitMQ and against wirelike as RabbitMQ 3.10; a client must see the same.
const run = `-${(Date.now() % 0xffffff).toString(16).padStart(6, '0')}`;
let theirs: Server | undefined;
let ours: Server | undefined;

beforeAll(async () => {
  [theirs, ours] = await Promise.all([startTheirs(), isRecording ? undefined : startOurs()]);
  if (theirs === undefined)
    process.stderr.write('\n  RabbitMQ is not installed: wirelike is compared with what it was recorded to answer\n');
}, 120_000);

afterAll(() => Promise.all([theirs?.stop(), ours?.stop()]));

function compare(area: Area, place: number): void {
  const recorded = readRecorded(area);
  const transcripts = new Map<string, string>();
  area.scenarios.forEach((scenario, index) => {
    it(scenario.name, { timeout: 60_000 }, async ({ expect }) => {
      const suffix = `${run}${place.toString(36)}${index.toString(36).padStart(2, '0')}`;
      const playable = theirs !== undefined && (area.operates !== true || theirs.operator !== undefined);
      const real = theirs !== undefined && playable ? play(scenario, theirs, suffix) : (recorded.get(scenario.name) ?? 'never recorded');
      const [expected, actual] = await Promise.all([real, ours === undefined ? real : play(scenario, ours, suffix)]);
      transcripts.set(scenario.name, expected);
      expect(actual).toBe(expected);
    });
  });
  if (isRecording) afterAll(() => writeRecorded(area, transcripts));
}

for (const [place, area] of areas.entries()) {
  if (area.operates === true) describe.sequential(`AMQP: ${area.name}`, () => compare(area, place));
  else describe.concurrent(`AMQP: ${area.name}`, () => compare(area, place));
}

it('has a name for each scenario', () => {
  for (const { scenarios } of areas) expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
});
