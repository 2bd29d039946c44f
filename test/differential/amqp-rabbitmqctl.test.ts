import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithPeer } from '../peers/describe.ts';
import { installedRabbitMq, rabbitmq_root } from '../peers/rabbitmq-release.ts';
import { isRecording } from './amqp/recorded.ts';
import { type Side, startOurs, startTheirs } from './amqp-management/sides.ts';
import { askLine, readLines, readRecorded, recordedReleases, writeRecorded } from './amqp-rabbitmqctl/lines.ts';

// Odd command lines: a call of the real rabbitmqctl takes a second, so what it says was written down.
const lines = readLines();

if (isRecording || rabbitmq_root !== undefined)
  describeWithPeer('rabbitmq', `RabbitMQ ${installedRabbitMq()}'s rabbitmqctl, asked oddly`, () => {
    let theirs: Side | undefined;
    let ours: Side | undefined;
    const release = installedRabbitMq() ?? '';
    const answers = new Map<string, unknown>();
    beforeAll(async () => {
      [theirs, ours] = await Promise.all([startTheirs(), startOurs(release)]);
    }, 120_000);
    afterAll(async () => {
      await Promise.all([theirs?.stop(), ours?.stop()]);
      if (isRecording) writeRecorded(release, answers);
    });
    for (const line of lines)
      it.sequential(line, { timeout: 40_000 }, async () => {
        if (theirs === undefined || ours === undefined) throw new Error('nobody to ask');
        const [expected, actual] = await Promise.all([askLine(theirs, line), askLine(ours, line)]);
        answers.set(line, expected);
        if (!isRecording) expect(actual).toEqual(expected);
      });
  });
else
  for (const release of recordedReleases())
    describe(`RabbitMQ ${release}'s rabbitmqctl, asked oddly, recorded`, () => {
      let ours: Side | undefined;
      const recorded = readRecorded(release);
      beforeAll(async () => {
        ours = await startOurs(release);
      });
      afterAll(() => ours?.stop());
      for (const line of lines)
        it.sequential(line, async () => {
          if (ours === undefined) throw new Error('nobody to ask');
          expect(await askLine(ours, line)).toEqual(recorded.get(line) ?? 'never recorded');
        });
    });
