import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Version, VersionedMap } from './versioned-map.ts';

type Step =
  | { readonly is: 'set'; readonly key: string; readonly value: number | undefined }
  | { readonly is: 'mark' }
  | { readonly is: 'restore'; readonly which: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      is: fc.constant('set' as const),
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      value: fc.option(fc.nat(3), { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('mark' as const) }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('restore' as const), which: fc.nat(20) }) },
);

test('any order of changes, marks and restores is as if every mark had been a copy', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const told = new Map<string, number>();
      const map = new VersionedMap<string, number>((key, before, after) => {
        expect(told.get(key)).toBe(before);
        if (after === undefined) told.delete(key);
        else told.set(key, after);
      });
      const marks: { readonly version: Version<string, number>; readonly copy: ReadonlyMap<string, number> }[] = [];
      for (const each of steps) {
        if (each.is === 'set') map.set(each.key, each.value);
        else if (each.is === 'mark') marks.push({ version: map.mark(), copy: new Map(told) });
        else {
          const mark = marks[each.which % Math.max(1, marks.length)];
          if (mark === undefined) continue;
          expect(map.restore(mark.version)).toBe(true);
          expect(told).toEqual(mark.copy);
        }
        expect(new Map([...told.keys()].map((key) => [key, map.get(key)]))).toEqual(told);
        expect(map.size).toBe(told.size);
      }
    }),
  );
});

test('marking without changes is free, and a mark of another map is refused', () => {
  const map = new VersionedMap<string, number>(() => {});
  map.set('a', 1);
  const mark = map.mark();
  expect(map.mark()).toBe(mark);
  expect(new VersionedMap<string, number>(() => {}).restore(mark)).toBe(false);
});

test('remembers no more states than somebody can go back to', async () => {
  const map = new VersionedMap<string, number>(() => {});
  const first = map.mark();
  const kept: { readonly version: Version<string, number>; readonly value: number }[] = [];
  for (let value = 1; value <= 20_000; value++) {
    map.set(`k${value % 10}`, value);
    const version = map.mark();
    if (value % 1_000 === 0) {
      kept.push({ version, value });
      // Versions live until the end of the job that looked at them.
      await new Promise((resolve) => setImmediate(resolve));
      collectGarbage();
    }
  }
  expect(map.retained).toBeLessThan(3_000);
  for (const { version, value } of kept) {
    expect(map.restore(version)).toBe(true);
    expect([map.get(`k${value % 10}`), map.get('k1')]).toEqual([value, value - 9]);
  }
  map.restore(first);
  expect(map.size).toBe(0);
});

test('a restore tells of its changes in the same order, whatever was forgotten on the way', async () => {
  const orderOf = async (forgetting: boolean): Promise<readonly string[]> => {
    let told: string[] = [];
    const map = new VersionedMap<string, number>((key) => told.push(key));
    const first = map.mark();
    const held: unknown[] = [];
    for (const [index, key] of [...'zaybxcwdve'].flatMap((one) => Array.from({ length: 20 }, () => one)).entries()) {
      map.set(key, index);
      if (forgetting) map.mark();
      else held.push(map.mark());
      if (index % 50 === 49) {
        await new Promise((resolve) => setImmediate(resolve));
        if (forgetting) collectGarbage();
      }
    }
    expect(map.retained < 150).toBe(forgetting);
    const last = map.mark();
    told = [];
    map.restore(first);
    map.restore(last);
    return told;
  };
  const order = await orderOf(false);
  expect(order).toHaveLength(20);
  expect(await orderOf(true)).toEqual(order);
});

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}
