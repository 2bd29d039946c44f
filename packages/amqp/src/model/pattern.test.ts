import { Clock, Random } from '@wirelike/kernel';
import { describe, expect, it } from 'vitest';
import { Broker } from './broker.ts';
import { EMPTY_TABLE } from './field-table.ts';
import { declareQueue, OPERATOR } from './index.ts';
import { patternOf } from './pattern.ts';

describe('a pattern', () => {
  it.each<[string, string, boolean]>([
    ['^amq\\.', 'amq.gen-1', true],
    ['^amq\\.', 'my.amq.gen-1', false],
    ['.*', '', true],
    ['(orders|bills)\\.[a-z]+', 'bills.new', true],
    ['^(?!amq\\.).*', 'amq.direct', false],
    ['(?i)^ORDERS$', 'orders', true],
    ['^a.*b.*c$', 'a-b-c', true],
    ['^(ab)+$', 'ababab', true],
    ['\\-', 'a-b', true],
    ['^.$', '😀', true],
  ])('%s on %s', (source, text, matches) => expect(patternOf(source).test(text)).toBe(matches));

  it('that JavaScript can’t read matches nothing, and says why', () => {
    expect(patternOf('(').problem).toContain('Unterminated group');
    expect(patternOf('(').test('(')).toBe(false);
  });

  it.each(['(a+)+$', '(a|a)*$', 'a*a*a*a*a*$'])('%s is given up on, and after a few times for good', (source) => {
    const pattern = patternOf(source);
    const before = performance.now();
    for (let time = 0; time < 100; time++) expect(pattern.test(`${'a'.repeat(254)}!`)).toBe(false);
    expect(performance.now() - before).toBeLessThan(3_000);
  });
});

it('of a policy can’t stop the broker', () => {
  const broker = new Broker({ clock: new Clock(), random: new Random('pattern') });
  const vhost = broker.addVhost('/');
  vhost.setPolicy('slow', { name: 'slow', pattern: '^(x+)+$', definition: { 'max-length': 1 }, priority: 0, applyTo: 'all' });
  for (let index = 0; index < 50; index++) declareQueue(vhost, OPERATOR, { queue: `${'x'.repeat(200)}${index}`, arguments: EMPTY_TABLE });
  expect(vhost.queues.size).toBe(50);
});
