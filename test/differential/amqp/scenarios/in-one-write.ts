import type { Actor, ConnectionScript } from '../actor.ts';
import { type Arguments, frame, frame_types, headerPayload, methodPayload } from '../codec/frames.ts';
import { type Area, type Scenario, scenario } from '../scenario.ts';
import { showReceived } from '../transcript.ts';
import { protocol_header } from '../wire-client.ts';

/** RabbitMQ does the same each time, or the scenario is none: its answers were recorded with ten tries each. */
const tries = 4;
const silence_milliseconds = 100;
/** The client answers connection.close first. */
const end_milliseconds = 400;

function method(channel: number, name: string, args: Arguments = {}): Uint8Array {
  return frame(frame_types.method, channel, methodPayload(name, args));
}

const goodbye = { replyCode: 200, replyText: 'bye' };
const publication = Buffer.concat([
  method(1, 'basic.publish', { exchange: '', routingKey: 'nowhere', mandatory: true }),
  frame(frame_types.header, 1, headerPayload({}, 1)),
  frame(frame_types.body, 1, Buffer.from('m')),
]);

async function outcome(c: ConnectionScript): Promise<string> {
  const events: string[] = [];
  for (const number of [1, 2, 0]) {
    const inbox = c.wire.inbox(number);
    for (;;) {
      const event = await inbox.find(() => true, number === 0 ? end_milliseconds : silence_milliseconds);
      if (event === undefined) break;
      if (event.name === 'end') break;
      // Every channel hears of the connection's end.
      if (number === 0 || !event.name.startsWith('connection.')) events.push(`${number}: ${showReceived(event)}`);
    }
  }
  return [...events, c.wire.isClosed ? 'ended' : 'still there'].join('; ');
}

/** Notes each outcome once. */
async function often(a: Actor, what: string, bytes: Uint8Array, channels: number): Promise<void> {
  const outcomes = new Set<string>();
  for (let count = 0; count < tries; count++) {
    const c = await a.connect();
    for (let number = 1; number <= channels; number++) await c.channel(number);
    c.wire.raw(bytes);
    outcomes.add(await outcome(c));
    c.wire.destroy();
  }
  a.note(what);
  for (const each of [...outcomes].sort()) a.note(`  ${each}`);
}

const declare = (channel: number): Uint8Array => method(channel, 'queue.declare', { queue: '', exclusive: true });

const BEHIND_CONNECTION_CLOSE: Readonly<Record<string, Uint8Array>> = {
  'connection.close again': method(0, 'connection.close', goodbye),
  'connection.close-ok': method(0, 'connection.close-ok'),
  'connection.open': method(0, 'connection.open', { virtualHost: '/' }),
  'a heartbeat': frame(frame_types.heartbeat, 0, Buffer.alloc(0)),
  'a heartbeat with a payload': frame(frame_types.heartbeat, 0, Buffer.from('beat')),
  'a frame of an unknown type': frame(5, 0, Buffer.from('abc')),
  'a frame of an unknown type on a channel': frame(5, 1, Buffer.from('abc')),
  'a frame that does not end in CE': frame(frame_types.method, 0, methodPayload('connection.close-ok'), 0),
  'a protocol header': protocol_header,
  'queue.declare': declare(1),
  'channel.open of another': method(2, 'channel.open'),
  'channel.close': method(1, 'channel.close', goodbye),
  'a message': publication,
};

const BEHIND_CHANNEL_CLOSE: Readonly<Record<string, Uint8Array>> = {
  'channel.open': method(1, 'channel.open'),
  'channel.open and queue.declare': Buffer.concat([method(1, 'channel.open'), declare(1)]),
  'queue.declare': declare(1),
  'channel.close again': method(1, 'channel.close', goodbye),
  'channel.close-ok': method(1, 'channel.close-ok'),
  'basic.ack': method(1, 'basic.ack', { deliveryTag: 9 }),
  'a message': publication,
  'connection.close': method(0, 'connection.close', goodbye),
  'channel.open of another': method(2, 'channel.open'),
};

function behind(what: string, close: Uint8Array, channels: number, deeds: Readonly<Record<string, Uint8Array>>): readonly Scenario[] {
  return Object.entries(deeds).map(([deed, bytes]) =>
    scenario(`${what}: ${deed}`, (a) => often(a, deed, Buffer.concat([close, bytes]), channels)),
  );
}

/** What comes in one write behind the close of a connection or a channel. */
export const inOneWrite: Area = {
  name: 'in one write',
  scenarios: [
    ...behind('connection.close without channels', method(0, 'connection.close', goodbye), 0, BEHIND_CONNECTION_CLOSE),
    ...behind('connection.close with a channel', method(0, 'connection.close', goodbye), 1, BEHIND_CONNECTION_CLOSE),
    ...behind('channel.close', method(1, 'channel.close', goodbye), 1, BEHIND_CHANNEL_CLOSE),
  ],
};
