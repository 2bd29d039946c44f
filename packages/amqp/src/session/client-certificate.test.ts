import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type SecureVersion } from 'node:tls';
import { type Certificates, loadCertificates, World } from '@wirelike/kernel';
import { afterAll, beforeAll, expect, test } from 'vitest';
import amqp from '../index.ts';
import { PROTOCOL_HEADER } from '../wire/protocol-header.ts';

const home = mkdtempSync(join(tmpdir(), 'wl-'));
let world: World;
let own: Certificates;
let foreign: Certificates;

beforeAll(async () => {
  // Server certificates are good for clients too.
  own = await loadCertificates(join(home, 'own'));
  foreign = await loadCertificates(join(home, 'foreign'));
  world = await World.open({ name: 'tls', emulators: [amqp], ephemeral: true, state_directory: join(home, 'own') });
});

afterAll(async () => {
  await world.close(0);
  rmSync(home, { recursive: true });
});

/** The mechanisms offered to a client that shows this certificate, or none; nothing if the connection ends. */
function answered(version: SecureVersion, shown?: Certificates): Promise<string> {
  const { port = 0 } = world.addresses.get('amqps') ?? {};
  const client = shown === undefined ? {} : { cert: shown.certificate, key: shown.key };
  const socket = connect({ port, host: '127.0.0.1', ca: own.ca, minVersion: version, maxVersion: version, ...client });
  socket.on('error', () => undefined);
  socket.once('secureConnect', () => socket.write(PROTOCOL_HEADER));
  return new Promise((resolve) => {
    socket.once('data', (bytes) => {
      resolve(/PLAIN [A-Z ]+/.exec(bytes.toString('latin1'))?.[0] ?? 'something else');
      socket.destroy();
    });
    socket.once('close', () => resolve('nothing'));
  });
}

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  '%s: who shows a certificate of another authority is not let in, who shows none is',
  async (version) => {
    expect([await answered(version), await answered(version, own), await answered(version, foreign)]).toEqual([
      'PLAIN AMQPLAIN ANONYMOUS',
      'PLAIN AMQPLAIN ANONYMOUS',
      'nothing',
    ]);
    expect(world.failures).toEqual([]);
  },
);

test('EXTERNAL is offered to whoever shows the certificate of a user', async () => {
  const user = new X509Certificate(own.certificate).subject.split('\n').reverse().join(',');
  const importing = world.instance('amqp').control.find(({ name }) => name === 'definitions.import');
  importing?.run({ users: [{ name: user, password_hash: '', tags: [] }] });
  expect([await answered('TLSv1.3'), await answered('TLSv1.3', own)]).toEqual([
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
