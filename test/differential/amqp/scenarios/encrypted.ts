import type { Actor, ConnectionScript } from '../actor.ts';
import { capabilities, plainResponse } from '../actor.ts';
import type { Arguments } from '../codec/frames.ts';
import type { ClientCertificate } from '../encryption.ts';
import { type Area, type Scenario, scenario } from '../scenario.ts';
import { protocol_header } from '../wire-client.ts';

// RabbitMQ waits 1 s before it refuses a login and up to 3 s before it ends a broken handshake.
const slow_milliseconds = 6_000;

const client: ClientCertificate = { subject: '/O=wirelike test/CN=client', alternativeNames: ['first.example', 'second.example'] };

/** Each of these names a user in definitions.json as RabbitMQ writes it. */
const subjects: Readonly<Record<string, string>> = {
  plain: '/O=wirelike test/CN=client',
  'of many attributes':
    '/C=DE/ST=S/L=Town/DC=example/UID=u1/GN=Given/SN=Sur/serialNumber=5/title=Dr/initials=I/emailAddress=a@b.c/O=Org/OU=Unit/CN=all',
  'with characters that need escaping': '/O=a\\, b\\; c/CN=J\u00f6r "q" ~ <x> \\+ \\\\ y = #',
  'with a number sign first': '/CN=#five',
  'with spaces around': '/CN= five ',
  'with two attributes in one': '/CN=z/O=x+OU=y',
  'with an attribute that has no name': '/businessCategory=Shop/CN=b',
  'with two common names': '/CN=one/CN=two',
};

async function begin(a: Actor, certificate: ClientCertificate | undefined, startOk: Arguments): Promise<ConnectionScript> {
  const c = await a.secureWire('', certificate);
  c.wire.raw(protocol_header);
  await c.wire.inbox(0).find(() => true, slow_milliseconds);
  c.send('connection.start-ok', { clientProperties: { capabilities }, locale: 'en_US', ...startOk });
  const [tune] = await c.take(1, slow_milliseconds);
  if (tune?.name !== 'connection.tune') {
    await c.takeToEnd(slow_milliseconds);
    return c;
  }
  c.send('connection.tune-ok', { channelMax: 2047, frameMax: 131_072, heartbeat: 0 });
  c.send('connection.open', { virtualHost: '/' });
  await c.take(1, slow_milliseconds);
  return c;
}

const external = { mechanism: 'EXTERNAL', response: '' };
const plain = { mechanism: 'PLAIN', response: plainResponse('guest', 'guest') };

/** What a client that has no TLS gets to see of the port for TLS: an alert at most. */
function naked(name: string, bytes: Uint8Array): Scenario {
  return scenario(`without TLS: ${name}`, async (a) => {
    const c = await a.nakedWire();
    c.raw(name, bytes);
    await c.takeToEnd(slow_milliseconds);
  });
}

export const encrypted: Area = {
  name: 'encrypted',
  operates: true,
  encrypts: true,
  scenarios: [
    scenario('what is on offer', async (a) => {
      // wirelike offers EXTERNAL to those alone whose certificate is a user's.
      const c = await a.secureWire('', client);
      c.wire.raw(protocol_header);
      const event = await c.wire.inbox(0).find(() => true, slow_milliseconds);
      for (const [name, value] of event?.args ?? []) {
        if (name === 'mechanisms') a.note(`mechanisms ${Buffer.from(String(value)).toString().split(' ').sort().join(' ')}`);
      }
    }),
    scenario('PLAIN without a certificate', async (a) => {
      const c = await begin(a, undefined, plain);
      const ch = await c.channel();
      await ch.queue(a.name('q'), { exclusive: true });
      ch.publish({ key: a.name('q'), body: new Uint8Array(300_000).fill(120) });
      await ch.get(a.name('q'));
      await c.call('connection.close', { replyCode: 200, replyText: 'bye' });
      await c.takeToEnd();
    }),
    scenario('PLAIN with a certificate', async (a) => {
      await begin(a, client, plain);
    }),
    scenario('PLAIN with a wrong password', async (a) => {
      await begin(a, client, { mechanism: 'PLAIN', response: plainResponse('guest', 'wrong') });
    }),
    scenario('a certificate of nobody’s authority', async (a) => {
      const c = await a.secureWire('', { ...client, selfSigned: true });
      c.wire.raw(protocol_header);
      await c.takeToEnd(slow_milliseconds);
    }),
    scenario('EXTERNAL without a certificate', async (a) => {
      await begin(a, undefined, external);
    }),
    scenario('EXTERNAL for a user who does not exist', async (a) => {
      await begin(a, { subject: '/O=wirelike test/CN=stranger' }, external);
    }),
    ...Object.entries(subjects).map(([what, subject]) =>
      scenario(`EXTERNAL, a name ${what}`, async (a) => {
        const c = await begin(a, { subject }, external);
        const ch = await c.channel();
        await ch.queue(a.name('q'), { exclusive: true });
      }),
    ),
    scenario('EXTERNAL with a response', async (a) => {
      await begin(a, client, { mechanism: 'EXTERNAL', response: 'somebody else' });
    }),
    scenario('EXTERNAL in lower case', async (a) => {
      await begin(a, client, { mechanism: 'external', response: '' });
    }),
    scenario('the user is the common name', async (a) => {
      await a.operator.setCertificateLogin('common_name');
      await begin(a, client, external);
      await begin(a, { subject: '/CN=one/CN=two' }, external);
      await begin(a, { subject: '/O=nameless' }, external);
      await a.operator.setCertificateLogin('distinguished_name');
    }),
    scenario('the user is the alternative name', async (a) => {
      await a.operator.setCertificateLogin('subject_alternative_name');
      await begin(a, client, external);
      await begin(a, { subject: '/CN=client' }, external);
      await a.operator.setCertificateLogin('distinguished_name');
    }),
    scenario('a bad header, encrypted', async (a) => {
      const c = await a.secureWire('');
      c.raw('HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n'));
      await c.takeToEnd(slow_milliseconds);
    }),
    scenario('nothing after the encryption', async (a) => {
      const c = await a.secureWire('');
      const before = performance.now();
      await c.takeToEnd(14_000);
      a.note(`after about ${Math.round((performance.now() - before) / 2_000) * 2} s`);
    }),
    scenario('without TLS: silence', async (a) => {
      const c = await a.nakedWire();
      const before = performance.now();
      await c.takeToEnd(14_000);
      a.note(`after about ${Math.round((performance.now() - before) / 2_500) * 2.5} s`);
    }),
    naked('the protocol header', protocol_header),
    naked('HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')),
    naked('zeros', Buffer.alloc(1_000)),
    naked('a handshake record that makes no sense', Buffer.from([0x16, 3, 1, 0, 5, 1, 0, 0, 1, 9])),
    naked('data before a handshake', Buffer.from([0x17, 3, 3, 0, 4, 1, 2, 3, 4])),
  ],
};
