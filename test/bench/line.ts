/** What a figure has to reach, relative to the real server's or absolute. */
export interface Goal {
  readonly of: 'ratio' | 'value';
  readonly at_least?: number;
  readonly at_most?: number;
}

/** One figure, measured of wirelike and of the real server in the same run. */
export interface Line {
  readonly name: string;
  readonly unit: string;
  readonly ours: number | undefined;
  /** Undefined if the real server is not installed, or has no such figure. */
  readonly theirs?: number | undefined;
  readonly goal?: Goal;
  readonly note?: string;
}

export interface Section {
  readonly title: string;
  /** The real server: its name and version. */
  readonly peer: string;
  readonly lines: readonly Line[];
}

export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function round(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: 0 });
}

function ratio(line: Line): number | undefined {
  return line.ours === undefined || line.theirs === undefined || line.theirs === 0 ? undefined : line.ours / line.theirs;
}

function describeGoal(goal: Goal, unit: string): string {
  const suffix = goal.of === 'ratio' ? ' ×' : ` ${unit}`;
  return goal.at_least === undefined ? `≤ ${goal.at_most}${suffix}` : `≥ ${goal.at_least}${suffix}`;
}

/** Whether a line reaches its goal; undefined if it has none, or there was nothing to compare with. */
export function isMet(line: Line): boolean | undefined {
  const value = line.goal?.of === 'ratio' ? ratio(line) : line.ours;
  if (line.goal === undefined || value === undefined) return undefined;
  return value >= (line.goal.at_least ?? -Infinity) && value <= (line.goal.at_most ?? Infinity);
}

function row(line: Line): string {
  const met = isMet(line);
  const compared = ratio(line);
  const cells = [
    line.name,
    line.unit,
    line.ours === undefined ? '–' : round(line.ours),
    line.theirs === undefined ? '–' : round(line.theirs),
    compared === undefined ? '–' : `${compared < 0.1 ? compared.toFixed(3) : round(compared)} ×`,
    line.goal === undefined ? '' : describeGoal(line.goal, line.unit),
    met === undefined ? '' : met ? 'yes' : '**no**',
    line.note ?? '',
  ];
  return `| ${cells.join(' | ')} |`;
}

/** A section as a Markdown table. */
export function markdown(section: Section): string {
  const head = `| figure | unit | wirelike | ${section.peer} | ratio | goal | met | note |`;
  return [`## ${section.title}`, '', head, '|---|---|--:|--:|--:|---|---|---|', ...section.lines.map(row), ''].join('\n');
}
