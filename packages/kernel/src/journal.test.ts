import { describe, expect, test } from 'vitest';
import { Clock } from './clock.ts';
import { Journal, type JournalEntry } from './journal.ts';

const entry = (operation: string): JournalEntry => ({
  emulator: 'toy',
  connection: 1,
  direction: 'in',
  operation,
  attributes: () => ({ lazy: operation }),
  outcome: undefined,
});

const names = (journal: Journal, since?: number): string[] => [...journal.events(since)].map((event) => event.operation);

describe('Journal', () => {
  test('numbers and times events, oldest first', () => {
    const clock = new Clock();
    clock.freeze();
    const journal = new Journal(clock, 10);
    journal.record(entry('a'));
    clock.advance(5);
    journal.record(entry('b'));
    const [a, b] = [...journal.events()];
    expect([a?.sequence, b?.sequence]).toEqual([1, 2]);
    expect((b?.time ?? 0) - (a?.time ?? 0)).toBe(5);
    expect(a?.attributes).toEqual({ lazy: 'a' });
    expect(names(journal, 1)).toEqual(['b']);
    expect(names(journal, 2)).toEqual([]);
  });

  test('is a ring: it holds the latest and no more', () => {
    const journal = new Journal(new Clock(), 4);
    for (let count = 0; count < 11; count++) journal.record(entry(String(count)));
    expect(names(journal)).toEqual(['7', '8', '9', '10']);
    expect(names(journal, 9)).toEqual(['9', '10']);
  });

  test('is bounded in bytes too: old events make room for big ones, the latest always stays', () => {
    const journal = new Journal(new Clock(), 100, 10_000);
    const big = (operation: string, length: number): void =>
      journal.record({ ...entry(operation), attributes: { text: 'x'.repeat(length) } });
    for (let count = 0; count < 10; count++) journal.record(entry(`small ${count}`));
    big('a', 3_000);
    expect(names(journal)).toEqual([...Array.from({ length: 10 }, (_, count) => `small ${count}`), 'a']);
    big('b', 1_000);
    expect(names(journal).at(0)).toBe('small 5');
    big('c', 100_000);
    expect(names(journal)).toEqual(['c']);
    big('d', 1_000);
    expect(names(journal)).toEqual(['d']);
    for (let count = 0; count < 300; count++) journal.record(entry(String(count)));
    expect(names(journal).length).toBeGreaterThan(30);
    expect(names(journal).length).toBeLessThan(40);
    journal.clear();
    for (let count = 0; count < 10; count++) journal.record(entry(`again ${count}`));
    expect(names(journal)).toHaveLength(10);
  });

  test('formats when it records: what attributes are made of is not kept', () => {
    const journal = new Journal(new Clock());
    let formatted = 0;
    journal.record({ ...entry('a'), attributes: () => ({ count: ++formatted }) });
    expect(formatted).toBe(1);
    for (let reader = 0; reader < 2; reader++) expect([...journal.events()][0]?.attributes).toEqual({ count: 1 });
  });

  test('reading goes on while somebody records', () => {
    const journal = new Journal(new Clock(), 4);
    for (let count = 0; count < 4; count++) journal.record(entry(String(count)));
    const seen: string[] = [];
    for (const event of journal.events()) {
      seen.push(event.operation);
      if (seen.length <= 3) for (let more = 0; more < 2; more++) journal.record(entry(`${event.operation}.${more}`));
    }
    // What fell out of the ring meanwhile is skipped.
    expect(seen).toEqual(['0', '2', '0.0', '2.0', '2.1', '0.0.0', '0.0.1']);
  });

  test('clear forgets events, not numbers: a reader misses nothing', () => {
    const journal = new Journal(new Clock(), 4);
    for (let count = 0; count < 6; count++) journal.record(entry(String(count)));
    journal.clear();
    expect(names(journal)).toEqual([]);
    journal.record(entry('after'));
    expect([...journal.events(6)].map((event) => event.sequence)).toEqual([7]);
    expect(names(journal)).toEqual(['after']);
  });

  test('followers hear of events until they stop', () => {
    const journal = new Journal(new Clock());
    const heard: string[] = [];
    const stop = journal.follow((event) => heard.push(event.operation));
    journal.record(entry('a'));
    stop();
    journal.record(entry('b'));
    expect(heard).toEqual(['a']);
  });

  test('tells when it is switched on or off, once each', () => {
    const journal = new Journal(new Clock());
    const states: boolean[] = [];
    journal.onSwitch(() => states.push(journal.enabled));
    journal.enable();
    journal.enable();
    journal.enable(false);
    expect(states).toEqual([true, false]);
  });
});
