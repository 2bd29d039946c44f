import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MapVersion, VersionedMap } from './versioned-map.ts';

const contents = (map: VersionedMap<number>): string => JSON.stringify([...map.values()].sort());

describe('VersionedMap', () => {
  it('goes to any version from any other, as a map that is copied each time does', () => {
    const step = fc.oneof(
      fc.record({
        do: fc.constant('set' as const),
        key: fc.constantFrom('a', 'b', 'c', 'd'),
        value: fc.option(fc.nat(99), { nil: undefined }),
      }),
      fc.record({ do: fc.constant('keep' as const) }),
      fc.record({ do: fc.constant('restore' as const), which: fc.nat(20) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const map = new VersionedMap<number>();
        const kept: { readonly version: MapVersion<number>; readonly text: string }[] = [{ version: map.version(), text: contents(map) }];
        for (const each of steps) {
          if (each.do === 'set') map.set(each.key, each.value);
          else if (each.do === 'keep') kept.push({ version: map.version(), text: contents(map) });
          else {
            const target = kept[each.which % kept.length];
            if (target === undefined) continue;
            map.restore(target.version);
            expect(contents(map)).toBe(target.text);
          }
        }
      }),
    );
  });

  it('tells the net change', () => {
    const map = new VersionedMap<number>();
    map.set('same', 1);
    map.set('changed', 1);
    const version = map.version();
    map.set('changed', 2);
    map.set('changed', 3);
    map.set('same', 2);
    map.set('same', 1);
    map.set('new', 1);
    expect([...map.restore(version)]).toEqual([
      ['changed', { before: 3, after: 1 }],
      ['new', { before: 1, after: undefined }],
    ]);
  });
});
