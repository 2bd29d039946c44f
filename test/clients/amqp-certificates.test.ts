import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import amqp from '@wirelike/amqp';
import { World } from '@wirelike/kernel';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findClient } from '../peers/peers.ts';
import { runPythonJson } from '../peers/python.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wirelike-certificates-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

const subject = '/O=Example/CN=ann';
const user = 'CN=ann,O=Example';

/** The files of a certificate and its key. */
type Pair = readonly [certificate: string, key: string];

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: 'ignore' });
}

/** Of the world's authority. */
function issued(world: World): Pair {
  const { WIRELIKE_CA_FILE: ca = '' } = world.environment();
  const [certificate, key, request] = [join(directory, 'own.pem'), join(directory, 'own-key.pem'), join(directory, 'request.pem')];
  openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-subj', subject, '-out', request);
  const issuer = ['-CA', ca, '-CAkey', join(dirname(ca), 'ca-key.pem'), '-set_serial', '7', '-days', '1'];
  openssl('x509', '-req', '-in', request, ...issuer, '-out', certificate);
  return [certificate, key];
}

/** With the same name, of nobody's authority. */
function selfSigned(): Pair {
  const [certificate, key] = [join(directory, 'foreign.pem'), join(directory, 'foreign-key.pem')];
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-keyout', key, '-subj', subject, '-out', certificate);
  return [certificate, key];
}

/** 'in', or what pika says. */
function login(world: World, credentials: 'plain' | 'external', [certificate, key]: Pair): Promise<unknown> {
  const script = `
    import json, os, pika, ssl, sys
    context = ssl.create_default_context(cafile=os.environ['WIRELIKE_CA_FILE'])
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    parameters = pika.URLParameters(os.environ['AMQPS_URL'])
    parameters.ssl_options = pika.SSLOptions(context, '127.0.0.1')
    if sys.argv[3] == 'external': parameters.credentials = pika.credentials.ExternalCredentials()
    try:
        connection = pika.BlockingConnection(parameters)
        print(json.dumps('in'))
        connection.close()
    except pika.exceptions.AMQPConnectionError as error:
        print(json.dumps(str(error)))
  `;
  return runPythonJson(script, { env: world.environment(), args: [certificate, key, credentials] });
}

function permit(world: World): void {
  const permission = { user, vhost: '/', configure: '.*', write: '.*', read: '.*' };
  const importing = world.instance('amqp').control.find(({ name }) => name === 'definitions.import');
  importing?.run({ users: [{ name: user, password_hash: '', tags: [] }], permissions: [permission] });
}

async function inWorld(settings: Readonly<Record<string, string>>, use: (world: World) => Promise<void>): Promise<void> {
  const world = await World.open({ name: 'certificates', emulators: [amqp], ephemeral: true, settings: { amqp: settings } });
  try {
    await use(world);
  } finally {
    await world.close();
  }
}

describe.skipIf(findClient('python3-pika') === undefined || spawnSync('openssl', ['version']).status !== 0)(
  'pika with a certificate',
  () => {
    test('EXTERNAL: the client’s certificate is the user', () =>
      inWorld({}, async (world) => {
        const own = issued(world);
        // Not offered yet.
        expect(await login(world, 'external', own)).toBe('EXTERNAL');
        permit(world);
        expect(await login(world, 'external', own)).toBe('in');
      }));

    test('verify_none: one of another authority is as good as none', () =>
      inWorld({}, async (world) => {
        permit(world);
        const foreign = selfSigned();
        expect(await login(world, 'plain', foreign)).toBe('in');
        expect(await login(world, 'external', foreign)).toBe('EXTERNAL');
      }));

    test('verify_peer: one of another authority keeps its client out, whoever it is', () =>
      inWorld({ ssl_verify: 'verify_peer' }, async (world) => {
        permit(world);
        expect(await login(world, 'external', issued(world))).toBe('in');
        expect(await login(world, 'plain', issued(world))).toBe('in');
        expect(await login(world, 'plain', selfSigned())).not.toBe('in');
      }));
  },
);
