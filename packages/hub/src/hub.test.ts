import { existsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openHub, say } from './open-hub.fixture.ts';

describe('Hub', () => {
  it('keeps worlds apart', async () => {
    await using open = await openHub();
    const { hub } = open;
    await hub.createWorld({ name: 'other', emulators: ['echo'], ephemeral: true });
    expect(await say(hub, 'set bye')).toBe('byeset bye');
    expect(await say(hub, 'x', 'other')).toBe('hello x');
    expect(hub.environment('other').ECHO_URL).not.toBe(hub.environment().ECHO_URL);
  });

  it('gives emulators their settings, given or default', async () => {
    await using open = await openHub({ settings: { echo: { volume: '11' } } });
    await open.hub.createWorld({ name: 'quiet', emulators: ['echo'], ephemeral: true });
    expect(open.hub.environment().ECHO_VOLUME).toBe('11');
    expect(open.hub.environment('quiet').ECHO_VOLUME).toBe('5');
  });

  it('adds an emulator that another one uses, without listeners', async () => {
    await using open = await openHub();
    const { world } = await open.hub.createWorld({ name: 'birds', emulators: ['parrot'], ephemeral: true });
    expect(world.listeners.map(({ spec }) => spec.name)).toEqual(['parrot']);
    expect(world.model('parrot')).toBe(world.model('echo'));
  });

  it('leaves nothing of a world whose port is taken', async () => {
    await using open = await openHub();
    const holder = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => holder.once('listening', resolve));
    const address = holder.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const request = { name: 'late', emulators: ['parrot'], ports: { parrot: port } };
    await expect(open.hub.createWorld(request)).rejects.toThrow(new RegExp(`port ${port} is taken.*--port parrot=`));
    holder.close();
    await open.hub.createWorld({ ...request, ports: { parrot: 0 } });
  });

  it('names the nearest word for what does not exist', async () => {
    await using open = await openHub();
    const { hub } = open;
    await expect(hub.createWorld({ name: 'x', emulators: ['ecko'] })).rejects.toThrow('unknown emulator "ecko": did you mean "echo"?');
    expect(() => hub.world('mian')).toThrow('unknown world "mian": did you mean "main"?');
    await expect(hub.call('snapshot.tale')).rejects.toThrow('did you mean "snapshot.take"?');
    await expect(hub.createWorld({ name: '../x', emulators: ['echo'] })).rejects.toThrow('world name "../x": expected');
    await expect(hub.createWorld({ name: 'main', emulators: ['echo'] })).rejects.toThrow('there is a world "main" already');
  });

  it('closes what is still coming up, and opens nothing afterwards', async () => {
    await using open = await openHub();
    const { hub } = open;
    const late = hub.createWorld({ name: 'late', emulators: ['echo'], ephemeral: true });
    await hub.close(0);
    const port = (await late).world.addresses.get('echo')?.port ?? 0;
    await expect(new Promise((_, reject) => connect(port, '127.0.0.1').on('error', reject))).rejects.toThrow('ECONNREFUSED');
    expect(hub.worlds).toEqual([]);
    await expect(hub.createWorld({ name: 'later', emulators: ['echo'] })).rejects.toThrow('this wirelike is stopping');
    await expect(hub.openControl({ port: 0 })).rejects.toThrow('this wirelike is stopping');
  });

  it('gives a name away again when its world is gone', async () => {
    await using open = await openHub();
    const { hub } = open;
    const request = { name: 'other', emulators: ['echo'], ephemeral: true };
    await hub.createWorld(request);
    const deleted = hub.deleteWorld('other');
    await expect(hub.createWorld(request)).rejects.toThrow('there is a world "other" already');
    await deleted;
    await hub.createWorld(request);
    expect(await say(hub, 'x', 'other')).toBe('hello x');
  });

  it('leaves no sockets behind', async () => {
    const open = await openHub();
    const socket = join(open.hub.directory, 'main', 'echo-sock');
    expect(existsSync(socket)).toBe(true);
    await open.hub.close(50);
    expect(existsSync(socket)).toBe(false);
    expect(existsSync(open.path)).toBe(false);
    await open[Symbol.asyncDispose]();
  });
});
