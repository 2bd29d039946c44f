import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Wirelike } from './wirelike.ts';

describe('wirelike run', () => {
  it('gives the command an environment of its own and ends with its status', async () => {
    await using wirelike = new Wirelike();
    const { status, stdout } = await wirelike.run(['run', '--', 'sh', '-c', 'env; exit 7']);
    expect(status).toBe(7);
    expect(stdout).toMatch(/^WIRELIKE_URL=http:\/\/127\.0\.0\.1:\d+$/m);
    expect(stdout).toMatch(/^WIRELIKE_PID=\d+$/m);
    expect(readdirSync(wirelike.directory)).toEqual([]);
  });

  it('is up when the command starts, and gone afterwards', async () => {
    await using wirelike = new Wirelike();
    const script = "wirelike run -- sh -c 'wirelike status --json >&2; echo $WIRELIKE_SOCKET'";
    const { stdout, stderr, status } = await wirelike.shell(script);
    expect(status).toBe(0);
    expect(stderr).toContain('"name": "main"');
    expect(existsSync(stdout.trim())).toBe(false);
  });

  it('passes everything behind -- on as it is', async () => {
    await using wirelike = new Wirelike();
    const { stdout } = await wirelike.run(['run', 'amqp', '-q', '--', 'printf', '[%s]', '--help', '-q', 'a b', '--', '']);
    expect(stdout).toBe('[--help][-q][a b][--][]');
  });

  it.each([
    [['no-such-command-here'], 127, "can't run no-such-command-here: no such command"],
    [['/'], 126, "can't run /"],
    [['sh', '-c', 'kill -9 $$'], 137, ''],
    [['sh', '-c', 'kill -TERM $$'], 143, ''],
  ])('%j ends with the status a shell would give', async (words, expected, message) => {
    await using wirelike = new Wirelike();
    const { status, stderr } = await wirelike.run(['run', 'amqp', '--', ...words]);
    expect(status).toBe(expected);
    expect(stderr).toContain(message);
  });

  it('forwards signals and waits for the command', async () => {
    await using wirelike = new Wirelike();
    const running = wirelike.start([
      'run',
      'amqp',
      '--',
      'bash',
      '-c',
      'trap "echo got it; exit 5" TERM; echo ready; while :; do sleep 0.05; done',
    ]);
    await running.until('ready');
    running.process.kill('SIGTERM');
    expect(await running.finished).toMatchObject({ status: 5, stdout: 'ready\ngot it\n' });
    expect(readdirSync(wirelike.directory)).toEqual([]);
  });

  it('runs beside another', async () => {
    await using wirelike = new Wirelike();
    const both = await Promise.all([1, 2].map(() => wirelike.run(['run', 'amqp', '--', 'sh', '-c', 'echo $WIRELIKE_SOCKET; sleep 0.5'])));
    expect(both.map(({ status }) => status)).toEqual([0, 0]);
    expect(new Set(both.map(({ stdout }) => stdout)).size).toBe(2);
    expect(existsSync(join(wirelike.directory, 'control.sock'))).toBe(false);
  });

  it('cleans up after one that was killed', async () => {
    await using wirelike = new Wirelike();
    const running = wirelike.start(['run', 'ldap', '--', 'sh', '-c', 'echo ready; exec sleep 1']);
    await running.until('ready');
    running.process.kill('SIGKILL');
    await running.finished;
    expect(readdirSync(wirelike.directory)).toEqual([`run-${running.process.pid}`]);
    await wirelike.run(['run', 'ldap', '--', 'true']);
    expect(readdirSync(wirelike.directory)).toEqual([]);
  });

  it('runs nothing when the world does not come up', async () => {
    await using wirelike = new Wirelike();
    const { status, stdout, stderr } = await wirelike.run(['run', '--seed', 'no.yaml', '--', 'echo', 'ran']);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toBe("wirelike: can't read the seed no.yaml: there is no such file\n");
    expect(readdirSync(wirelike.directory)).toEqual([]);
  });
});
