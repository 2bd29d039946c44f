import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { type Emulator, World, type WorldOptions } from '@wirelike/kernel';
import { onTestFinished } from 'vitest';

/** One authority for all tests of this user: making keys takes longer than a world. */
const authority = join(tmpdir(), `wirelike-test-${userInfo().uid}`);
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
  const name = `${process.pid}-${++lastWorld}`;
  return World.open({
    name,
    emulators,
    ephemeral: true,
    // Made and removed by the world. Short, because the path of a socket may have 103 bytes.
    directory: join(tmpdir(), `wl-${name}`),
    state_directory: authority,
    ...options,
  });
}
