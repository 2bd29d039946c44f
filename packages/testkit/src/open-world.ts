import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, World, type WorldOptions } from '@wirelike/kernel';
import { onTestFinished } from 'vitest';

/** One authority for all tests of a process: making keys takes longer than a world. */
let authority: string | undefined;
let lastWorld = 0;

/**
 * A world for the test that calls this: on free ports, its sockets in a directory of its own, closed when the test is over.
 *
 * ```ts
 * const world = await openWorld([amqp]);
 * const address = world.addresses.get('amqp');
 * ```
 */
export async function openWorld(emulators: readonly Emulator[], options: Partial<WorldOptions> = {}): Promise<World> {
  const world = await openWorldUntilClosed(emulators, options);
  onTestFinished(() => world.close(0));
  return world;
}

/** The same for `beforeAll`: whoever opened it closes it. */
export async function openWorldUntilClosed(emulators: readonly Emulator[], options: Partial<WorldOptions> = {}): Promise<World> {
  authority ??= temporaryDirectory();
  // Short: the path of a socket may have 103 bytes.
  const directory = temporaryDirectory();
  return World.open({
    name: `test-${++lastWorld}`,
    emulators,
    ephemeral: true,
    directory,
    state_directory: authority,
    ...options,
  });
}

const temporary: string[] = [];

process.once('exit', () => {
  for (const directory of temporary) rmSync(directory, { recursive: true, force: true });
});

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'wl-'));
  temporary.push(directory);
  return directory;
}
