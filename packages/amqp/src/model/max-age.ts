const SECOND = 1_000;
const UNITS: Readonly<Record<string, number>> = {
  s: SECOND,
  m: 60 * SECOND,
  h: 3_600 * SECOND,
  D: 24 * 3_600 * SECOND,
  M: 30 * 24 * 3_600 * SECOND,
  Y: 365 * 24 * 3_600 * SECOND,
};

/** `7D`, `30s`: milliseconds. Only the first line counts (rabbit_amqqueue:check_max_age/1). */
export function parseMaxAge(value: string): number | undefined {
  const parts = /^(\d+)([YMDhms])(?:\n|$)/.exec(value);
  const amount = Number(parts?.[1]);
  const unit = UNITS[parts?.[2] ?? ''];
  return unit !== undefined && amount > 0 ? amount * unit : undefined;
}
