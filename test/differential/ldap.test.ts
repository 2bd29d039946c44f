import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { World } from '@wirelike/kernel';
import ldap from '@wirelike/ldap';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithClient, describeWithPeer } from '../peers/describe.ts';
import { runPythonJson } from '../peers/python.ts';
import { type Slapd, startSlapd } from '../peers/slapd.ts';
import { isAnswered, LAST_WORDS, MESSAGES } from './ldap/messages.ts';

/** Debian's default rules, and slapd's default limit. */
const DATABASE = [
  'sizelimit 500',
  'access to attrs=userPassword by self write by anonymous auth by * none',
  'access to * by * read',
  'index uid,cn eq',
];

const steps = readFileSync(new URL('./ldap/steps.py', import.meta.url), 'utf8');

describeWithPeer('slapd', 'LDAP as slapd answers', () => {
  let slapd: Slapd;
  let world: World;

  beforeAll(async () => {
    slapd = await startSlapd({ ldif: '', database: DATABASE });
    const nothing = { kind: 'file', path: 'nothing.ldif', text: '' } as const;
    world = await World.open({ name: 'differential', emulators: [ldap], ephemeral: true, without: ['ldaps'], seeds: { ldap: [nothing] } });
  });

  afterAll(async () => {
    await world?.close();
    await slapd?.stop();
  });

  describeWithClient('python3-ldap', 'python-ldap', () => {
    test('sees the same codes, messages, matched names and entries', async () => {
      const theirs = await runPythonJson(steps, { args: [slapd.url], timeout_milliseconds: 60_000 });
      const ours = await runPythonJson(steps, { args: [world.environment().LDAP_URL ?? ''], timeout_milliseconds: 60_000 });
      expect(Array.isArray(theirs) && theirs.length).toBeGreaterThan(300);
      expect(ours).toEqual(theirs);
    }, 60_000);
  });

  test.each(MESSAGES)('the same bytes in answer to %s', async (_, request) => {
    const ours = await answerOf(world.addresses.get('ldap')?.port ?? 0, request);
    expect(ours).toBe(await answerOf(slapd.port, request));
  });

  test.each(LAST_WORDS)('the same last words after %s', async (_, request) => {
    const ours = await answerOf(world.addresses.get('ldap')?.port ?? 0, request);
    expect(ours).toBe(await answerOf(slapd.port, request));
  });
});

/** The bytes up to the final answer, or to the server's end, in hexadecimal. */
function answerOf(port: number, request: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    let received = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (isAnswered(received)) socket.end();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(received.toString('hex')));
  });
}
