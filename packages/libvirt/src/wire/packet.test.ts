import { NEED_MORE, WireError, Writer } from '@wirelike/kernel';
import { describe, expect, it } from 'vitest';
import { beginPacket, decodeHeader, endPacket, packetLength, REMOTE_PROGRAM } from './packet.ts';

const length = (hex: string): number | WireError => {
  const bytes = Buffer.from(hex, 'hex');
  return packetLength(bytes, 0, bytes.length);
};

describe('a packet', () => {
  it('counts its length word', () => {
    const writer = new Writer();
    const header = { program: REMOTE_PROGRAM, version: 1, procedure: 66, type: 0, serial: 0, status: 0 };
    endPacket(writer, beginPacket(writer, header));
    expect(Buffer.from(writer.view()).toString('hex')).toBe('0000001c2000808600000001000000420000000000000000' + '00000000');
    expect(decodeHeader(writer.view(), 0, 28)).toEqual(header);
  });

  it('waits for its length word', () => {
    expect(length('000000')).toBe(NEED_MORE);
  });

  it.each(['00000000', '00000003', '02000005', 'ffffffff', '47455420'])('is refused at a length of 0x%s', (hex) => {
    expect(length(hex)).toBeInstanceOf(WireError);
  });

  it('may be 32 MiB behind its length word', () => {
    expect(length('02000004')).toBe(33_554_436);
  });

  it('without a whole header is an error', () => {
    expect(decodeHeader(Buffer.alloc(27), 0, 27)).toBeInstanceOf(WireError);
  });
});
