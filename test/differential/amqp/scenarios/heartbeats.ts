import { setTimeout as sleep } from 'node:timers/promises';
import { type Actor, type ConnectionScript, capabilities, plainResponse } from '../actor.ts';
import { frame, frame_types, headerPayload, methodPayload } from '../codec/frames.ts';
import { type Area, type Scenario, scenario } from '../scenario.ts';
import { protocol_header } from '../wire-client.ts';

const patience_milliseconds = 14_000;
const nothing = Buffer.alloc(0);

function heartbeat(channel = 0, payload: Uint8Array = nothing): Uint8Array {
  return frame(frame_types.heartbeat, channel, payload);
}

const startOk = frame(
  frame_types.method,
  0,
  methodPayload('connection.start-ok', {
    clientProperties: { capabilities },
    mechanism: 'PLAIN',
    response: plainResponse('guest', 'guest'),
    locale: 'en_US',
  }),
);

function tuneOk(interval_seconds: number): Uint8Array {
  return frame(
    frame_types.method,
    0,
    methodPayload('connection.tune-ok', { channelMax: 2047, frameMax: 131_072, heartbeat: interval_seconds }),
  );
}

const open = frame(frame_types.method, 0, methodPayload('connection.open', { virtualHost: '/' }));
const publish = frame(frame_types.method, 1, methodPayload('basic.publish', { exchange: '', routingKey: 'nowhere', mandatory: true }));
const header = frame(frame_types.header, 1, headerPayload({}, 2));
const body = frame(frame_types.body, 1, Buffer.from('ab'));

async function greeted(a: Actor): Promise<ConnectionScript> {
  const c = await a.wire();
  c.wire.raw(protocol_header);
  await c.wire.inbox(0).find(() => true, patience_milliseconds);
  return c;
}

async function tuned(a: Actor, interval_seconds: number): Promise<ConnectionScript> {
  const c = await greeted(a);
  c.wire.raw(startOk);
  await c.wire.inbox(0).find(() => true, patience_milliseconds);
  c.wire.raw(tuneOk(interval_seconds));
  return c;
}

/** Records what comes to the end, how it ends, and in which second. */
async function watchEnd(a: Actor, c: ConnectionScript, since = performance.now()): Promise<void> {
  await c.takeToEnd(patience_milliseconds);
  a.note(`${c.wire.was_reset ? 'reset' : 'in order'} after ${Math.round((performance.now() - since) / 1_000)} s`);
}

/** The server's own heartbeat is due at that moment: who finds it and a reset behind it at once is told by libuv of an orderly end. */
async function watchEndBesideHeartbeat(a: Actor, c: ConnectionScript, since = performance.now()): Promise<void> {
  await c.takeToEnd(patience_milliseconds);
  a.note(`after ${Math.round((performance.now() - since) / 1_000)} s`);
}

/** One octet after the other. */
async function trickle(c: ConnectionScript, bytes: Uint8Array, pause_milliseconds: number): Promise<void> {
  for (const octet of bytes) {
    if (c.wire.isClosed) return;
    c.wire.raw(Uint8Array.of(octet));
    await sleep(pause_milliseconds);
  }
}

function misplaced(what: string, sent: Uint8Array, with_channel = true): Scenario {
  return scenario(what, async (a) => {
    const c = await a.connect();
    if (with_channel) await c.channel();
    c.raw(what, sent);
    await watchEnd(a, c);
  });
}

/** Heartbeats where they belong and where they don't, clients that fall silent, and clients that say little at a time. */
export const heartbeats: Area = {
  name: 'heartbeats',
  scenarios: [
    misplaced('a heartbeat on a channel', heartbeat(1)),
    misplaced('a heartbeat on a channel that is not open', heartbeat(7), false),
    misplaced('a heartbeat with a payload', heartbeat(0, Buffer.from('beat'))),
    misplaced('a heartbeat with a payload on a channel', heartbeat(1, Buffer.from('beat'))),
    misplaced('a heartbeat on a channel where a header is due', Buffer.concat([publish, heartbeat(1)])),
    misplaced('a heartbeat on a channel where a body is due', Buffer.concat([publish, header, heartbeat(1)])),
    scenario('heartbeats in the middle of a message, and of one in pieces', async (a) => {
      const c = await a.connect({ heartbeat: 1 });
      const ch = await c.channel();
      c.raw('a message with heartbeats', Buffer.concat([publish, heartbeat(), header, heartbeat(), heartbeat(), body]));
      await ch.take(1);
      const bytes = Buffer.concat([heartbeat(), publish, heartbeat(), header, heartbeat(), body, heartbeat()]);
      a.note('one octet after the other');
      await trickle(c, bytes, 5);
      await ch.take(1);
      await ch.sync();
    }),
    ...(
      [
        ['greeted', greeted],
        ['tuned', (a: Actor) => tuned(a, 0)],
      ] as const
    ).flatMap(([state, reach]) =>
      Object.entries({
        'a heartbeat': heartbeat(),
        'a heartbeat on a channel': heartbeat(1),
        'a heartbeat with a payload': heartbeat(0, Buffer.from('beat')),
      }).map(([what, sent]) =>
        scenario(`${state}: ${what}`, async (a) => {
          const c = await reach(a);
          c.raw(what, sent);
          await sleep(200);
          c.raw(state === 'greeted' ? 'start-ok' : 'open', state === 'greeted' ? startOk : open);
          await c.take(1, 5_000);
          if (c.wire.isClosed) a.note('ended');
        }),
      ),
    ),
    scenario('tuned, and silent from then on', async (a) => {
      await watchEnd(a, await tuned(a, 1));
    }),
    scenario('tuned, and only heartbeats from then on', async (a) => {
      const c = await tuned(a, 1);
      const before = performance.now();
      for (let count = 0; count < 22 && !c.wire.isClosed; count++) {
        c.wire.raw(heartbeat());
        await sleep(500);
      }
      await watchEnd(a, c, before);
    }),
    scenario('silent in the middle of a heartbeat', async (a) => {
      const c = await a.connect({ heartbeat: 1 });
      c.raw('half a heartbeat', heartbeat().subarray(0, 5));
      await watchEnd(a, c);
    }),
    scenario('silent in the middle of a message', async (a) => {
      const c = await a.connect({ heartbeat: 1 });
      const ch = await c.channel();
      c.raw('half a message', Buffer.concat([publish, header, body.subarray(0, 8)]));
      await watchEnd(a, c);
      a.note(ch.isClosed ? 'closed' : 'open');
    }),
    scenario('silent, while it is told something', async (a) => {
      const c = await a.connect({ heartbeat: 1 });
      const ch = await c.channel();
      await ch.queue(a.name('q'), { exclusive: true });
      await ch.consume(a.name('q'), { noAck: true });
      const b = await a.connect({ label: 'b' });
      const sender = await b.channel();
      const before = performance.now();
      while (!c.wire.isClosed && performance.now() - before < 10_000) {
        b.wire.method(1, 'basic.publish', { exchange: '', routingKey: a.name('q') });
        b.wire.content(1, {}, Buffer.from('m'));
        await sleep(250);
      }
      a.note(`after ${Math.round((performance.now() - before) / 1_000)} s`);
      await sender.sync();
    }),
    scenario('an octet of a frame now and then is life enough', async (a) => {
      const c = await a.connect({ heartbeat: 1 });
      const ch = await c.channel();
      await trickle(c, frame(frame_types.method, 1, methodPayload('basic.qos', { prefetchCount: 1 })), 400);
      await ch.answer('basic.qos');
    }),
    scenario('told to close, and silent from then on', async (a) => {
      for (const interval_seconds of [1, 2]) {
        const c = await a.connect({ heartbeat: interval_seconds });
        c.wire.answers_close = false;
        const ch = await c.channel();
        ch.send('basic.qos', { prefetchSize: 1 });
        await watchEndBesideHeartbeat(a, c);
      }
    }),
    scenario('told to close, and heartbeats from then on', async (a) => {
      const c = await a.connect({ heartbeat: 2 });
      c.wire.answers_close = false;
      const ch = await c.channel();
      ch.send('basic.qos', { prefetchSize: 1 });
      const before = performance.now();
      for (let count = 0; count < 6; count++) {
        c.wire.raw(heartbeat());
        await sleep(250);
      }
      await watchEndBesideHeartbeat(a, c, before);
    }),
    scenario('a handshake one octet after the other', async (a) => {
      const c = await a.wire();
      await trickle(c, protocol_header, 5);
      a.note(String((await c.wire.inbox(0).find(() => true, patience_milliseconds))?.name));
      await trickle(c, startOk, 5);
      a.note(String((await c.wire.inbox(0).find(() => true, patience_milliseconds))?.name));
      await trickle(c, Buffer.concat([tuneOk(0), open]), 5);
      a.note(String((await c.wire.inbox(0).find(() => true, patience_milliseconds))?.name));
      await (await c.channel()).sync();
    }),
    ...(
      [
        ['a protocol header', protocol_header, 1_700],
        ['a protocol header, and start-ok', Buffer.concat([protocol_header, startOk]), 300],
        ['a protocol header, start-ok, tune-ok and open', Buffer.concat([protocol_header, startOk, tuneOk(0), open]), 50],
      ] as const
    ).map(([what, bytes, pause_milliseconds]) =>
      scenario(`too slow for the handshake: ${what}`, async (a) => {
        const c = await a.wire();
        const before = performance.now();
        await Promise.all([trickle(c, bytes, pause_milliseconds), sleep(10_500)]);
        a.note(c.wire.isClosed ? 'ended' : 'still there');
        if (c.wire.isClosed) await watchEnd(a, c, before + 500);
      }),
    ),
  ],
};
