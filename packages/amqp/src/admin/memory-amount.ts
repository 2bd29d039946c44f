/** rabbit_resource_monitor_misc:parse_information_unit/1: `k` and `KiB` are 1024 bytes, `kB` is 1000. */
const UNITS: Readonly<Record<string, number>> = {
  ...{ '': 1, k: 2 ** 10, ki: 2 ** 10, m: 2 ** 20, mi: 2 ** 20, g: 2 ** 30, gi: 2 ** 30, kb: 1e3, mb: 1e6, gb: 1e9 },
  ...{ kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30 },
};

/** Bytes of `1000`, `100MB` or `2GiB`, as RabbitMQ's configuration writes them. NaN for anything else. */
export function bytesOf(text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(text) ?? [];
  return Number(number ?? Number.NaN) * (UNITS[unit.toLowerCase()] ?? Number.NaN);
}
