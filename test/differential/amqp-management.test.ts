import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithPeer } from '../peers/describe.ts';
import { installedRabbitMq, rabbitmq_root } from '../peers/rabbitmq-release.ts';
import { isRecording } from './amqp/recorded.ts';
import { questions } from './amqp-management/questions.ts';
import { readRecorded, recordedReleases, writeRecorded } from './amqp-management/recorded.ts';
import { type Side, startOurs, startTheirs } from './amqp-management/sides.ts';

// RabbitMQ's management API and rabbitmqctl are asked, or were recorded, and so is wirelike as that release.
const live = process.env.WIRELIKE_RABBITMQ_PORT === '0' ? undefined : installedRabbitMq();
if (process.env.WIRELIKE_RABBITMQ_PORT !== '0')
  describeWithPeer('rabbitmq', `RabbitMQ ${live}'s management`, () => compareWith(live ?? '', true));
// Who names a release to compare with, or records one, asks about that one alone.
if (rabbitmq_root === undefined && !isRecording) {
  for (const release of recordedReleases())
    if (release !== live) describe(`RabbitMQ ${release}'s management, recorded`, () => compareWith(release, false));
}

function compareWith(release: string, isLive: boolean): void {
  let theirs: Side | undefined;
  let ours: Side | undefined;
  const recorded = recordedReleases().includes(release) && !isRecording ? readRecorded(release) : undefined;
  const answers = new Map<string, unknown>();

  beforeAll(async () => {
    [theirs, ours] = await Promise.all([isLive ? startTheirs() : undefined, isRecording ? undefined : startOurs(release)]);
  }, 120_000);

  afterAll(async () => {
    await Promise.all([theirs?.stop(), ours?.stop()]);
    if (isRecording)
      writeRecorded(
        release,
        questions.map(({ name }) => name),
        answers,
      );
  });

  for (const { name, ask, isSlow } of questions) {
    it.sequential(name, { timeout: 40_000 }, async () => {
      // Every call of the real rabbitmqctl takes a second or two: they are only made where nobody wrote down what it says.
      const asked = theirs === undefined || (isSlow && recorded !== undefined && rabbitmq_root === undefined) ? undefined : theirs;
      const real = asked === undefined ? (recorded?.get(name) ?? 'never recorded') : ask(asked);
      const [expected, actual] = await Promise.all([real, ours === undefined ? real : ask(ours)]);
      answers.set(name, expected);
      expect(actual).toEqual(expected);
    });
  }
}

it('has a recording of each question', () => {
  const names = questions.map(({ name }) => name);
  for (const release of isRecording ? [] : recordedReleases()) {
    const recorded = readRecorded(release);
    expect([release, names.filter((name) => !recorded.has(name))]).toEqual([release, []]);
  }
});
