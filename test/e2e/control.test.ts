import { join } from 'node:path';
import { connectControl, connectHttp, type Operations } from '@wirelike/client';
import { type Status, statusOf } from '@wirelike/hub';
import { describe, expect, it } from 'vitest';
import { freePorts, Wirelike } from './wirelike.ts';

const ports = await freePorts();

// The client's idea of a status is the hub's: this does not compile otherwise.
const sameStatus: (status: Status) => Operations['status']['result'] = (status) => status;

/** Runs a command and returns what it printed, or how it failed. */
function speaker(wirelike: Wirelike): (...words: string[]) => Promise<string> {
  return async (...words) => {
    const { status, stdout, stderr } = await wirelike.run(words);
    return status === 0 ? stdout : `${status} ${stderr}`;
  };
}

async function started(wirelike: Wirelike): Promise<Record<string, string>> {
  const ready: { environment: Record<string, string> } = JSON.parse(await wirelike.start(['up', ...ports, '--json']).until('\n'));
  return ready.environment;
}

describe('commands for a running wirelike', () => {
  it('say that none is running', async () => {
    await using wirelike = new Wirelike();
    const { status, stderr } = await wirelike.run(['status']);
    expect(status).toBe(1);
    expect(stderr).toBe(
      `wirelike: no wirelike is running (nobody answers on ${join(wirelike.directory, 'control.sock')}); start one with \`wirelike up\`\n`,
    );
  });

  it('control time and state', async () => {
    await using wirelike = new Wirelike();
    await started(wirelike);
    const said = speaker(wirelike);
    expect(await said('status')).toMatch(/^wirelike .*\ncontrol: http.*\n\nworld main: 0 connections; clock at /);
    expect(await said('env')).toMatch(/^export WIRELIKE_SOCKET=/m);
    expect(await said('clock', 'set', '2030-01-01T00:00:00Z')).toMatch(/^2030-01-01T00:00:0/);
    expect(await said('clock', 'freeze')).toContain('(frozen)');
    expect(await said('clock', 'advance', '1d')).toMatch(/^2030-01-02T00:00:0/);
    expect(await said('clock', 'resume')).not.toContain('(frozen)');
    expect(await said('snapshot', 'take', 'before')).toBe('');
    expect(await said('snapshot', 'list')).toMatch(/^2030-01-02T.* before\n$/);
    expect(await said('snapshot', 'restore', 'befor')).toBe('1 wirelike: unknown snapshot "befor": did you mean "before"? (before)\n');
    expect(await said('reset')).toBe('');
  });

  it('arm and disarm faults', async () => {
    await using wirelike = new Wirelike();
    await started(wirelike);
    const said = speaker(wirelike);
    expect(await said('faults', 'add', 'amqp', 'basic.publish', '--where', 'exchange=x', '--first', '2', '--delay', '10ms')).toBe(
      'rule 1\n',
    );
    expect(await said('faults', 'list')).toContain(
      'amqp basic.publish exchange="x" first=2 then delay milliseconds=10  (matched 0, fired 0)',
    );
    expect(await said('faults', 'add', 'amqp', 'basic.publihs', '--close')).toContain('did you mean "basic.publish"?');
    expect(await said('faults', 'add', 'amqp', 'basic.publish')).toContain('expected one of --delay');
    expect(await said('faults', 'remove', '1')).toBe('');
  });

  it('create and delete worlds', async () => {
    await using wirelike = new Wirelike();
    const environment = await started(wirelike);
    const said = speaker(wirelike);
    expect(await said('world', 'create', 'second', 'amqp')).toMatch(/amqp:\/\//);
    expect(await said('world', 'list')).toMatch(/^main\n(.*\n)*second\n/);
    expect(await said('status', '--json').then(JSON.parse)).toMatchObject({ worlds: [{ name: 'main' }, { name: 'second' }] });
    const control = new URL(environment.WIRELIKE_URL ?? '').port;
    expect(await said('world', 'create', 'third', 'amqp', '--port', `amqp=${control}`)).toBe(
      `1 wirelike: AMQP: port ${control} is that of HTTP (control) already; choose another port with --port amqp=PORT (0 for any free one)\n`,
    );
    expect(await said('world', 'create', 'third', 'amqp', '--port', 'control=0')).toBe(
      '1 wirelike: unknown listener "control" (amqp, amqps, management)\n',
    );
    expect(await said('world', 'delete', 'second')).toBe('');
    expect(await said('do', 'clock.read')).toContain('"iso": "20');
    expect(await said('do')).toContain('snapshot.take');
    expect(await said('trace')).toBe('');
  });

  it('answer typed clients over both doors', async () => {
    await using wirelike = new Wirelike();
    const { WIRELIKE_SOCKET = '', WIRELIKE_URL = '' } = await started(wirelike);
    expect(typeof sameStatus).toBe(typeof statusOf);
    for (const client of [await connectControl(WIRELIKE_SOCKET), connectHttp(WIRELIKE_URL)]) {
      expect((await client.call('status', {})).worlds.map(({ name }) => name)).toEqual(['main']);
      expect((await client.call('clock.freeze', {})).frozen).toBe(true);
      await expect(client.call('snapshot.restore', { name: 'x' })).rejects.toThrow('unknown snapshot "x": there is none');
      await expect(client.callAny('nonsense')).rejects.toThrow('unknown operation "nonsense"');
      const events: string[] = [];
      const following = await client.follow({}, (event) => events.push(event.operation));
      await client.call('reset', {});
      await expect.poll(() => events).toContain('world.reset');
      following.stop();
      await following.ended;
      await client.close();
    }
    await expect(connectHttp('http://127.0.0.1:1').call('status', {})).rejects.toThrow('no wirelike answers on');
  });

  it('tell a follower that it is over', async () => {
    await using wirelike = new Wirelike();
    const { WIRELIKE_PID = '' } = await started(wirelike);
    const trace = wirelike.start(['trace', '-f']);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await wirelike.run(['reset']);
    await trace.until('world.reset');
    process.kill(Number(WIRELIKE_PID), 'SIGTERM');
    expect((await trace.finished).status).toBe(0);
  });
});
