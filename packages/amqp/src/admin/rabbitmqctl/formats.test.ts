import { expect, test } from 'vitest';
import type { Table } from './command.ts';
import { type Formatter, printTable } from './formats.ts';

const table: Table = {
  columns: ['user', 'tags', 'limits'],
  rows: [{ user: 'a "b" é', tags: ['management', 'my tag'], limits: { 'max-channels': 5 } }],
  atoms: ['tags'],
};
const print = (formatter: Formatter, printed: Table = table): string =>
  printTable(printed, formatter, { hasHeaders: true, isListText: false });

test('csv doubles quotes', () => {
  expect(print('csv')).toBe('"user","tags","limits"\n"a ""b"" é","[management, my tag]","[{""max-channels"",5}]"\n');
  expect(printTable(table, 'csv', { hasHeaders: false, isListText: false })).toMatch(/^"a ""b""/);
});

test('erlang tells atoms from binaries', () => {
  expect(print('erlang')).toBe('[[{user,<<"a \\"b\\" é"/utf8>>},{tags,[management,\'my tag\']},{limits,[{<<"max-channels">>,5}]}]]\n');
});

test('a drawn table has lists without brackets', () => {
  expect(print('pretty_table')).toContain(' management, my tag ');
});

test('without rows only programs are told so', () => {
  const none = { ...table, rows: [] };
  expect((['table', 'csv', 'pretty_table', 'json', 'erlang'] as const).map((formatter) => print(formatter, none))).toEqual([
    '',
    '',
    '',
    '[\n]\n',
    '[]\n',
  ]);
});
