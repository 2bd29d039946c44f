import { WireError } from '@wirelike/kernel';
import { describe, expect, it } from 'vitest';
import { FrameError, frameLength } from './frame.ts';
import { greetingOf, protocolHeaderLength } from './protocol-header.ts';

const frame = (channel: number, payload: string): Buffer => {
  const bytes = Buffer.alloc(8 + payload.length);
  bytes[0] = 1;
  bytes.writeUInt16BE(channel, 1);
  bytes.writeUInt32BE(payload.length, 3);
  bytes.write(payload, 7, 'latin1');
  bytes[bytes.length - 1] = 0xce;
  return bytes;
};

describe('frameLength', () => {
  const one = frameLength({ frame_max_bytes: 4_096, together: false });
  const burst = frameLength({ frame_max_bytes: 4_096, together: true });

  it('waits for the header, then for the frame', () => {
    const bytes = frame(1, 'hello');
    for (let end = 0; end < bytes.length; end++) {
      const length = one(bytes, 0, end);
      expect(typeof length === 'number' && (length === 0 || length > end)).toBe(true);
    }
    expect(one(bytes, 0, bytes.length)).toBe(bytes.length);
  });

  it('hands out one frame, or all that are whole', () => {
    const bytes = Buffer.concat([frame(1, 'one'), frame(2, 'two'), frame(3, 'three').subarray(0, 9)]);
    expect(one(bytes, 0, bytes.length)).toBe(11);
    expect(burst(bytes, 0, bytes.length)).toBe(22);
  });

  it('keeps a content header for a body frame that has all of the body, as soon as that begins to arrive', () => {
    const publish = frame(1, '\0\x3c\0\x28');
    const header = frame(1, '\0\x3c\0\0\0\0\0\0\0\0\0\x05\0\0');
    header[0] = 2;
    const body = frame(1, 'hello');
    body[0] = 3;
    const bytes = Buffer.concat([publish, header, body]);
    const bodyStart = publish.length + header.length;
    expect(burst(bytes, 0, bodyStart + 6)).toBe(bodyStart);
    for (let end = bodyStart + 7; end < bytes.length; end++) {
      expect(burst(bytes, 0, end)).toBe(publish.length);
      expect(burst(bytes, publish.length, end)).toBe(header.length + body.length);
      expect(one(bytes, publish.length, end)).toBe(header.length);
    }
    expect(burst(bytes, 0, bytes.length)).toBe(bytes.length);
    // Of another channel, or of a body with more frames: nothing is gained.
    bytes[bodyStart + 2] = 2;
    expect(burst(bytes, publish.length, bytes.length - 1)).toBe(header.length);
    bytes[bodyStart + 2] = 1;
    bytes[publish.length + 18] = 6;
    expect(burst(bytes, publish.length, bytes.length - 1)).toBe(header.length);
  });

  it('refuses a frame that is too large as soon as its length is there', () => {
    const bytes = Buffer.from([3, 0, 1, 0xff, 0xff, 0xff, 0xff]);
    const error = one(bytes, 0, 7);
    expect(error).toBeInstanceOf(FrameError);
    expect(error).toMatchObject({ type: 3, channel: 1, problem: { kind: 'too-large', size_bytes: 0xffff_ffff } });
    // A payload may be as long as a whole frame, no longer (RabbitMQ's FRAME_SIZE_FUDGE).
    expect(one(Buffer.from([3, 0, 1, 0, 0, 0x10, 0]), 0, 7)).toBe(4_096 + 8);
    expect(one(Buffer.from([3, 0, 1, 0, 0, 0x10, 1]), 0, 7)).toBeInstanceOf(WireError);
  });

  it('refuses a wrong end octet, after the good frames before it', () => {
    const bad = frame(2, 'two');
    bad[10] = 0;
    const bytes = Buffer.concat([frame(1, 'one'), bad]);
    expect(burst(bytes, 0, bytes.length)).toBe(11);
    expect(burst(bytes, 11, bytes.length)).toMatchObject({ problem: { kind: 'end-octet', octet: 0 } });
  });
});

describe('the protocol header', () => {
  it('is eight octets', () => {
    expect(protocolHeaderLength(Buffer.alloc(0), 0, 7)).toBe(0);
    expect(protocolHeaderLength(Buffer.alloc(0), 0, 30)).toBe(8);
  });

  it.each([
    ['AMQP\0\0\x09\x01', '0-9-1'],
    ['AMQP\x01\x01\0\x09', '0-9'],
    ['AMQP\x01\x01\x08\0', '0-8'],
    ['AMQP\x03\x01\0\0', 'unknown'],
    ['AMQP\0\0\x09\x02', 'unknown'],
    ['AMQP\0\0\x0a\0', 'unknown'],
    ['AMQP\0\0\x08\0', 'unknown'],
    ['AMQP\0\x01\0\0', 'unknown'],
    ['GET / HT', 'unknown'],
  ])('%j is %s', (text, greeting) => {
    expect(greetingOf(Buffer.from(text, 'latin1'), 0)).toBe(greeting);
  });
});
