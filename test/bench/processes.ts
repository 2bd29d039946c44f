import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks per second in /proc/PID/stat; 100 on every Linux that Node runs on. */
const ticks_per_second = 100;

interface Stat {
  readonly group: number;
  readonly cpu_seconds: number;
}

/** Fields 5, 14 and 15 of /proc/PID/stat, proc(5). The second field is in parentheses and may contain anything. */
function stat(pid: number): Stat | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    return { group: Number(fields[2]), cpu_seconds: (Number(fields[11]) + Number(fields[12])) / ticks_per_second };
  } catch {
    return undefined;
  }
}

/** Every process of these groups: a server and its helpers. */
export function processesOf(groups: readonly number[]): number[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.filter((pid) => groups.includes(stat(pid)?.group ?? -1));
}

/** User and system time so far. */
export function cpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (stat(pid)?.cpu_seconds ?? 0), 0);
}

/** Resident memory. */
export function residentMegabytes(pids: readonly number[]): number {
  const kib = (pid: number): number => {
    try {
      return Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
    } catch {
      return 0;
    }
  };
  return pids.reduce((sum, pid) => sum + kib(pid), 0) / 1024;
}
