import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type SecureVersion } from 'node:tls';
import { type Certificates, loadCertificates, World } from '@wirelike/kernel';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import amqp from '../index.ts';
import { PROTOCOL_HEADER } from '../wire/protocol-header.ts';

const home = mkdtempSync(join(tmpdir(), 'wl-'));
let world: World;
let strict: World;
let stricter: World;
let own: Certificates;
let foreign: Certificates;

beforeAll(async () => {
  // Server certificates are good for clients too.
  own = await loadCertificates(join(home, 'own'));
  foreign = await loadCertificates(join(home, 'foreign'));
  const open = (name: string, settings: Readonly<Record<string, string>>): Promise<World> =>
    World.open({ name, emulators: [amqp], ephemeral: true, state_directory: join(home, 'own'), settings: { amqp: settings } });
  world = await open('tls', {});
  strict = await open('strict', { ssl_verify: 'verify_peer' });
  stricter = await open('stricter', { ssl_verify: 'verify_peer', ssl_fail_if_no_peer_cert: 'true' });
});

afterAll(async () => {
  for (const each of [world, strict, stricter]) await each.close(0);
  rmSync(home, { recursive: true });
});

/** The mechanisms offered to a client that shows this certificate, or none; what it is told of the end if the connection ends. */
function answered(version: SecureVersion, shown?: Certificates, by = world): Promise<string> {
  const { port = 0 } = by.addresses.get('amqps') ?? {};
  const client = shown === undefined ? {} : { cert: shown.certificate, key: shown.key };
  const socket = connect({ port, host: '127.0.0.1', ca: own.ca, minVersion: version, maxVersion: version, ...client });
  let end = 'nothing';
  socket.on('error', ({ message }) => {
    end = /alert[a-z ]*/.exec(message)?.[0] ?? end;
  });
  socket.once('secureConnect', () => socket.write(PROTOCOL_HEADER));
  return new Promise((resolve) => {
    socket.once('data', (bytes) => {
      resolve(/PLAIN [A-Z ]+/.exec(bytes.toString('latin1'))?.[0] ?? 'something else');
      socket.destroy();
    });
    socket.once('close', () => resolve(end));
  });
}

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('%s', (version) => {
  const everybody = (by: World): Promise<string[]> =>
    Promise.all([answered(version, undefined, by), answered(version, own, by), answered(version, foreign, by)]);
  const welcome = 'PLAIN AMQPLAIN ANONYMOUS';

  test('verify_none: whoever it is, and whatever certificate is shown', async () => {
    expect(await everybody(world)).toEqual([welcome, welcome, welcome]);
    expect(world.failures).toEqual([]);
  });

  test('verify_peer: who shows a certificate of another authority is not let in, who shows none is', async () => {
    expect(await everybody(strict)).toEqual([welcome, welcome, 'nothing']);
    expect(strict.failures).toEqual([]);
  });

  // Erlang's alerts, too (handshake_failure before TLS 1.3). Its unknown_ca for the last one is nothing that Node can send.
  test('fail_if_no_peer_cert: who shows none is told so', async () => {
    const told = version === 'TLSv1.2' ? 'alert handshake failure' : 'alert certificate required';
    expect(await everybody(stricter)).toEqual([told, welcome, 'nothing']);
    expect(stricter.failures).toEqual([]);
  });
});

test.each([
  [{ ssl_verify: 'peer' }, 'amqp.ssl_verify: expected verify_none or verify_peer, found "peer"'],
  [{ ssl_verify: 'verify_peer', ssl_fail_if_no_peer_cert: '1' }, 'amqp.ssl_fail_if_no_peer_cert: expected true or false, found "1"'],
  [{ ssl_fail_if_no_peer_cert: 'true' }, 'amqp.ssl_fail_if_no_peer_cert: true needs amqp.ssl_verify=verify_peer'],
])('%j is refused', async (settings, problem) => {
  const opening = World.open({ name: 'wrong', emulators: [amqp], ephemeral: true, settings: { amqp: settings } });
  await expect(opening).rejects.toThrow(problem);
});

test('EXTERNAL is offered to whoever shows the certificate of a user', async () => {
  const user = new X509Certificate(own.certificate).subject.split('\n').reverse().join(',');
  const importing = world.instance('amqp').control.find(({ name }) => name === 'definitions.import');
  importing?.run({ users: [{ name: user, password_hash: '', tags: [] }] });
  // Another authority may issue a certificate in anybody's name.
  expect([await answered('TLSv1.3'), await answered('TLSv1.3', foreign), await answered('TLSv1.3', own)]).toEqual([
    'PLAIN AMQPLAIN ANONYMOUS',
    'PLAIN AMQPLAIN ANONYMOUS',
    'PLAIN AMQPLAIN ANONYMOUS EXTERNAL',
  ]);
});

test('the journal says why a TLS handshake came to nothing', async () => {
  world.journal.enable();
  const { port = 0 } = world.addresses.get('amqps') ?? {};
  const socket = connectPlain(port, '127.0.0.1').resume();
  socket.write(PROTOCOL_HEADER);
  await once(socket, 'close');
  const failed = [...world.journal.events()].filter(({ operation }) => operation === 'connection.tls-failed');
  expect(failed.map(({ attributes }) => attributes.reason)).toEqual(['wrong version number']);
});
