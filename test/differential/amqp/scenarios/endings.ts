import { type Actor, type ConnectionScript, capabilities, plainResponse } from '../actor.ts';
import { ByteSink } from '../codec/bytes.ts';
import { type Arguments, frame, frame_types, methodPayload } from '../codec/frames.ts';
import { type Area, type Scenario, scenario } from '../scenario.ts';
import { protocol_header } from '../wire-client.ts';

// RabbitMQ keeps who breaks its handshake waiting for 3 s, in silence.
const patience_milliseconds = 6_000;

const startOk = { clientProperties: { capabilities }, mechanism: 'PLAIN', response: plainResponse('guest', 'guest'), locale: 'en_US' };

/** How far a client has come when it does what ends its connection. */
const STATES = ['greeted', 'logged in', 'tuned', 'open', 'with a channel', 'publishing', 'told to close'] as const;
type State = (typeof STATES)[number];

async function reach(a: Actor, state: State): Promise<ConnectionScript> {
  const place = STATES.indexOf(state);
  if (place >= STATES.indexOf('open')) {
    const c = await a.connect();
    if (state !== 'open') await c.channel(1);
    if (state === 'publishing') c.at(1).send('basic.publish', { routingKey: 'nowhere' });
    if (state === 'told to close') {
      c.wire.answers_close = false;
      c.at(1).send('basic.qos', { prefetchSize: 1 });
      await c.take();
    }
    return c;
  }
  const c = await a.wire();
  const next = (): Promise<unknown> => c.wire.inbox(0).find(() => true, patience_milliseconds);
  c.wire.raw(protocol_header);
  await next();
  if (place >= STATES.indexOf('logged in')) {
    c.wire.method(0, 'connection.start-ok', startOk);
    await next();
  }
  if (state === 'tuned') c.wire.method(0, 'connection.tune-ok', { channelMax: 2047, frameMax: 131_072, heartbeat: 0 });
  return c;
}

/** Records all that comes, how the connection ends, and when. Which of its last bytes and the reset a client sees first is a race. */
async function watchEnd(a: Actor, c: ConnectionScript, tells = true): Promise<void> {
  const before = performance.now();
  await c.takeToEnd(patience_milliseconds);
  const passed_seconds = (performance.now() - before) / 1_000;
  if (!c.wire.isClosed) {
    a.note('not ended');
    return;
  }
  if (passed_seconds < 1.5) a.note('at once');
  else a.note(passed_seconds < 4.5 ? 'after 3 s' : 'late');
  if (tells) a.note(c.wire.was_reset ? 'by a reset' : 'in order');
}

function ending(state: State, what: string, bytes: Uint8Array): Scenario {
  return scenario(`${state}: ${what}`, async (a) => {
    const c = await reach(a, state);
    c.raw(what, bytes);
    await watchEnd(a, c);
  });
}

function refused(what: string, changes: Arguments): Scenario {
  return scenario(`greeted: ${what}`, async (a) => {
    const c = await reach(a, 'greeted');
    c.send('connection.start-ok', { ...startOk, ...changes });
    await watchEnd(a, c);
  });
}

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

function method(channel: number, classId: number, methodId: number, args = ''): Uint8Array {
  const sink = new ByteSink();
  sink.uint(classId, 2);
  sink.uint(methodId, 2);
  sink.raw(bytes(args));
  return frame(frame_types.method, channel, sink.bytes());
}

const emptyHeader = frame(frame_types.header, 1, bytes(`\0\x3c${'\0'.repeat(12)}`));

/** What a client sends, and whether it is worth a look before it is logged in, too. */
const DEEDS: Readonly<Record<string, Uint8Array>> = {
  'an unknown method on channel 0': method(0, 99, 10),
  'an unknown method on channel 1': method(1, 50, 99),
  'a method on channel 0 that does not end': method(0, 50, 10, '\0\0\x05ab'),
  'a frame of an unknown type': frame(5, 0, bytes('abc')),
  'a method that is not due': frame(frame_types.method, 0, methodPayload('connection.open-ok')),
  'a frame that does not end in CE': frame(frame_types.method, 0, methodPayload('connection.close-ok'), 0),
  'a frame that is too long': bytes('\x03\0\x01\0\x03\0\0'),
};

/** Methods of the server's that a client sends. */
const FOREIGN: Readonly<Record<string, Uint8Array>> = {
  'basic.deliver': Buffer.concat([method(1, 60, 60, `\x01c${'\0'.repeat(11)}`), emptyHeader]),
  'basic.return': Buffer.concat([method(1, 60, 50, '\0\0\0\0\0'), emptyHeader]),
  'basic.cancel-ok for nobody': frame(frame_types.method, 1, methodPayload('basic.cancel-ok', { consumerTag: 'nobody' })),
};

/** Of who logs in, and of the password: RabbitMQ asks for the user unless that is a number, and does not mind all other types. */
const RESPONSES: Readonly<Record<string, string>> = {
  'a password that is a number': '\x05LOGINS\0\0\0\x05guest\x08PASSWORDI\0\0\0\x01',
  'a password that is true': '\x05LOGINS\0\0\0\x05guest\x08PASSWORDt\x01',
  'octets for texts': '\x05LOGINx\0\0\0\x05guest\x08PASSWORDx\0\0\0\x05wrong',
  'a user that is a number': '\x05LOGINI\0\0\0\x01\x08PASSWORDS\0\0\0\x05guest',
  'a user that is a number, and octets': '\x05LOGINI\0\0\0\x01\x08PASSWORDx\0\0\0\x05guest',
  'a user that is a table': '\x05LOGINF\0\0\0\0\x08PASSWORDS\0\0\0\x05guest',
  'a user that is a table, and octets': '\x05LOGINF\0\0\0\0\x08PASSWORDx\0\0\0\x05guest',
};

/** How connections end: with what words, when, and whether in order or with a TCP reset (RabbitMQ's sockets linger for no time). */
export const endings: Area = {
  name: 'endings',
  scenarios: [
    ...STATES.flatMap((state) => Object.entries(DEEDS).map(([what, sent]) => ending(state, what, sent))),
    ...Object.entries(FOREIGN).map(([what, sent]) => ending('with a channel', what, sent)),
    ending('open', 'basic.return on a channel that is not open', FOREIGN['basic.return'] ?? bytes('')),
    refused('a wrong password', { response: plainResponse('guest', 'wrong') }),
    refused('a wrong password, from an old client', { response: plainResponse('guest', 'wrong'), clientProperties: {} }),
    refused('an unknown mechanism', { mechanism: 'NTLM' }),
    refused('a response that is none', { response: 'guest' }),
    ...Object.entries(RESPONSES).map(([what, response]) =>
      refused(`AMQPLAIN with ${what}`, { mechanism: 'AMQPLAIN', response: bytes(response) }),
    ),
    ending(
      'greeted',
      'client properties that are no table',
      method(0, 10, 11, '\0\0\0\x04\x01fZx\x05PLAIN\0\0\0\x0c\0guest\0guest\x05en_US'),
    ),
    ending('open', 'a table on channel 0 that is none', method(0, 50, 10, '\0\0\0\0\0\0\0\x04\x01fZx')),
    scenario('greeted: a wrong password, and no answer to the close', async (a) => {
      const c = await reach(a, 'greeted');
      c.wire.answers_close = false;
      c.send('connection.start-ok', { ...startOk, response: plainResponse('guest', 'wrong') });
      await watchEnd(a, c);
    }),
    scenario('nothing said: another protocol', async (a) => {
      const c = await a.wire();
      c.raw('HTTP', bytes('GET / HTTP/1.1\r\n\r\n'));
      await watchEnd(a, c, false);
    }),
    scenario('tuned: a vhost that does not exist', async (a) => {
      const c = await reach(a, 'tuned');
      c.send('connection.open', { virtualHost: 'nope' });
      await watchEnd(a, c);
    }),
    scenario('logged in: too few channels', async (a) => {
      const c = await reach(a, 'logged in');
      c.send('connection.tune-ok', { channelMax: 60_000, frameMax: 131_072, heartbeat: 0 });
      await watchEnd(a, c);
    }),
    scenario('open: connection.close and then connection.close-ok', async (a) => {
      const c = await reach(a, 'open');
      await c.call('connection.close', { replyCode: 200, replyText: 'bye' });
      c.send('connection.close-ok');
      await watchEnd(a, c);
    }),
    scenario('with a channel: a client is heard until the end of its connection, not behind it', async (a) => {
      const c = await reach(a, 'with a channel');
      c.raw(
        'an unknown method, and connection.close',
        Buffer.concat([method(1, 50, 99), frame(frame_types.method, 0, methodPayload('connection.close'))]),
      );
      await watchEnd(a, c);
    }),
  ],
};
