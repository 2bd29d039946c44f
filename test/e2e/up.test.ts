import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePorts, Wirelike } from './wirelike.ts';

const ports = await freePorts();
const up = ['up', ...ports];

function reachable(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

async function holder(): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

interface Ready {
  readonly pid: number;
  readonly ready_milliseconds: number;
  readonly environment: Record<string, string>;
  readonly worlds: readonly {
    readonly emulators: readonly { readonly name: string; readonly listeners: readonly { name: string; port: number; path: string }[] }[];
  }[];
}

describe('wirelike up', () => {
  it('prints where everything listens once it does, and how to stop it', async () => {
    await using wirelike = new Wirelike();
    const running = wirelike.start(up);
    const text = await running.until('Ctrl-C stops it');
    expect(text).toMatch(/^wirelike [\d.]+ is ready in \d+ ms \(on top of \d+ ms for Node itself\)\n/);
    expect(text).toMatch(/control +http:\/\/127\.0\.0\.1:\d+/);
    const urls = [...text.matchAll(/^ {2}\S.*? {2}([a-z+]+:\/\/\S+)$/gm)].map((match) => match[1]);
    expect(urls.length).toBeGreaterThan(1);
    running.process.kill('SIGTERM');
    await running.finished;
  });

  it('says the same as JSON', async () => {
    await using wirelike = new Wirelike();
    const running = wirelike.start([...up, '--json']);
    const ready: Ready = JSON.parse(await running.until('\n'));
    expect(ready.pid).toBe(running.process.pid);
    expect(ready.environment).toMatchObject({ WIRELIKE_PID: String(ready.pid), WIRELIKE_SOCKET: join(wirelike.directory, 'control.sock') });
    for (const { port, path } of ready.worlds.flatMap((world) => world.emulators).flatMap(({ listeners }) => listeners)) {
      expect(port > 0 ? await reachable(port) : existsSync(path)).toBe(true);
    }
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends with status 0 within a second of %s, clients or not', async (signal) => {
    await using wirelike = new Wirelike();
    const running = wirelike.start([...up, '--json']);
    const ready: Ready = JSON.parse(await running.until('\n'));
    const listeners = ready.worlds.flatMap((world) => world.emulators).flatMap((emulator) => emulator.listeners);
    // Clients that say nothing and do not hang up.
    const clients = listeners.map(({ port, path }) =>
      port > 0 ? connect({ port, host: '127.0.0.1', allowHalfOpen: true }) : connect({ path, allowHalfOpen: true }),
    );
    await Promise.all(clients.map((client) => new Promise((resolve) => client.once('connect', resolve))));
    for (const client of clients) client.on('error', () => undefined).resume();
    const begun = performance.now();
    running.process.kill(signal);
    expect(await running.finished).toMatchObject({ status: 0, stderr: '' });
    expect(performance.now() - begun).toBeLessThan(1_200);
    for (const client of clients) client.destroy();
    expect(readdirSync(wirelike.directory)).toEqual([]);
  });

  it('ends at once on a second Ctrl-C', async () => {
    await using wirelike = new Wirelike();
    const running = wirelike.start([...up, '--json']);
    const ready: Ready = JSON.parse(await running.until('\n'));
    const [listener] = ready.worlds.flatMap((world) => world.emulators).flatMap((emulator) => emulator.listeners);
    // Told goodbye, it stays: the process would wait for it for 700 ms.
    const client = connect({ port: listener?.port ?? 0, host: '127.0.0.1', allowHalfOpen: true });
    client.on('error', () => undefined).resume();
    await new Promise((resolve) => client.once('connect', resolve));
    const goodbye = new Promise((resolve) => client.once('end', resolve));
    running.process.kill('SIGINT');
    await goodbye;
    running.process.kill('SIGINT');
    expect((await running.finished).status).toBe(130);
    client.destroy();
  });

  it('takes the Ctrl-C that npm passes on, too, for the one that the terminal has sent', async () => {
    await using wirelike = new Wirelike();
    for (const [pause_milliseconds, status] of [
      [10, 0],
      [400, 130],
    ] as const) {
      const running = wirelike.start([...up, '--json'], { npm_lifecycle_event: 'start' });
      const ready: Ready = JSON.parse(await running.until('\n'));
      const [listener] = ready.worlds.flatMap((world) => world.emulators).flatMap((emulator) => emulator.listeners);
      // Told goodbye, it stays for as long as it may.
      const client = connect({ port: listener?.port ?? 0, host: '127.0.0.1', allowHalfOpen: true });
      client.on('error', () => undefined).resume();
      await new Promise((resolve) => client.once('connect', resolve));
      running.process.kill('SIGINT');
      await new Promise((resolve) => setTimeout(resolve, pause_milliseconds));
      running.process.kill('SIGINT');
      expect((await running.finished).status).toBe(status);
      client.destroy();
    }
  });

  it('lists in its help what can be chosen', async () => {
    await using wirelike = new Wirelike();
    const { stdout } = await wirelike.run(['up', '--help']);
    expect(stdout).toMatch(/^Ports: .*amqp=5672 .*control=8420$/m);
    expect(stdout).toMatch(/^ {2}ldap\.base_dn=dc=example,dc=com +\S/m);
  });

  it('names a taken port, who may hold it and the option, on one line, and leaves nothing open', async () => {
    await using wirelike = new Wirelike();
    const { server, port } = await holder();
    const { emulators, loadEmulators } = await import('@wirelike/hub');
    const { all } = await loadEmulators(Object.keys(emulators));
    const last = all.flatMap((emulator) => emulator.listeners).findLast((spec) => spec.transport !== 'unix');
    const taken = await wirelike.run([...up, '--port', `${last?.name}=${port}`]);
    server.close();
    expect(taken).toMatchObject({ status: 1, stdout: '' });
    expect(taken.stderr).toMatch(new RegExp(`^wirelike: .*port ${port} is taken: another wirelike or .*--port ${last?.name}=.*\n$`));
    expect(readdirSync(wirelike.directory)).toEqual([]);
  });

  it('does the same for its control port', async () => {
    await using wirelike = new Wirelike();
    const { server, port } = await holder();
    const taken = await wirelike.run([...up, '--port', `control=${port}`]);
    server.close();
    expect(taken).toMatchObject({ status: 1, stdout: '' });
    expect(taken.stderr).toMatch(new RegExp(`^wirelike: .*port ${port} is taken: .*--port control=.*\n$`));
    expect(readdirSync(wirelike.directory)).toEqual([]);
  });

  it('does not take the place of one that is running', async () => {
    await using wirelike = new Wirelike();
    const first = wirelike.start([...up, '--json']);
    await first.until('\n');
    const second = await wirelike.run(up);
    expect(second).toMatchObject({ status: 1, stdout: '' });
    expect(second.stderr).toMatch(/^wirelike: .*is taken: another wirelike.*\n$/);
    expect((await wirelike.run(['status'])).status).toBe(0);
  });

  it('starts again after kill -9', async () => {
    await using wirelike = new Wirelike();
    const first = wirelike.start([...up, '--json']);
    await first.until('\n');
    first.process.kill('SIGKILL');
    await first.finished;
    expect(existsSync(join(wirelike.directory, 'control.sock'))).toBe(true);
    expect((await wirelike.run(['status'])).stderr).toMatch(/^wirelike: no wirelike is running/);
    const second = wirelike.start([...up, '--json']);
    await second.until('\n');
    expect((await wirelike.run(['status'])).status).toBe(0);
  });

  it('starts nothing when a seed is wrong', async () => {
    await using wirelike = new Wirelike();
    const seed = join(wirelike.directory, 'team.yaml');
    writeFileSync(seed, '# people\n\nlpad: {}\n');
    const wrong = await wirelike.run([...up, '--seed', seed]);
    expect(wrong).toMatchObject({ status: 1, stdout: '' });
    expect(wrong.stderr).toBe(`wirelike: ${seed}:3: unknown emulator "lpad": did you mean "ldap"? (ldap, amqp, libvirt)\n`);
    expect(readdirSync(wirelike.directory)).toEqual(['team.yaml']);
  });

  it.each([
    [['up', 'lpad'], 'unknown emulator "lpad": did you mean "ldap"? (ldap, amqp, libvirt)'],
    [['up', '--port', 'amqpp=1'], 'unknown listener "amqpp": did you mean "amqp"?'],
    [['up', '--port', 'amqp=x'], 'expected a port from 0'],
    [['up', '--bind', ''], '--bind: expected an address, found nothing'],
    [['up', '--sed', 'x'], "unknown option '--sed'"],
    [['upp'], "unknown command 'upp'"],
    [['run', 'ldap'], 'expected a command behind --'],
  ])('%j: says what is wrong', async (words, message) => {
    await using wirelike = new Wirelike();
    const finished = await wirelike.run(words);
    expect(finished).toMatchObject({ status: 1, stdout: '' });
    expect(finished.stderr).toContain(message);
  });

  it('prints nothing with -q', async () => {
    await using wirelike = new Wirelike();
    const running = wirelike.start([...up, '-q']);
    await expect.poll(() => existsSync(join(wirelike.directory, 'control.sock')), { timeout: 10_000 }).toBe(true);
    await expect.poll(async () => (await wirelike.run(['status'])).status, { timeout: 10_000 }).toBe(0);
    running.process.kill('SIGTERM');
    expect(await running.finished).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  it('goes on in the background under npx too, which holds the pipe as long as its child lives', async () => {
    await using wirelike = new Wirelike();
    // Like npx, the outer shell waits for its child and passes on what that prints.
    const npx = `npx() { npm_lifecycle_event=npx npm_lifecycle_script=wirelike sh -c '"$@"; exit $?' sh "$@"; }`;
    const script = `${npx}; eval "$(npx wirelike ${up.join(' ')} --env &)"; wirelike status >&2 && kill $WIRELIKE_PID && echo stopped`;
    expect(await wirelike.shell(script)).toMatchObject({ status: 0, stdout: 'stopped\n' });
    const failing = `${npx}; npx wirelike up --port nobody=1 --env | cat; exit \${PIPESTATUS[0]}`;
    expect(await wirelike.shell(failing)).toMatchObject({ status: 1, stdout: '' });
  });

  it.each(['bash', 'sh'])('goes on in the background of a script in %s: eval "$(wirelike up --env &)"', async (shell) => {
    await using wirelike = new Wirelike();
    const script = `eval "$(wirelike ${up.join(' ')} --env &)"; wirelike status --json; kill $WIRELIKE_PID; echo stopped`;
    const { stdout, status, milliseconds } = await wirelike.shell(script, shell);
    expect(status).toBe(0);
    expect(stdout).toContain('"worlds"');
    expect(stdout).toContain('stopped');
    expect(milliseconds).toBeLessThan(10_000);
    await expect.poll(() => readdirSync(wirelike.directory), { timeout: 3_000 }).toEqual([]);
  });

  it('logs its own doings when asked', async () => {
    await using wirelike = new Wirelike();
    const running = wirelike.start([...up, '-q', '--log-level', 'info']);
    await expect.poll(() => running.stderr(), { timeout: 10_000 }).toContain('"msg":"ready"');
    running.process.kill('SIGTERM');
    expect((await running.finished).stderr).toContain('"msg":"stopping"');
  });

  it('says what to do if its certificates find no room, and leaves nothing of them', async () => {
    await using wirelike = new Wirelike();
    const state = join(wirelike.directory, 'state');
    // No file may have any length, as on a disk that is full.
    const { status, stderr } = await wirelike.shell(`trap '' XFSZ; ulimit -f 0; WIRELIKE_STATE_DIR=${state} wirelike ${up.join(' ')}`);
    expect([status, stderr]).toEqual([
      1,
      `wirelike: can't use the folder ${state}: EFBIG: file too large, write; set WIRELIKE_STATE_DIR to a folder that you may write to\n`,
    ]);
    expect(readdirSync(state)).toEqual([]);
  });

  it('fails if it cannot say where it listens', async () => {
    await using wirelike = new Wirelike();
    const { status, stderr } = await wirelike.shell(`wirelike ${up.join(' ')} > /dev/full`);
    expect([status, stderr]).toEqual([1, "wirelike: can't write to standard output: ENOSPC: no space left on device, write\n"]);
    expect((await wirelike.shell(`wirelike --help | true`)).stderr).toBe('');
  });

  it('knows where a command is that is in a group', async () => {
    await using wirelike = new Wirelike();
    expect((await wirelike.run(['restore', 'before'])).stderr).toBe(
      "wirelike: unknown command 'restore'\n(Did you mean snapshot restore?)\n(--help says more)\n",
    );
    expect((await wirelike.run(['list'])).stderr).toContain('(Did you mean snapshot list or faults list or world list?)');
    expect((await wirelike.run(['statsu'])).stderr).toContain('(Did you mean status?)');
  });

  it('teaches', async () => {
    await using wirelike = new Wirelike();
    const { stdout } = await wirelike.run(['up', '--help']);
    expect(stdout).toContain('Examples:');
    expect(stdout).toContain('ldap, amqp, libvirt; none: all of them');
    expect((await wirelike.run([])).stdout).toContain('Start here:');
    const manifest: { version: string } = JSON.parse(readFileSync(new URL('../../packages/cli/package.json', import.meta.url), 'utf8'));
    expect((await wirelike.run(['--version'])).stdout).toBe(`${manifest.version}\n`);
  });
});
