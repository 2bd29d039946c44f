import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BackgroundProcess } from './background-process.ts';
import { type Peer, privateDirectory, stopAll } from './peer.ts';
import { requirePeer } from './peers.ts';
import { accepts, freePort, waitUntil } from './ports.ts';

export interface Mosquitto extends Peer {
  readonly port: number;
  readonly url: string;
}

/** Debian's mosquitto, open to everybody on 127.0.0.1. `configuration` adds lines to its mosquitto.conf. */
export async function startMosquitto(configuration: readonly string[] = []): Promise<Mosquitto> {
  const mosquitto = requirePeer('mosquitto').path;
  const directory = privateDirectory('mosquitto');
  const port = await freePort();
  const file = join(directory, 'mosquitto.conf');
  writeFileSync(file, [`listener ${port} 127.0.0.1`, 'allow_anonymous true', 'persistence false', ...configuration, ''].join('\n'));
  const started = performance.now();
  const server = new BackgroundProcess(mosquitto, ['-c', file]);
  const stop = (): Promise<void> => stopAll([server], directory);
  try {
    await waitUntil(() => accepts(port), {
      timeout_milliseconds: 10_000,
      isAlive: () => server.isRunning,
      explain: () => `mosquitto did not start\n${server.output}`,
      interval_milliseconds: 5,
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { processGroups: [server.pid], startup_milliseconds: performance.now() - started, stop, port, url: `mqtt://127.0.0.1:${port}` };
}
