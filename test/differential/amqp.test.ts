import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { areas } from './amqp/areas.ts';
import { Encryption } from './amqp/encryption.ts';
import { isRecording, readRecorded, writeRecorded } from './amqp/recorded.ts';
import { type Area, play } from './amqp/scenario.ts';
import { type Server, startOurs, startTheirs } from './amqp/servers.ts';

// Each scenario runs against RabbitMQ and against wirelike as RabbitMQ 3.10; a client must see the same.
const run = `-${(Date.now() % 0xffffff).toString(16).padStart(6, '0')}`;
let theirs: Server | undefined;
let ours: Server | undefined;
const encryption = await Encryption.make();
if (encryption === undefined) process.stderr.write('\n  openssl is not installed: nothing is compared over TLS\n');

beforeAll(async () => {
  [theirs, ours] = await Promise.all([startTheirs(encryption), isRecording ? undefined : startOurs(encryption)]);
  if (theirs === undefined)
    process.stderr.write('\n  RabbitMQ is not installed: wirelike is compared with what it was recorded to answer\n');
}, 120_000);

afterAll(async () => {
  await Promise.all([theirs?.stop(), ours?.stop()]);
  encryption?.remove();
});

function compare(area: Area, place: number): void {
  const recorded = readRecorded(area);
  const transcripts = new Map<string, string>();
  area.scenarios.forEach((scenario, index) => {
    it(scenario.name, { timeout: 60_000 }, async ({ expect }) => {
      const suffix = `${run}${place.toString(36)}${index.toString(36).padStart(2, '0')}`;
      const playable = theirs !== undefined && canPlay(area, theirs);
      const real = theirs !== undefined && playable ? play(scenario, theirs, suffix) : (recorded.get(scenario.name) ?? 'never recorded');
      const [expected, actual] = await Promise.all([real, ours === undefined ? real : play(scenario, ours, suffix)]);
      transcripts.set(scenario.name, expected);
      expect(actual).toBe(expected);
    });
  });
  if (isRecording) afterAll(() => writeRecorded(area, transcripts));
}

function canPlay(area: Area, server: Server): boolean {
  if (area.plugin !== undefined && !server.plugins.includes(area.plugin)) return false;
  return (area.operates !== true || server.operator !== undefined) && (area.encrypts !== true || server.secure !== undefined);
}

for (const [place, area] of areas.entries()) {
  // Announced above; no certificate, no test.
  if (area.encrypts === true && encryption === undefined) continue;
  if (area.operates === true) describe.sequential(`AMQP: ${area.name}`, () => compare(area, place));
  else describe.concurrent(`AMQP: ${area.name}`, () => compare(area, place));
}

it('has a name for each scenario', () => {
  for (const { scenarios } of areas) expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
});
