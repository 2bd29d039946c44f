import { ByteSink } from '../codec/bytes.ts';
import { frame, frame_types, methodPayload } from '../codec/frames.ts';
import { type Area, type Scenario, scenario } from '../scenario.ts';

const octets = (hex: string): Uint8Array => Buffer.from(hex, 'hex');

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

function method(classId: number, methodId: number, args: Uint8Array): Uint8Array {
  const sink = new ByteSink();
  sink.uint(classId, 2);
  sink.uint(methodId, 2);
  sink.raw(args);
  return frame(frame_types.method, 1, sink.bytes());
}

/** A table with one field `x`. */
function table(field: string): Uint8Array {
  const bytes = octets(`0178${field}`);
  const sink = new ByteSink();
  sink.uint(bytes.length, 4);
  sink.raw(bytes);
  return sink.bytes();
}

const publish = frame(frame_types.method, 1, methodPayload('basic.publish', { routingKey: 'nowhere' }));

/** Class, weight, body size and properties. */
const header = (size: string, properties: Uint8Array): Uint8Array =>
  frame(frame_types.header, 1, concat(octets(`003c0000${size}`), properties));

/** What the server says to these octets, until it closes the channel or the connection, or has nothing to say. */
function extreme(name: string, sent: Uint8Array): Scenario {
  return scenario(name, async (a) => {
    const c = await a.connect();
    await c.channel(1);
    c.raw(name, sent);
    await c.take(1, 600);
  });
}

const FLOATS: Readonly<Record<string, string>> = {
  'a double that is no number': '647ff8000000000000',
  'an infinite double': '647ff0000000000000',
  'a float that is no number': '667fc00000',
  'an infinite float': '66ff800000',
  'a timestamp beyond signed numbers': '54ffffffffffffffff',
  'a value of no known type': '5a00',
  'a text that is longer than its table': '530000000a61',
};

/** Values at the ends of what fits into their octets. */
export const extremes: Area = {
  name: 'extremes',
  scenarios: [
    ...Object.entries(FLOATS).flatMap(([name, field]) => [
      extreme(`a declaration with ${name}`, method(50, 10, concat(octets('0000'), octets('0000'), table(field)))),
      extreme(`a message with ${name}`, concat(publish, header('0000000000000000', concat(octets('2000'), table(field))))),
    ]),
    extreme('an acknowledgement of the last tag that there could be', method(60, 80, octets('ffffffffffffffff00'))),
    extreme('an acknowledgement of the first tag beyond exact numbers', method(60, 80, octets('002000000000000100'))),
    extreme('a rejection of the last tag that there could be', method(60, 90, octets('ffffffffffffffff00'))),
    extreme('a content as long as can be', concat(publish, header('ffffffffffffffff', octets('0000')))),
    extreme('a content beyond exact numbers', concat(publish, header('0020000000000001', octets('0000')))),
  ],
};
