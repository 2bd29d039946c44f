import type { JsonObject } from '../json.ts';

/** Letters that terminals show as lines (the DEC special graphics character set). */
const [begin, end] = ['\u001b(0', '\u001b(B'];

/** A table with lines around its cells, as some commands print it. */
export function drawnTable(columns: readonly string[], rows: readonly JsonObject[]): string {
  const lines = [columns, ...rows.map((row) => columns.map((column) => String(row[column] ?? '')))];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
  const rule = (left: string, middle: string, right: string): string =>
    `${begin}${left}${widths.map((width) => 'q'.repeat(width + 2)).join(middle)}${right}${end}\n`;
  const bar = `${begin}x${end}`;
  const shown = (cell: string, isTitle: boolean): string => (isTitle ? `\u001b[1m${cell}\u001b[0m` : cell);
  const drawn = lines.map((cells, line) => {
    const padded = cells.map((cell, index) => ` ${shown(cell, line === 0)}${' '.repeat((widths[index] ?? 0) - cell.length)} ${bar}`);
    return `${bar}${padded.join('')}\n`;
  });
  return `${rule('l', 'w', 'k')}${drawn.join(rule('t', 'n', 'u'))}${rule('m', 'v', 'j')}`;
}
