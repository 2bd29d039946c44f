import { expect, test } from 'vitest';
import { takeApart } from './command-line.ts';

test('options stand anywhere, and two dashes end them', () => {
  expect(takeApart(['-q', 'list_queues', '--vhost=a b', 'name', '-n', 'x', '--', '-p'], {})).toEqual({
    words: ['list_queues', 'name', '-p'],
    options: { quiet: true, vhost: 'a b', node: 'x' },
    invalid: [],
  });
});

test('letters may share a dash, and a number may follow its letter', () => {
  expect(takeApart(['-qs', '-t5', '-ue'], { 'if-empty': 'flag', 'if-unused': 'flag' }, { e: 'if-empty', u: 'if-unused' })).toEqual({
    words: [],
    options: { quiet: true, silent: true, timeout: '5', 'if-unused': true, 'if-empty': true },
    invalid: [],
  });
});

test('negative numbers and a lone dash are words, or values', () => {
  expect(takeApart(['set', '-1', '-', '--priority', '-2'], { priority: 'integer' })).toEqual({
    words: ['set', '-1', '-'],
    options: { priority: '-2' },
    invalid: [],
  });
});

test('what is unknown, has no value, or a wrong one is listed', () => {
  const line = ['--zz=1', '-z', '--if_unused', '-t', 'x', '--quiet=x', '--no-quiet', '--no-vhost', '-p'];
  expect(takeApart(line, { 'if-unused': 'flag' })).toEqual({
    words: [],
    options: { quiet: false },
    invalid: ['--zz : ', '-z : ', '--if_unused : ', '-t : x', '--quiet : x', '--no-vhost : ', '-p : '],
  });
});
