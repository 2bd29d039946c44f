import { describe, expect, it } from 'vitest';
import { isMet, type Line, markdown, median } from './line.ts';

const cpu: Line = { name: 'confirms: server CPU', unit: 'µs', ours: 6, theirs: 30, goal: { of: 'ratio', at_most: 0.25 } };
const memory: Line = { name: 'idle memory', unit: 'MB', ours: 80, theirs: 130, goal: { of: 'value', at_most: 70 } };

describe('a figure', () => {
  it('is held against the real server where its goal is a ratio', () => {
    expect(isMet(cpu)).toBe(true);
    expect(isMet({ ...cpu, ours: 8 })).toBe(false);
  });

  it('is held against a number where its goal is one', () => {
    expect(isMet(memory)).toBe(false);
  });

  it('meets and misses nothing while there is nothing to compare with', () => {
    expect(isMet({ ...cpu, theirs: undefined })).toBeUndefined();
    expect(isMet({ name: 'add: rate', unit: '/s', ours: 1 })).toBeUndefined();
  });

  it('becomes a row of a Markdown table', () => {
    const rows = markdown({ title: 'AMQP 0-9-1', peer: 'RabbitMQ', lines: [cpu, memory] })
      .split('\n')
      .slice(-3);
    expect(rows).toEqual([
      '| confirms: server CPU | µs | 6 | 30 | 0.2 × | ≤ 0.25 × | yes |  |',
      '| idle memory | MB | 80 | 130 | 0.62 × | ≤ 70 MB | **no** |  |',
      '',
    ]);
  });
});

it('takes the median, which one slow run does not move', () => {
  expect(median([5, 1, 900])).toBe(5);
  expect(median([])).toBeUndefined();
});
