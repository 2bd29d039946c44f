import { describe, expect, test } from 'vitest';
import { Clock } from './clock.ts';
import { attributesOf, Journal, type JournalEntry } from './journal.ts';

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
    expect(a && attributesOf(a)).toEqual({ lazy: 'a' });
    expect(names(journal, 1)).toEqual(['b']);
    expect(names(journal, 2)).toEqual([]);
  });

  test('is a ring: it holds the latest and no more', () => {
    const journal = new Journal(new Clock(), 4);
    for (let count = 0; count < 11; count++) journal.record(entry(String(count)));
    expect(names(journal)).toEqual(['7', '8', '9', '10']);
    expect(names(journal, 9)).toEqual(['9', '10']);
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
