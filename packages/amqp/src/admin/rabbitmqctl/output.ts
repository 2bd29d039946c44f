import { isObject, type JsonObject } from '../json.ts';
import type { Table } from './command.ts';

export interface Format {
  readonly json: boolean;
  readonly headers: boolean;
}

/** rabbitmqctl's `table` and `json` formatters. A table without rows has no header either. */
export function printTable({ columns, rows, whole = false, headless = false }: Table, { json, headers }: Format): string {
  if (json) return `[\n${rows.map((row) => `${JSON.stringify(pick(row, columns))}\n`).join(',')}]\n`;
  if (rows.length === 0) return whole ? '\n' : '';
  const lines = rows.map((row) => columns.map((column) => cell(row[column])).join('\t'));
  return `${[...(headers && !headless ? [columns.join('\t')] : []), ...lines].join('\n')}\n`;
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
