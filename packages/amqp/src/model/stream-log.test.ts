import { expect, it } from 'vitest';
import { Message } from './message.ts';
import { StreamLog, storedBytes } from './stream-log.ts';

const message = Message.of('', 's', Buffer.from('m'));
const each = storedBytes(message);

// Looking at all of the segments with each message took minutes.
it('may have as many segments as messages', () => {
  const count = 100_000;
  const before = performance.now();
  const log = new StreamLog();
  for (let index = 0; index < count; index++) {
    log.append(message, index, undefined, 1);
    log.retain(undefined, undefined);
  }
  for (let offset = 0; offset < count; offset += 7) expect(log.at(offset)?.offset).toBe(offset);
  expect([log.at(count), log.first, log.length, log.bytes]).toEqual([undefined, 0, count, count * each]);
  log.retain(10 * each, undefined);
  expect([log.at(0), log.first, log.length, log.bytes]).toEqual([undefined, count - 10, 10, 10 * each]);
  const copy = new StreamLog();
  copy.restore(log.snapshot());
  expect([copy.first, copy.length, copy.bytes]).toEqual([count - 10, 10, 10 * each]);
  expect(performance.now() - before).toBeLessThan(5_000);
});
