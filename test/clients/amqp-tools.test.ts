import { spawn } from 'node:child_process';
import { once } from 'node:events';
import amqp from '@wirelike/amqp';
import { World } from '@wirelike/kernel';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { environmentWith, runClient } from '../peers/client.ts';
import { describeWithClient } from '../peers/describe.ts';
import { requireClient } from '../peers/peers.ts';

let world: World;
let environment: Record<string, string>;

beforeEach(async () => {
  world = await World.open({ name: 'clients', emulators: [amqp], ephemeral: true });
  environment = world.environment();
});

afterEach(() => world.close());

const url = (): string => environment.AMQP_URL ?? '';

describeWithClient(['amqp-publish', 'amqp-consume', 'amqp-get', 'amqp-declare-queue', 'amqp-delete-queue'], 'amqp-tools', () => {
  type Tool = 'amqp-publish' | 'amqp-consume' | 'amqp-get' | 'amqp-declare-queue' | 'amqp-delete-queue';
  const run = (tool: Tool, args: readonly string[], input = ''): ReturnType<typeof runClient> =>
    runClient(requireClient(tool).path, ['-u', url(), ...args], { input });

  test('declare, publish, get, delete', async () => {
    expect((await run('amqp-declare-queue', ['-q', 'greetings'])).stdout).toBe('greetings\n');
    expect((await run('amqp-publish', ['-r', 'greetings', '-b', 'hello', '-p', '-C', 'text/plain'])).status).toBe(0);
    expect((await run('amqp-get', ['-q', 'greetings'])).stdout).toBe('hello');
    expect((await run('amqp-get', ['-q', 'greetings'])).status).toBe(2);
    expect((await run('amqp-delete-queue', ['-q', 'greetings'])).stdout).toBe('0\n');
  });

  test('the examples that wirelike prints, one after the other', async () => {
    const outputs: string[] = [];
    for (const example of amqp.examples(world.addresses, world.settings('amqp'))) {
      const { stdout, stderr } = await runClient('sh', ['-c', example]);
      outputs.push(stdout + stderr);
    }
    expect(outputs).toEqual(['greetings\n', '', 'hello']);
  });

  test('amqp-consume gets what amqp-publish sends, line by line', async () => {
    await run('amqp-declare-queue', ['-q', 'lines']);
    const consumer = spawn(requireClient('amqp-consume').path, ['-u', url(), '-q', 'lines', '-c', '3', 'cat'], {
      env: environmentWith({}),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const chunks: Buffer[] = [];
    consumer.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    const ended = once(consumer, 'exit');
    await run('amqp-publish', ['-r', 'lines', '-l'], 'one\ntwo\nthree\n');
    expect((await ended)[0]).toBe(0);
    expect(Buffer.concat(chunks).toString()).toBe('one\ntwo\nthree\n');
  });

  test('over TLS', async () => {
    const secure = (environment.AMQPS_URL ?? '').replace('127.0.0.1', 'localhost');
    const args = ['-u', secure, '--cacert', environment.WIRELIKE_CA_FILE ?? ''];
    const declared = await runClient(requireClient('amqp-declare-queue').path, [...args, '-q', 'secure']);
    expect([declared.stderr, declared.stdout]).toEqual(['', 'secure\n']);
    await runClient(requireClient('amqp-publish').path, [...args, '-r', 'secure', '-b', 'secret']);
    expect((await run('amqp-get', ['-q', 'secure'])).stdout).toBe('secret');
  });

  test('an error has its text', async () => {
    const { status, stderr } = await run('amqp-consume', ['-q', 'nope', 'cat']);
    expect(status).not.toBe(0);
    expect(stderr).toContain("NOT_FOUND - no queue 'nope' in vhost '/'");
  });
});
