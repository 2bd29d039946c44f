import { Writer } from '@wirelike/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ACK,
  ack_frame_bytes,
  ackMultiple,
  ackTag,
  copyContent,
  header_properties_offset,
  headerBodySize,
  headerClass,
  headerWeight,
  methodKey,
  PUBLISH,
  publish_address_offset,
  publishAddressEnd,
  writeAck,
  writeBodyStart,
  writeDeliver,
  writeHeader,
} from './content.ts';
import { writeShortString } from './field-table.ts';
import { FRAME_END, frameLength } from './frame.ts';
import { writeMethod } from './method.ts';

const shortstrs = fc.string({ maxLength: 80, unit: 'grapheme' }).filter((text) => Buffer.byteLength(text) < 256);
const channels = fc.integer({ min: 1, max: 65_535 });
const tags = fc.oneof(fc.nat(), fc.maxSafeNat());

function written(write: (writer: Writer) => void): Buffer {
  const writer = new Writer();
  write(writer);
  return Buffer.from(writer.view());
}

const shortString = (text: string): Buffer => written((writer) => writeShortString(writer, text));

describe('the hot frames agree with the method table', () => {
  it('basic.ack out', () => {
    fc.assert(
      fc.property(channels, tags, fc.boolean(), (channel, deliveryTag, multiple) => {
        const expected = written((writer) => writeMethod(writer, channel, 'basic.ack', { deliveryTag, multiple }));
        expect(written((writer) => writeAck(writer, channel, deliveryTag, multiple))).toEqual(expected);
      }),
    );
  });

  it('basic.ack in', () => {
    fc.assert(
      fc.property(channels, tags, fc.boolean(), (channel, deliveryTag, multiple) => {
        const frame = written((writer) => writeMethod(writer, channel, 'basic.ack', { deliveryTag, multiple }));
        expect(frame.length).toBe(ack_frame_bytes);
        expect([methodKey(frame, 0), ackTag(frame, 0), ackMultiple(frame, 0)]).toEqual([ACK, deliveryTag, multiple]);
      }),
    );
  });

  it('basic.deliver', () => {
    fc.assert(
      fc.property(
        channels,
        shortstrs,
        tags,
        fc.boolean(),
        shortstrs,
        shortstrs,
        (channel, consumerTag, deliveryTag, redelivered, exchange, routingKey) => {
          const expected = written((writer) =>
            writeMethod(writer, channel, 'basic.deliver', { consumerTag, deliveryTag, redelivered, exchange, routingKey }),
          );
          const address = Buffer.concat([shortString(exchange), shortString(routingKey)]);
          expect(written((writer) => writeDeliver(writer, channel, shortString(consumerTag), deliveryTag, redelivered, address))).toEqual(
            expected,
          );
        },
      ),
    );
  });

  it('basic.publish', () => {
    fc.assert(
      fc.property(channels, shortstrs, shortstrs, fc.boolean(), fc.boolean(), (channel, exchange, routingKey, mandatory, immediate) => {
        const frame = written((writer) =>
          writeMethod(writer, channel, 'basic.publish', { ticket: 0, exchange, routingKey, mandatory, immediate }),
        );
        const end = publishAddressEnd(frame, 0, frame.length);
        expect(methodKey(frame, 0)).toBe(PUBLISH);
        expect(frame.subarray(publish_address_offset, end)).toEqual(Buffer.concat([shortString(exchange), shortString(routingKey)]));
        expect(frame[end]).toBe((mandatory ? 1 : 0) + (immediate ? 2 : 0));
        for (let cut = publish_address_offset; cut < frame.length; cut++) expect(publishAddressEnd(frame, 0, cut)).toBe(0);
      }),
    );
  });

  it('header and body, also for another channel', () => {
    fc.assert(
      fc.property(
        channels,
        channels,
        fc.uint8Array({ maxLength: 300 }),
        fc.uint8Array({ minLength: 2, maxLength: 50 }),
        (from, to, body, properties) => {
          const content = (channel: number): { frames: Buffer; headerEnd: number } => {
            const header = written((writer) => writeHeader(writer, channel, body.length, properties));
            if (body.length === 0) return { frames: header, headerEnd: header.length };
            const start = written((writer) => writeBodyStart(writer, channel, body.length));
            return { frames: Buffer.concat([header, start, body, Buffer.of(FRAME_END)]), headerEnd: header.length };
          };
          const { frames, headerEnd } = content(from);
          expect([headerClass(frames, 0), headerWeight(frames, 0), headerBodySize(frames, 0)]).toEqual([60, 0, body.length]);
          expect(frames.subarray(header_properties_offset, headerEnd - 1)).toEqual(Buffer.from(properties));
          expect(written((writer) => copyContent(writer, to, frames, 0, headerEnd, frames.length))).toEqual(content(to).frames);
          const cut = frameLength({ frame_max_bytes: 0, together: true });
          expect(cut(frames, 0, frames.length)).toBe(frames.length);
        },
      ),
    );
  });
});
