import { ByteSink } from '../codec/bytes.ts';
import { frame, frame_types, methodPayload } from '../codec/frames.ts';
import { type Area, type Scenario, scenario } from '../scenario.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

/** Opens a connection and channel 1, sends these bytes, and records what the server says until it ends the connection. */
function violation(name: string, sent: Uint8Array, wait = 4_000): Scenario {
  return scenario(name, async (a) => {
    const c = await a.connect();
    await c.channel(1);
    c.raw(name, sent);
    await c.takeToEnd(wait);
  });
}

/** As {@link violation}, but the connection may live on. */
function oddity(name: string, sent: Uint8Array): Scenario {
  return scenario(name, async (a) => {
    const c = await a.connect();
    const ch = await c.channel(1);
    c.raw(name, sent);
    // An error of another channel's takes a moment.
    await a.settle(80);
    await ch.queue(a.name('q'), { exclusive: true });
  });
}

function method(channel: number, classId: number, methodId: number, args: Uint8Array = bytes('')): Uint8Array {
  const sink = new ByteSink();
  sink.uint(classId, 2);
  sink.uint(methodId, 2);
  sink.raw(args);
  return frame(frame_types.method, channel, sink.bytes());
}

const publish = frame(frame_types.method, 1, methodPayload('basic.publish', { routingKey: 'k' }));

/** The first seven octets of a frame. */
function frameStart(type: number, channel: number, length: number): Uint8Array {
  const sink = new ByteSink();
  sink.uint(type, 1);
  sink.uint(channel, 2);
  sink.uint(length, 4);
  return sink.bytes();
}

export const violations: Area = {
  name: 'protocol violations',
  scenarios: [
    violation('a frame that does not end in CE', frame(frame_types.method, 1, methodPayload('channel.flow', { active: true }), 0x00)),
    violation('a heartbeat that does not end in CE', frame(frame_types.heartbeat, 0, bytes(''), 0x41)),
    violation('a frame of an unknown type', frame(5, 1, bytes('abc'))),
    violation('a frame of type 0 on channel 0', frame(0, 0, bytes(''))),
    // RabbitMQ forgives eight octets, which some clients do not count.
    violation('a frame longer than negotiated', frameStart(frame_types.body, 1, 131_073)),
    violation('a frame longer than negotiated by less than a frame is long itself', frameStart(frame_types.body, 1, 131_072), 300),
    violation('a frame of 4 GiB', frameStart(frame_types.method, 1, 0xffff_ffff)),
    violation('an empty method frame', frame(frame_types.method, 1, bytes(''))),
    violation('a method frame of three octets', frame(frame_types.method, 1, bytes('\x00\x14\x00'))),
    violation('an unknown class', method(1, 99, 10)),
    violation('an unknown method', method(1, 50, 99)),
    violation('an unknown class on channel 0', method(0, 99, 10)),
    violation('a method without its arguments', method(1, 50, 10)),
    violation('a method that ends in its arguments', method(1, 50, 10, bytes('\x00\x00\x05abc'))),
    violation('a table that is longer than its frame', method(1, 50, 10, bytes('\x00\x00\x01q\x00\x00\x00\x00\xff'))),
    violation('a method with something after its arguments', method(1, 20, 20, bytes('\x01more'))),
    violation(
      'a method of the server that has content',
      method(1, 60, 60, bytes('\x01c\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00')),
      300,
    ),
    violation('queue.declare-ok from the client', method(1, 50, 11, bytes('\x01q\x00\x00\x00\x00\x00\x00\x00\x00'))),
    violation('a method of a channel on channel 0', method(0, 50, 10, bytes('\x00\x00\x01q\x00\x00\x00\x00\x00'))),
    violation('a body on channel 0', frame(frame_types.body, 0, bytes('abc'))),
    violation(
      'a method of the connection on channel 1',
      frame(frame_types.method, 1, methodPayload('connection.open', { virtualHost: '/' })),
    ),
    violation('channel.open on a channel that is open', frame(frame_types.method, 1, methodPayload('channel.open'))),
    violation('channel.open on channel 0', frame(frame_types.method, 0, methodPayload('channel.open'))),
    violation('a method on a channel that is not open', frame(frame_types.method, 7, methodPayload('queue.declare', { queue: 'q' }))),
    violation('a body on a channel that is not open', frame(frame_types.body, 7, bytes('abc'))),
    violation(
      'a header on a channel that is not open',
      frame(frame_types.header, 7, bytes('\x00\x3c\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00')),
    ),
    oddity('a channel number above the limit', frame(frame_types.method, 3000, methodPayload('channel.open'))),
    violation('a header without a method', frame(frame_types.header, 1, bytes('\x00\x3c\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00'))),
    violation('a body without a method', frame(frame_types.body, 1, bytes('abc'))),
    violation('a header that is too short', Buffer.concat([publish, frame(frame_types.header, 1, bytes('\x00\x3c\x00'))])),
    violation('a heartbeat where a header is due', Buffer.concat([publish, frame(frame_types.heartbeat, 1, bytes(''))])),
    oddity('a heartbeat', frame(frame_types.heartbeat, 0, bytes(''))),
    violation('a heartbeat with a payload', frame(frame_types.heartbeat, 0, bytes('abc'))),
    violation('a heartbeat on a channel', frame(frame_types.heartbeat, 1, bytes(''))),
    violation(
      'channel.close on a channel that is not open',
      frame(frame_types.method, 9, methodPayload('channel.close', { replyCode: 200 })),
    ),
    violation('channel.close-ok on a channel that is not open', frame(frame_types.method, 9, methodPayload('channel.close-ok'))),
    scenario('channel.close-ok on an open channel', async (a) => {
      const c = await a.connect();
      const ch = await c.channel(1);
      ch.send('channel.close-ok');
      await ch.queue(a.name('q'), { exclusive: true });
      await c.takeToEnd(2_000);
    }),
    scenario('connection.close-ok without a close', async (a) => {
      const c = await a.connect();
      c.send('connection.close-ok');
      await c.takeToEnd(1_000);
    }),
    scenario('a queue name that is not UTF-8', async (a) => {
      const c = await a.connect();
      const ch = await c.channel(1);
      await ch.call('queue.declare', { queue: bytes('a\xff\xfe'), exclusive: true });
    }),
    scenario('a routing key that is not UTF-8', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('q'), { exclusive: true });
      await ch.exchange(a.name('x'), 'direct', { autoDelete: true });
      await ch.call('queue.bind', { queue: a.name('q'), exchange: a.name('x'), routingKey: bytes('\xff') });
      ch.send('basic.publish', { exchange: a.name('x'), routingKey: bytes('\xff') });
      const empty = Buffer.from('\x00\x3c\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00', 'latin1');
      (await a.main()).raw('empty content', frame(frame_types.header, 1, empty));
      await ch.until(a.name('q'), 1);
    }),
    scenario('what a channel gets after its error and before close-ok is ignored', async (a) => {
      const c = await a.connect();
      c.wire.answers_close = false;
      const ch = await c.channel(1);
      ch.send('queue.declare', { queue: a.name('nope'), passive: true });
      await ch.take();
      c.wire.method(1, 'queue.declare', { queue: a.name('ignored') });
      c.wire.method(1, 'basic.publish', { routingKey: 'k' });
      c.wire.content(1, {}, Buffer.from('m'));
      await ch.quiet();
      c.wire.method(1, 'channel.close-ok');
      c.wire.answers_close = true;
      await ch.reopen();
      await ch.queue(a.name('ignored'), { passive: true });
    }),
    scenario('channel.open before close-ok', async (a) => {
      const c = await a.connect();
      c.wire.answers_close = false;
      const ch = await c.channel(1);
      ch.send('queue.declare', { queue: a.name('nope'), passive: true });
      await ch.take();
      c.wire.answers_close = true;
      ch.send('channel.open');
      await ch.quiet();
      ch.send('channel.close-ok');
      await ch.quiet();
    }),
    ...Object.entries({
      'a method': method(1, 50, 10, bytes('\x00\x00\x00\x04\x00\x00\x00\x00')),
      'another channel.close': frame(frame_types.method, 1, methodPayload('channel.close', { replyCode: 200 })),
    }).map(([what, sent]) =>
      scenario(`${what} in one write with channel.close`, async (a) => {
        const c = await a.connect();
        const ch = await c.channel(1);
        c.raw(what, Buffer.concat([frame(frame_types.method, 1, methodPayload('channel.close', { replyCode: 200 })), sent]));
        await a.settle(300);
        ch.leftovers();
        await c.take(1, 0);
      }),
    ),
    scenario('a flag for no property', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('q'), { exclusive: true });
      ch.send('basic.publish', { routingKey: a.name('q') });
      const header = bytes('\x00\x3c\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x08\x02\x05');
      (await a.main()).raw('priority 5 and a flag', frame(frame_types.header, 1, header));
      await ch.until(a.name('q'), 1);
      await ch.get(a.name('q'));
    }),
    scenario('both sides close a channel', async (a) => {
      const c = await a.connect();
      c.wire.answers_close = false;
      const ch = await c.channel(1);
      ch.send('queue.declare', { queue: a.name('nope'), passive: true });
      ch.send('channel.close', { replyCode: 200, replyText: 'bye' });
      await ch.take(2);
      c.wire.method(1, 'channel.close-ok');
      c.wire.answers_close = true;
      await ch.reopen();
    }),
    scenario('after connection.close nothing but close-ok is heard', async (a) => {
      const c = await a.connect();
      c.wire.answers_close = false;
      const ch = await c.channel(1);
      ch.send('basic.qos', { prefetchSize: 1 });
      await c.take();
      c.wire.method(1, 'queue.declare', { queue: a.name('ignored') });
      await c.take(1, 300);
      c.wire.method(0, 'connection.close-ok');
      await c.take();
    }),
    scenario('both sides close the connection', async (a) => {
      const c = await a.connect();
      c.wire.answers_close = false;
      const ch = await c.channel(1);
      ch.send('basic.qos', { prefetchSize: 1 });
      await c.take();
      c.send('connection.close', { replyCode: 200, replyText: 'bye' });
      await c.take(2, 300);
    }),
    scenario('an error on one channel leaves the others alone', async (a) => {
      const c = await a.connect();
      const one = await c.channel(1);
      const two = await c.channel(2);
      await one.queue(a.name('nope'), { passive: true });
      await two.queue(a.name('q'), { exclusive: true });
      await one.reopen();
      await one.queue(a.name('q'), { passive: true });
    }),
    scenario('close and open a channel, many times', async (a) => {
      const c = await a.connect();
      for (let round = 0; round < 5; round++) {
        const ch = c.at(1);
        await ch.reopen();
        await ch.close();
      }
    }),
    scenario('channel numbers at the limit', async (a) => {
      const c = await a.connect();
      await c.channel(2047);
      await c.at(2047).queue(a.name('q'), { exclusive: true });
      await c.at(2048).call('channel.open');
    }),
  ],
};
