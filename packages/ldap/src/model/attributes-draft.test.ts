import { describe, expect, test } from 'vitest';
import { AttributesDraft } from './attributes-draft.ts';
import { Condition } from './condition.ts';
import { attributeOf } from './entry.ts';
import { type Change, checkChanges } from './modification.ts';
import { standardSchema } from './schema/standard.ts';

const schema = standardSchema();

function entry(attributes: Readonly<Record<string, readonly string[]>>): AttributesDraft {
  const made = Object.entries(attributes).map(([name, values]) => {
    const description = schema.find(name);
    if (description === undefined) throw new Error(`no attribute ${name}`);
    return attributeOf(description, values, schema);
  });
  return new AttributesDraft(made, schema);
}

function apply(draft: AttributesDraft, changes: readonly Change[]): Condition | undefined {
  const checked = checkChanges(changes, schema);
  if (checked instanceof Condition) return checked;
  for (const change of checked) {
    const wrong = draft.apply(change);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

const change = (kind: Change['kind'], attribute: string, ...values: string[]): Change => ({ kind, attribute, values });
const seen = (draft: AttributesDraft): unknown => draft.finish().map(({ description, values }) => [description.name, ...values]);

describe('changes to the attributes of an entry', () => {
  test.each<[string, Change[], unknown[]]>([
    [
      'add, in place',
      [change('add', 'sn', 'B')],
      [
        ['cn', 'Ann'],
        ['sn', 'A', 'B'],
        ['uidNumber', '7'],
      ],
    ],
    [
      'add another',
      [change('add', 'mail', 'a@b')],
      [
        ['cn', 'Ann'],
        ['sn', 'A'],
        ['uidNumber', '7'],
        ['mail', 'a@b'],
      ],
    ],
    [
      'delete by an equal value',
      [change('delete', 'cn', 'ANN')],
      [
        ['sn', 'A'],
        ['uidNumber', '7'],
      ],
    ],
    [
      'delete all',
      [change('delete', 'cn')],
      [
        ['sn', 'A'],
        ['uidNumber', '7'],
      ],
    ],
    [
      'replace goes to the end',
      [change('replace', 'cn', 'X', 'Y')],
      [
        ['sn', 'A'],
        ['uidNumber', '7'],
        ['cn', 'X', 'Y'],
      ],
    ],
    [
      'replace by nothing',
      [change('replace', 'cn')],
      [
        ['sn', 'A'],
        ['uidNumber', '7'],
      ],
    ],
    [
      'increment',
      [change('increment', 'uidNumber', '-10')],
      [
        ['cn', 'Ann'],
        ['sn', 'A'],
        ['uidNumber', '-3'],
      ],
    ],
    [
      'one after the other',
      [change('delete', 'sn', 'a'), change('add', 'sn', 'a')],
      [
        ['cn', 'Ann'],
        ['uidNumber', '7'],
        ['sn', 'a'],
      ],
    ],
  ])('%s', (_, changes, expected) => {
    const draft = entry({ cn: ['Ann'], sn: ['A'], uidNumber: ['7'] });
    expect(apply(draft, changes)).toBeUndefined();
    expect(seen(draft)).toEqual(expected);
  });

  test.each<[Change[], string]>([
    [[change('add', 'sn', 'b', 'a')], 'valueExists'],
    [[change('add', 'sn', 'b'), change('add', 'sn', 'B')], 'valueExists'],
    [[change('delete', 'sn', 'b')], 'noSuchValue'],
    [[change('delete', 'mail')], 'noSuchAttribute'],
    [[change('delete', 'sn', 'a'), change('delete', 'sn', 'a')], 'noSuchAttribute'],
    [[change('increment', 'sn', '1')], 'notIncrementable'],
  ])('%j: %s', (changes, name) => {
    expect(apply(entry({ cn: ['Ann'], sn: ['A'] }), changes)).toMatchObject({ name });
  });

  test('many small changes take no time', () => {
    const draft = entry({ cn: ['Ann'] });
    const values = Array.from({ length: 20_000 }, (_, index) => `value ${index}`);
    const started = performance.now();
    expect(
      apply(
        draft,
        values.map((value) => change('add', 'description', value)),
      ),
    ).toBeUndefined();
    expect(
      apply(
        draft,
        values.slice(1).map((value) => change('delete', 'description', value)),
      ),
    ).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(seen(draft)).toEqual([
      ['cn', 'Ann'],
      ['description', 'value 0'],
    ]);
  });
});
