import { describe, expect, test } from 'vitest';
import { type FaultRule, type FaultSubject, Faults } from './faults.ts';
import { fault_rules_max } from './limits.ts';
import { Random } from './random.ts';

const rule = (more: Partial<FaultRule> = {}): FaultRule => ({
  emulator: 'amqp',
  operation: 'basic.publish',
  action: { kind: 'close' },
  ...more,
});
const subject = (more: Partial<FaultSubject> = {}): FaultSubject => ({
  emulator: 'amqp',
  operation: 'basic.publish',
  direction: 'in',
  attributes: { exchange: 'orders', size_bytes: 7, mandatory: true, nothing: undefined },
  ...more,
});
const strikes = (given: FaultRule, count: number, what: FaultSubject = subject()): number[] => {
  const faults = new Faults(new Random('faults'));
  faults.add(given);
  return Array.from({ length: count }, (_, index) => index + 1).filter(() => faults.strike(what) !== undefined);
};

describe('which operations match', () => {
  test.each<[string, Partial<FaultRule>, Partial<FaultSubject>, boolean]>([
    ['the name', {}, {}, true],
    ['another name', { operation: 'basic.get' }, {}, false],
    ['a dot is a dot', { operation: 'basic.publish' }, { operation: 'basicXpublish' }, false],
    ['a star', { operation: 'basic.*' }, {}, true],
    ['stars', { operation: '*.pub**sh' }, {}, true],
    ['another emulator', { emulator: 'ldap' }, {}, false],
    ['the direction', { direction: 'out' }, {}, false],
    ['an attribute', { where: { exchange: 'orders' } }, {}, true],
    ['another attribute', { where: { exchange: 'orders', size_bytes: 8 } }, {}, false],
    ['a star in an attribute', { where: { exchange: 'ord*' } }, {}, true],
    ['a number as text, as from the command line', { where: { size_bytes: '7' } }, {}, true],
    ['a truth as text', { where: { mandatory: 'true' } }, {}, true],
    ['an attribute that is not there', { where: { absent: '*' } }, {}, false],
    ['attributes made on demand', { where: { exchange: 'x' } }, { attributes: () => ({ exchange: 'x' }) }, true],
  ])('%s', (_, given, what, expected) => {
    expect(strikes(rule(given), 1, subject(what))).toHaveLength(expected ? 1 : 0);
  });
});

describe('which occurrences fire', () => {
  test.each([
    [{ nth: 3 }, [3]],
    [{ first: 2 }, [1, 2]],
    [{ every: 3 }, [3, 6, 9]],
    [{ every: 2, first: 5 }, [2, 4]],
    [{ probability: 0 }, []],
    [{ probability: 1 }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
  ])('%j', (occurrences, expected) => {
    expect(strikes(rule({ occurrences }), 10)).toEqual(expected);
  });

  test('probability draws from the seeded generator', () => {
    const first = strikes(rule({ occurrences: { probability: 0.3 } }), 1_000);
    expect(first).toEqual(strikes(rule({ occurrences: { probability: 0.3 } }), 1_000));
    expect(Math.abs(first.length - 300)).toBeLessThan(60);
  });
});

describe('the rules of a world', () => {
  test('the first that fires decides; each counts what it saw', () => {
    const faults = new Faults(new Random('x'));
    const first = faults.add(rule({ occurrences: { nth: 2 }, action: { kind: 'swallow' } }));
    const second = faults.add(rule({ action: { kind: 'reset' } }));
    expect([1, 2, 3].map(() => faults.strike(subject())?.id)).toEqual([second.id, first.id, second.id]);
    expect(faults.list().map(({ matched, fired }) => [matched, fired])).toEqual([
      [3, 1],
      [2, 2],
    ]);
  });

  test('can be removed and cleared, and tell whether there are any', () => {
    const faults = new Faults(new Random('x'));
    const armed: boolean[] = [];
    faults.onSwitch(() => armed.push(faults.armed));
    const { id } = faults.add(rule());
    expect(faults.remove(id + 1)).toBe(false);
    expect(faults.remove(id)).toBe(true);
    faults.add(rule());
    faults.clear();
    expect(armed).toEqual([true, true, false, true, false]);
    expect(faults.strike(subject())).toBeUndefined();
  });

  test('are limited in number', () => {
    const faults = new Faults(new Random('x'));
    for (let count = 0; count < fault_rules_max; count++) faults.add(rule());
    expect(() => faults.add(rule())).toThrow(/at most/);
  });
});
