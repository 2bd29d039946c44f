import { type Actor, type ConnectionScript, capabilities, plainResponse } from '../actor.ts';
import { ByteSink } from '../codec/bytes.ts';
import { table, writeTable } from '../codec/fields.ts';
import { type Arguments, frame, frame_types } from '../codec/frames.ts';
import { type Area, type Scenario, scenario } from '../scenario.ts';
import { protocol_header } from '../wire-client.ts';

// RabbitMQ waits 1 s before it refuses a login and up to 3 s before it ends a broken handshake.
const slow_milliseconds = 6_000;

interface Handshake {
  readonly startOk?: Arguments;
  readonly tuneOk?: Arguments;
  readonly open?: Arguments;
}

const start_ok: Arguments = {
  clientProperties: { capabilities },
  mechanism: 'PLAIN',
  response: plainResponse('guest', 'guest'),
  locale: 'en_US',
};

/** A handshake with something in it changed; all that the server answers is recorded. */
export async function handshake(a: Actor, changes: Handshake): Promise<ConnectionScript> {
  const c = await a.wire();
  c.wire.raw(protocol_header);
  await c.wire.inbox(0).find(() => true, slow_milliseconds);
  c.send('connection.start-ok', { ...start_ok, ...changes.startOk });
  const [tune] = await c.take(1, slow_milliseconds);
  if (tune?.name !== 'connection.tune') {
    await c.takeToEnd(slow_milliseconds);
    return c;
  }
  c.send('connection.tune-ok', { channelMax: 2047, frameMax: 131_072, heartbeat: 0, ...changes.tuneOk });
  c.send('connection.open', { virtualHost: '/', ...changes.open });
  const [open] = await c.take(1, slow_milliseconds);
  if (open?.name !== 'connection.open-ok') await c.takeToEnd(slow_milliseconds);
  return c;
}

function refused(name: string, changes: Handshake): Scenario {
  return scenario(name, async (a) => {
    await handshake(a, changes);
  });
}

function header(name: string, bytes: Uint8Array): Scenario {
  return scenario(`protocol header: ${name}`, async (a) => {
    const c = await a.wire();
    c.raw(name, bytes);
    await c.takeToEnd(slow_milliseconds);
  });
}

function amqPlainResponse(user: string, password: string): Uint8Array {
  const sink = new ByteSink();
  writeTable(sink, table({ LOGIN: user, PASSWORD: password }));
  return sink.bytes().subarray(4);
}

const latin = (text: string): Uint8Array => Buffer.from(text, 'latin1');

export const connecting: Area = {
  name: 'connecting',
  scenarios: [
    scenario('connection.start: versions, mechanisms, server properties', async (a) => {
      const c = await a.wire();
      c.raw('protocol header', protocol_header);
      const event = await c.wire.inbox(0).find(() => true, slow_milliseconds);
      for (const [name, value] of event?.args ?? []) {
        // The cluster's name, copyright and platform are each server's own.
        if (name === 'mechanisms' && value instanceof Uint8Array)
          a.note(`mechanisms=${Buffer.from(value).toString().split(' ').sort().join(' ')}`);
        else if (name !== 'serverProperties')
          a.note(`${name}=${value instanceof Uint8Array ? Buffer.from(value).toString() : String(value)}`);
        else if (Array.isArray(value)) a.note(`serverProperties: ${value.map(([key]) => String(key)).join(' ')}`);
      }
      c.wire.destroy();
    }),
    header('AMQP 0-9-1 with another minor version', latin('AMQP\x00\x00\x09\x02')),
    header('AMQP 0-9-1 with major 1', latin('AMQP\x01\x00\x09\x01')),
    header('AMQP 0-8', latin('AMQP\x01\x01\x08\x00')),
    header('AMQP 0-8 as its own text has it', latin('AMQP\x01\x01\x09\x01')),
    header('AMQP 0-9', latin('AMQP\x01\x01\x00\x09')),
    header('AMQP 1.0', latin('AMQP\x00\x01\x00\x00')),
    scenario('protocol header: AMQP 1.0 with SASL', async (a) => {
      // RabbitMQ 4 goes on in AMQP 1.0. wirelike does not speak it and names 0-9-1, as RabbitMQ 3 does without its plugin.
      const c = await a.wire();
      c.raw('AMQP 1.0 with SASL', latin('AMQP\x03\x01\x00\x00'));
      const event = await c.wire.inbox(0).find(() => true, slow_milliseconds);
      a.note(event?.name ?? 'nothing');
      c.wire.destroy();
    }),
    header('an HTTP request', latin('GET / HTTP/1.1\r\nHost: x\r\n\r\n')),
    header('eight wrong octets', latin('ABCDEFGH')),
    scenario('protocol header in pieces', async (a) => {
      const c = await a.wire();
      for (const octet of protocol_header) c.wire.raw(Buffer.from([octet]));
      const event = await c.wire.inbox(0).find(() => true, slow_milliseconds);
      a.note(event?.name ?? 'nothing');
    }),
    scenario('PLAIN', async (a) => {
      const c = await handshake(a, {});
      await c.call('connection.close', { replyCode: 200, replyText: 'bye' });
    }),
    scenario('PLAIN with an authorization identity', async (a) => {
      await handshake(a, { startOk: { response: 'guest\0guest\0guest' } });
    }),
    scenario('AMQPLAIN', async (a) => {
      await handshake(a, { startOk: { mechanism: 'AMQPLAIN', response: amqPlainResponse('guest', 'guest') } });
    }),
    refused('AMQPLAIN with a wrong password', { startOk: { mechanism: 'AMQPLAIN', response: amqPlainResponse('guest', 'wrong') } }),
    refused('AMQPLAIN without a password', {
      startOk: { mechanism: 'AMQPLAIN', response: latin('\x05LOGINS\x00\x00\x00\x05guest') },
    }),
    refused('wrong password', { startOk: { response: plainResponse('guest', 'wrong') } }),
    refused('unknown user', { startOk: { response: plainResponse('nobody here', 'x') } }),
    refused('empty password', { startOk: { response: plainResponse('guest', '') } }),
    refused('wrong password from a client that does not know authentication_failure_close', {
      startOk: { response: plainResponse('guest', 'wrong'), clientProperties: {} },
    }),
    refused('a PLAIN response that is none', { startOk: { response: 'guest' } }),
    refused('an empty PLAIN response', { startOk: { response: '' } }),
    refused('unknown mechanism', { startOk: { mechanism: 'NTLM' } }),
    refused('unknown mechanism from an old client', { startOk: { mechanism: 'NTLM', clientProperties: {} } }),
    refused('EXTERNAL without a certificate', { startOk: { mechanism: 'EXTERNAL', response: '' } }),
    scenario('another locale', async (a) => {
      await handshake(a, { startOk: { locale: 'xx_YY' } });
    }),
    refused('vhost that does not exist', { open: { virtualHost: 'nope' } }),
    refused('vhost without permission', { startOk: { response: plainResponse('nobody', 'nobody') } }),
    refused('vhost of another user', { startOk: { response: plainResponse('reader', 'reader') }, open: { virtualHost: 'side' } }),
    refused('vhost with a name beyond ASCII', { open: { virtualHost: 'nö' } }),
    refused('vhost with a name beyond Latin-1', { open: { virtualHost: '無' } }),
    refused('empty vhost', { open: { virtualHost: '' } }),
    refused('channel_max above the offer', { tuneOk: { channelMax: 2048 } }),
    refused('no limit on channels', { tuneOk: { channelMax: 0 } }),
    refused('frame_max above the offer', { tuneOk: { frameMax: 131_073 } }),
    refused('frame_max below the minimum', { tuneOk: { frameMax: 4095 } }),
    refused('no limit on frames', { tuneOk: { frameMax: 0 } }),
    scenario('tune to the minimum', async (a) => {
      const c = await handshake(a, { tuneOk: { channelMax: 1, frameMax: 4096, heartbeat: 0 } });
      await c.channel(1);
      await c.at(2).call('channel.open');
    }),
    scenario('channel_max limits how many, not which', async (a) => {
      const c = await handshake(a, { tuneOk: { channelMax: 3 } });
      await c.at(10).call('channel.open');
      await c.at(2047).call('channel.open');
      await c.at(65_535).call('channel.open');
      await c.at(1).call('channel.open');
    }),
    scenario('the first heartbeat comes after half an interval, whatever else was sent', async (a) => {
      const c = await a.connect({ heartbeat: 2 });
      await a.settle(1_500);
      a.note(`heartbeats: ${c.wire.heartbeats}`);
    }),
    scenario('tune-ok where start-ok is due', async (a) => {
      const c = await a.wire();
      c.wire.raw(protocol_header);
      await c.wire.inbox(0).find(() => true, slow_milliseconds);
      c.send('connection.tune-ok', { channelMax: 1, frameMax: 4096, heartbeat: 0 });
      await c.takeToEnd(slow_milliseconds);
    }),
    scenario('open where tune-ok is due', async (a) => {
      const c = await a.wire();
      c.wire.raw(protocol_header);
      await c.wire.inbox(0).find(() => true, slow_milliseconds);
      c.send('connection.start-ok', start_ok);
      c.send('connection.open', { virtualHost: '/' });
      await c.takeToEnd(slow_milliseconds);
    }),
    scenario('channel.open before connection.open', async (a) => {
      const c = await a.wire();
      c.wire.raw(protocol_header);
      await c.wire.inbox(0).find(() => true, slow_milliseconds);
      c.at(1).send('channel.open');
      await c.takeToEnd(slow_milliseconds);
    }),
    scenario('connection.close in the handshake', async (a) => {
      const c = await a.wire();
      c.wire.raw(protocol_header);
      await c.wire.inbox(0).find(() => true, slow_milliseconds);
      c.send('connection.close', { replyCode: 200, replyText: 'changed my mind' });
      await c.takeToEnd(slow_milliseconds);
    }),
    scenario('connection.open twice', async (a) => {
      const c = await a.connect();
      c.send('connection.open', { virtualHost: '/' });
      await c.takeToEnd(slow_milliseconds);
    }),
    scenario('heartbeats come when the client asked for them', async (a) => {
      const c = await a.connect({ heartbeat: 1 });
      await a.settle(1_300);
      a.note(c.wire.heartbeats > 0 ? 'heartbeats' : 'none');
      a.note(c.wire.isClosed ? 'closed' : 'open');
    }),
    scenario('a client that stops its heartbeats is cut off', async (a) => {
      const c = await a.connect({ heartbeat: 1 });
      await c.takeToEnd(slow_milliseconds);
    }),
    scenario('no heartbeats with 0', async (a) => {
      const c = await a.connect({ heartbeat: 0 });
      await a.settle(1_300);
      a.note(c.wire.heartbeats > 0 ? 'heartbeats' : 'none');
    }),
    scenario('a client that says nothing is cut off after ten seconds', async (a) => {
      const c = await a.wire();
      await c.takeToEnd(14_000);
    }),
    scenario('a client that stops in the middle of the handshake is cut off', async (a) => {
      const c = await a.wire();
      c.wire.raw(protocol_header);
      await c.wire.inbox(0).find(() => true, slow_milliseconds);
      await c.takeToEnd(14_000);
    }),
    scenario('update-secret', async (a) => {
      const c = await a.connect();
      await c.call('connection.update-secret', { newSecret: 'other', reason: 'rotation' });
      const ch = await c.channel();
      await ch.queue(a.name('q'), { exclusive: true });
    }),
    scenario('update-secret before the connection is open', async (a) => {
      const c = await a.wire();
      c.wire.raw(protocol_header);
      await c.wire.inbox(0).find(() => true, slow_milliseconds);
      c.send('connection.start-ok', start_ok);
      await c.take(1, slow_milliseconds);
      c.send('connection.update-secret', { newSecret: 'other', reason: 'early' });
      await c.takeToEnd(slow_milliseconds);
    }),
    scenario('a client that beats stays', async (a) => {
      const c = await a.connect({ heartbeat: 1 });
      for (let count = 0; count < 9; count++) {
        await a.settle(500);
        c.wire.raw(frame(frame_types.heartbeat, 0, new Uint8Array()));
      }
      a.note(c.wire.isClosed ? 'cut off' : 'still there');
    }),
    scenario('when a client that stops its heartbeats is cut off', async (a) => {
      const c = await a.connect({ heartbeat: 2 });
      const before = performance.now();
      await c.takeToEnd(12_000);
      const passed = performance.now() - before;
      a.note(passed > 3_500 && passed < 7_000 ? 'after two to three intervals' : `after ${Math.round(passed)} ms`);
    }),
    scenario('a client that beats and does not answer a close is waited for as long as its interval', async (a) => {
      const c = await a.connect({ heartbeat: 1 });
      c.wire.answers_close = false;
      c.send('connection.open-ok');
      await c.take(1);
      const before = performance.now();
      while (!c.wire.isClosed && performance.now() - before < 5_000) {
        await a.settle(100);
        c.wire.raw(frame(frame_types.heartbeat, 0, new Uint8Array()));
      }
      const passed = performance.now() - before;
      a.note(passed > 700 && passed < 1_900 ? 'one interval' : `${Math.round(passed)} ms`);
    }),
    scenario('client properties of odd types', async (a) => {
      await handshake(a, { startOk: { clientProperties: { product: 5, capabilities: 'none', nested: { x: [1, null] } } } });
    }),
  ],
};
