import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registry } from './echo-emulator.fixture.ts';
import { Hub, type WorldRequest } from './hub.ts';

export interface OpenHub extends AsyncDisposable {
  readonly hub: Hub;
  /** The control socket. */
  readonly path: string;
  /** The control interface over HTTP. */
  readonly url: string;
}

/** A hub with an echo in its world `main`, on free ports and in a directory of its own. */
export async function openHub(request: Partial<WorldRequest> = {}): Promise<OpenHub> {
  const directory = mkdtempSync(join(tmpdir(), 'wirelike-hub-'));
  const hub = new Hub({ directory, registry });
  await hub.createWorld({ name: 'main', emulators: ['echo'], ephemeral: true, ...request });
  const { path, url } = await hub.openControl({ port: 0 });
  return {
    ...{ hub, path, url },
    [Symbol.asyncDispose]: async () => {
      await hub.close(50);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Says one line to the echo of a world and returns the answer; empty if the connection is closed instead. */
export function say(hub: Hub, line: string, world = 'main'): Promise<string> {
  const port = hub.world(world).world.addresses.get('echo')?.port ?? 0;
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${line}\n`));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString();
      if (answer.includes('\n')) socket.end();
    });
    socket.on('close', () => resolve(answer.trimEnd()));
    socket.on('error', reject);
  });
}
