import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithClient } from '../peers/describe.ts';
import { rawOutcomes, rawSteps } from './libvirt/raw.ts';
import { isRecording, readRecorded, type Steps, writeRecorded } from './libvirt/recorded.ts';
import { runScript, type Server, startOurs, startTheirs } from './libvirt/servers.ts';

// Each script runs against libvirtd with QEMU and against wirelike; a client must see the same.
let theirs: Server | undefined;
let ours: Server | undefined;

beforeAll(async () => {
  [theirs, ours] = await Promise.all([startTheirs(), startOurs()]);
  if (theirs !== undefined) return;
  if (isRecording) throw new Error('nothing to record: this is not the libvirtd that the recordings are of');
  process.stderr.write('\n  libvirtd 9.0.0 with QEMU 7.2.22 is not here: wirelike is compared with what it was recorded to answer\n');
}, 120_000);

afterAll(() => Promise.all([theirs?.stop(), ours?.stop()]), 30_000);

function present(server: Server | undefined): Server {
  if (server === undefined) throw new Error('the server did not start');
  return server;
}

describeWithClient('python3-libvirt', 'libvirtd, and wirelike, to python-libvirt', () => {
  it.each(['definitions', 'life', 'events'])(
    '%s',
    async (script) => {
      const reference = theirs === undefined ? readRecorded(script) : runScript(script, theirs.uri);
      const [expected, actual] = await Promise.all([reference, runScript(script, present(ours).uri)]);
      if (isRecording) writeRecorded(script, expected);
      expect(actual.length).toBeGreaterThan(20);
      expect(actual).toEqual(expected);
    },
    120_000,
  );
});

describe('libvirtd, and wirelike, byte by byte', () => {
  const recorded = isRecording ? new Map() : new Map(readRecorded('bytes'));
  const seen = new Map<string, unknown>();

  it.each(rawSteps)('$name', async (step) => {
    const reference = theirs === undefined ? recorded.get(step.name) : rawOutcomes(step, theirs.port);
    const [expected, actual] = await Promise.all([reference, rawOutcomes(step, present(ours).port)]);
    seen.set(step.name, expected);
    expect(actual).toEqual(expected);
  });

  afterAll(() => {
    const steps: Steps = [...seen];
    if (isRecording) writeRecorded('bytes', steps);
  });
});
