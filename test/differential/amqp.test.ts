import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rabbitmq_root } from '../peers/rabbitmq-release.ts';
import { areas } from './amqp/areas.ts';
import { Encryption } from './amqp/encryption.ts';
import { complete_release, isRecording, readRecorded, recordedReleases, writeRecorded } from './amqp/recorded.ts';
import { type Area, play } from './amqp/scenario.ts';
import { canPlay, type Server, startOurs, startTheirs, theirRelease } from './amqp/servers.ts';
import { isByHand } from './amqp/walking.ts';

// Each scenario runs against a RabbitMQ, or was recorded from it, and against wirelike as that release; a client must see the same.
const run = `-${(Date.now() % 0xffffff).toString(16).padStart(6, '0')}`;
const encryption = await Encryption.make();
if (encryption === undefined) process.stderr.write('\n  openssl is not installed: nothing is compared over TLS\n');
afterAll(() => encryption?.remove());

const live = await theirRelease();
if (live === undefined) process.stderr.write('\n  RabbitMQ is not installed: wirelike is compared with what it was recorded to answer\n');
// Each has a wirelike of its own, and most of the time is waiting.
if (live !== undefined) describe.concurrent(`RabbitMQ ${live}`, () => compareWith(live, true));
// Who names a release to compare with, records one, or asks for walks, which nobody recorded, asks about that one alone.
if (rabbitmq_root === undefined && !isRecording && !isByHand) {
  for (const release of recordedReleases())
    if (release !== live) describe.concurrent(`RabbitMQ ${release}, recorded`, () => compareWith(release, false));
}

/** One release against wirelike. */
interface Comparison {
  readonly release: string;
  readonly isLive: boolean;
  theirs: Server | undefined;
  ours: Server | undefined;
}

function compareWith(release: string, isLive: boolean): void {
  const comparison: Comparison = { release, isLive, theirs: undefined, ours: undefined };

  beforeAll(async () => {
    const starting = [isLive ? startTheirs(encryption) : undefined, isRecording ? undefined : startOurs(release, encryption)] as const;
    [comparison.theirs, comparison.ours] = await Promise.all(starting);
  }, 120_000);

  afterAll(async () => {
    await Promise.all([comparison.theirs?.stop(), comparison.ours?.stop()]);
  });

  for (const [place, area] of areas.entries()) {
    // Announced above; no certificate, no test.
    if (area.encrypts === true && encryption === undefined) continue;
    if (!(isLive && canPlay(area)) && readRecorded(release, area) === undefined) continue;
    if (area.operates === true) describe.sequential(`AMQP: ${area.name}`, () => compare(comparison, area, place));
    else describe.concurrent(`AMQP: ${area.name}`, () => compare(comparison, area, place));
  }
}

function compare(comparison: Comparison, area: Area, place: number): void {
  const { release } = comparison;
  const isPlayed = comparison.isLive && canPlay(area);
  const recorded = readRecorded(release, area);
  const transcripts = new Map<string, string>();
  area.scenarios.forEach((scenario, index) => {
    it(scenario.name, { timeout: 60_000 }, async ({ expect }) => {
      const { theirs, ours } = comparison;
      const suffix = `${run}${place.toString(36)}${index.toString(36).padStart(2, '0')}`;
      const real = theirs !== undefined && isPlayed ? play(scenario, theirs, suffix) : (recorded?.get(scenario.name) ?? 'never recorded');
      const [expected, actual] = await Promise.all([real, ours === undefined ? real : play(scenario, ours, suffix)]);
      transcripts.set(scenario.name, expected);
      expect(actual).toBe(expected);
    });
  });
  if (isRecording && isPlayed) afterAll(() => writeRecorded(release, area, transcripts));
}

it('has a name for each scenario', () => {
  for (const { scenarios } of areas) expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
});

if (complete_release !== undefined && !isRecording && !isByHand) {
  it('has something recorded in each area', () => {
    for (const area of areas) expect([area.name, readRecorded(complete_release ?? '', area)?.size ?? 0]).not.toEqual([area.name, 0]);
  });
}
