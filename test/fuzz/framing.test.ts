// The laws of framing, for the splitter of every protocol: see `FrameLength` in the kernel.
import { type FrameLength, WireError } from '@wirelike/kernel';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frameLength as amqpFrameLength } from '../../packages/amqp/src/wire/frame.ts';
import { InputBuffer } from '../../packages/kernel/src/input.ts';
import { messageLength } from '../../packages/ldap/src/wire/framing.ts';
import { packetLength } from '../../packages/libvirt/src/wire/packet.ts';

interface Protocol {
  readonly name: string;
  readonly split: FrameLength;
  /** A frame of this payload. */
  frame(payload: Uint8Array): Buffer;
  /** No frame is longer. */
  readonly max_bytes: number;
}

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const protocols: readonly Protocol[] = [
  {
    name: 'amqp',
    split: amqpFrameLength({ frame_max_bytes: 4_096, together: false }),
    frame: (payload) => Buffer.concat([Buffer.of(1, 0, 7), uint32(payload.length), payload, Buffer.of(0xce)]),
    max_bytes: 4_096 + 8,
  },
  {
    name: 'ldap',
    split: messageLength(4_096),
    frame: (payload) => Buffer.concat([Buffer.of(0x30, 0x84), uint32(payload.length), payload]),
    max_bytes: 4_096 + 6,
  },
  {
    name: 'libvirt',
    split: packetLength,
    frame: (payload) => Buffer.concat([uint32(payload.length + 4), payload]),
    max_bytes: 64 * 1_048_576,
  },
];

/** What the splitter says about a stream: the frames, and whether it then refused. */
function cut(split: FrameLength, chunks: readonly Uint8Array[]): { frames: string[]; refused: string | undefined } {
  const input = new InputBuffer();
  const frames: string[] = [];
  for (const chunk of chunks) {
    input.append(Buffer.from(chunk));
    for (;;) {
      const length = input.next(split);
      if (typeof length !== 'number') return { frames, refused: length.reason };
      if (length === 0) break;
      frames.push(input.bytes.toString('hex', input.start, input.start + length));
      input.consume(length);
    }
  }
  return { frames, refused: undefined };
}

function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((at) => at % (bytes.length + 1)), bytes.length].sort((one, other) => one - other);
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

const payloads = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 12 });
const cuts = fc.array(fc.nat(), { maxLength: 20 });
/** Frames with some bytes overwritten. */
const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 });

describe.each(protocols)('framing of $name', ({ split, frame, max_bytes }) => {
  test('frames come out as they went in, however they are cut', () => {
    fc.assert(
      fc.property(payloads, cuts, (bodies, at) => {
        const frames = bodies.map(frame);
        const { frames: found, refused } = cut(split, pieces(Buffer.concat(frames), at));
        expect(refused).toBeUndefined();
        expect(found).toEqual(frames.map((each) => each.toString('hex')));
      }),
    );
  });

  test('damaged streams give the same frames and the same refusal, however they are cut', () => {
    fc.assert(
      fc.property(payloads, cuts, damage, (bodies, at, changes) => {
        const stream = Buffer.concat(bodies.map(frame));
        for (const [where, value] of changes) if (stream.length > 0) stream[where % stream.length] = value;
        expect(cut(split, pieces(stream, at))).toEqual(cut(split, [stream]));
      }),
      { numRuns: 500 },
    );
  });

  test('random bytes: a length within the limit, or a refusal; never a look outside the window', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        fc.uint8Array({ maxLength: 16 }),
        fc.uint8Array({ maxLength: 16 }),
        (bytes, before, after) => {
          const verdict = (all: Buffer, start: number): unknown => {
            const length = split(all, start, start + bytes.length);
            if (length instanceof WireError) return length.reason;
            expect(Number.isInteger(length) && length >= 0 && length <= max_bytes).toBe(true);
            return length;
          };
          expect(verdict(Buffer.concat([before, bytes, after]), before.length)).toEqual(verdict(Buffer.from(bytes), 0));
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

test('amqp: frames handed out together are the same frames', () => {
  const [amqp] = protocols;
  if (amqp === undefined) throw new Error('no protocol');
  const together = amqpFrameLength({ frame_max_bytes: 4_096, together: true });
  fc.assert(
    fc.property(payloads, cuts, damage, (bodies, at, changes) => {
      const stream = Buffer.concat(bodies.map(amqp.frame));
      for (const [where, value] of changes) if (stream.length > 0) stream[where % stream.length] = value;
      const alone = cut(amqp.split, [stream]);
      const burst = cut(together, pieces(stream, at));
      expect([burst.frames.join(''), burst.refused]).toEqual([alone.frames.join(''), alone.refused]);
    }),
    { numRuns: 500 },
  );
});
