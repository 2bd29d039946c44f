import { isObject, type JsonObject } from '../json.ts';
import type { Table } from './command.ts';
import { drawnTable } from './drawn-table.ts';

/** What `--formatter` names. */
export type Formatter = 'table' | 'json' | 'csv' | 'pretty_table' | 'erlang';

const FORMATTERS: readonly Formatter[] = ['table', 'json', 'csv', 'pretty_table', 'erlang'];

export function formatterNamed(name: string): Formatter | undefined {
  return FORMATTERS.find((known) => known === name);
}

/** What programs read has no line before it that tells what follows. */
export function isForPrograms(formatter: Formatter): boolean {
  return formatter === 'json' || formatter === 'csv';
}

interface Look {
  readonly hasHeaders: boolean;
  /** To a newer `csv`, lists are texts: an empty one is nothing. */
  readonly isListText: boolean;
}

/** Prints a table as rabbitmqctl's formatters do. */
export function printTable(table: Table, formatter: Formatter, { hasHeaders, isListText }: Look): string {
  const { columns, rows } = table;
  switch (formatter) {
    case 'json':
      return `[\n${rows.map((row) => `${JSON.stringify(pick(row, columns))}\n`).join(',')}]\n`;
    case 'csv':
      return delimited(rows, columns, hasHeaders, isListText);
    case 'pretty_table':
      return rows.length === 0
        ? table.whole === true
          ? '\n'
          : ''
        : drawnTable(
            columns,
            rows.map((row) => shown(row, columns)),
          );
    case 'erlang':
      return `[${rows.map((row) => properties(row, table)).join(',\n ')}]\n`;
    default:
      return tabbed(table, hasHeaders);
  }
}

/** A table without rows has no header either. */
function tabbed({ columns, rows, whole = false, headless = false }: Table, hasHeaders: boolean): string {
  if (rows.length === 0) return whole ? '\n' : '';
  const lines = rows.map((row) => columns.map((column) => cell(row[column])).join('\t'));
  return `${[...(hasHeaders && !headless ? [columns.join('\t')] : []), ...lines].join('\n')}\n`;
}

function delimited(rows: readonly JsonObject[], columns: readonly string[], hasHeaders: boolean, isListText: boolean): string {
  const bare = (value: unknown): string => (isListText && Array.isArray(value) && value.length === 0 ? '' : cell(value));
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const lines = rows.map((row) => columns.map((column) => quoted(bare(row[column]))).join(','));
  return [...(hasHeaders && rows.length > 0 ? [columns.map(quoted).join(',')] : []), ...lines].map((line) => `${line}\n`).join('');
}

function pick(row: JsonObject, columns: readonly string[]): JsonObject {
  return Object.fromEntries(columns.map((column) => [column, row[column] ?? '']));
}

function cell(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return `[${value.map((item) => cell(item)).join(', ')}]`;
  return isObject(value) ? term(value) : String(value);
}

/** Between lines, lists have no brackets. */
function shown(row: JsonObject, columns: readonly string[]): JsonObject {
  const bare = (value: unknown): string => (Array.isArray(value) ? value.map(cell).join(', ') : cell(value));
  return Object.fromEntries(columns.map((column) => [column, bare(row[column])]));
}

/** Tables are lists of pairs: `[{"x-max-length",5}]`. */
function term(value: unknown): string {
  if (isObject(value)) {
    const pairs = Object.entries(value).map(([name, member]) => `{${JSON.stringify(name)},${term(member)}}`);
    return `[${pairs.join(',')}]`;
  }
  if (Array.isArray(value)) return `[${value.map(term).join(',')}]`;
  if (value === null) return 'undefined';
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/** A row as Erlang has it, a list of properties. */
function properties(row: JsonObject, { columns, atoms = [] }: Table): string {
  const members = columns.map((column) => `{${atom(column)},${erlang(row[column], atoms.includes(column))}}`);
  return `[${members.join(',')}]`;
}

function erlang(value: unknown, isAtom: boolean): string {
  if (typeof value === 'string') return isAtom ? atom(value) : binary(value);
  if (Array.isArray(value)) return `[${value.map((item) => erlang(item, isAtom)).join(',')}]`;
  if (isObject(value))
    return `[${Object.entries(value)
      .map(([name, member]) => `{${binary(name)},${erlang(member, false)}}`)
      .join(',')}]`;
  return value === null || value === undefined ? "''" : String(value);
}

function binary(text: string): string {
  if (text === '') return '<<>>';
  const isLatin = /^[\u0020-\u007e\u00a0-\u00ff]*$/.test(text);
  return `<<"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"${isLatin && !/[\u00a0-\u00ff]/.test(text) ? '' : '/utf8'}>>`;
}

function atom(text: string): string {
  return /^[a-z][\w@]*$/.test(text) ? text : `'${text}'`;
}
