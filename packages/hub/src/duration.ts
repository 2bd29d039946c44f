import { ControlError } from '@wirelike/kernel';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `1h30m`, `250ms`, `1.5s`, or plain milliseconds. Throws a `ControlError` for anything else. */
export function parseDuration(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) throw new ControlError(`expected a duration like 90s, 1h30m or 250ms, found "${text}"`);
  let total = 0;
  for (const [, amount = '', unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)) total += Number(amount) * (UNITS[unit] ?? 0);
  return total;
}
