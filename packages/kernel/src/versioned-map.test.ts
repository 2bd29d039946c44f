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
