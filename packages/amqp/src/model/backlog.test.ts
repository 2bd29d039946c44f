import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BacklogSnapshot, EntryDeque } from './backlog.ts';
import { Entry } from './entry.ts';
import { Message } from './message.ts';

const message = Message.of('', '', new Uint8Array(0));
const entry = (sequence: number): Entry => new Entry(message, sequence, 0, 0, 0);
const sequences = (entries: Iterable<Entry>): number[] => Array.from(entries, ({ sequence }) => sequence);

type Step = { readonly do: 'push' | 'shift' | 'giveBack' | 'snapshot' | 'restore'; readonly count: number };

const steps = fc.array(
  fc.record({
    do: fc.constantFrom<Step['do'][]>('push', 'shift', 'shift', 'giveBack', 'giveBack', 'snapshot', 'restore'),
    count: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 700 })),
  }),
  { maxLength: 40 },
);

describe('a deque of entries', () => {
  it('keeps order and snapshots over chunks', () => {
    fc.assert(
      fc.property(steps, (script) => {
        let deque = new EntryDeque();
        let expected: number[] = [];
        let out: number[] = [];
        let next = 0;
        const snapshots: { readonly taken: BacklogSnapshot; readonly expected: readonly number[]; readonly out: readonly number[] }[] = [];
        for (const { do: what, count } of script) {
          if (what === 'push') {
            for (let index = 0; index < count; index++) {
              deque.push(entry(next));
              expected.push(next++);
            }
          } else if (what === 'shift') {
            for (let index = 0; index < count && expected.length > 0; index++) {
              const shifted = deque.shift()?.sequence ?? -1;
              expect(shifted).toBe(expected.shift());
              out.push(shifted);
            }
          } else if (what === 'giveBack') {
            // Every second one of those that are out, so that they go between others.
            const back = out.filter((_, index) => index % 2 === count % 2).sort((one, other) => one - other);
            out = out.filter((_, index) => index % 2 !== count % 2);
            deque.restore(back.map(entry));
            expected = [...expected, ...back].sort((one, other) => one - other);
          } else if (what === 'snapshot') snapshots.push({ taken: deque.snapshot(), expected: [...expected], out: [...out] });
          else {
            const snapshot = snapshots[count % Math.max(1, snapshots.length)];
            if (snapshot === undefined) continue;
            deque = EntryDeque.of(snapshot.taken);
            expected = [...snapshot.expected];
            out = [...snapshot.out];
          }
          expect(deque.length).toBe(expected.length);
          expect(sequences(deque.entries())).toEqual(expected);
          for (const { taken, expected: then } of snapshots) expect(sequences(taken.entries())).toEqual(then);
        }
      }),
      { numRuns: 150 },
    );
  });

  // It took a quarter of a minute when everything before the last entry was taken out and put back each time.
  it('takes entries back one by one, in whatever order, without going through all of them', () => {
    const count = 10_000;
    const before = performance.now();
    const deque = new EntryDeque();
    for (let sequence = 0; sequence < count; sequence++) deque.push(entry(sequence));
    for (const step of [1, 7_919, count - 1]) {
      while (deque.shift() !== undefined);
      for (let index = 0; index < count; index++) deque.restore([entry((index * step) % count)]);
      expect(sequences(deque.entries())).toEqual(Array.from({ length: count }, (_, index) => index));
    }
    expect(performance.now() - before).toBeLessThan(10_000);
  });
});
