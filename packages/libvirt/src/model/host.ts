import { ControlError, type Random } from '@wirelike/kernel';

/** The machine that the hypervisor pretends to run on. */
export interface Host {
  readonly hostname: string;
  readonly uuid: string;
  /** `x86_64` or `aarch64`. */
  readonly arch: string;
  readonly cpus: number;
  readonly memory_kib: number;
  readonly mhz: number;
  /** virConnectGetVersion: 1,000,000 × major + 1,000 × minor + release. */
  readonly hypervisor_version: number;
  readonly library_version: number;
}

export const host_defaults = { hostname: 'wirelike', cpus: '8', memory_mib: '16384', arch: 'x86_64', shutdown_milliseconds: '0' } as const;

export const architectures: readonly string[] = ['x86_64', 'aarch64'];

/** A host from its settings (`hostname`, `cpus`, `memory_mib`, `arch`). Throws a sentence if one is not usable. */
export function hostFrom(settings: Readonly<Record<string, string>>, random: Random): Host {
  const { hostname, cpus, memory_mib, arch } = { ...host_defaults, ...settings };
  if (!architectures.includes(arch)) throw new ControlError(`libvirt.arch is one of ${architectures.join(', ')}, not ${arch}`);
  return {
    hostname,
    uuid: random.uuid(),
    arch,
    cpus: wholeNumber('cpus', cpus, 4_096),
    memory_kib: wholeNumber('memory_mib', memory_mib, 1 << 30) * 1_024,
    mhz: 2_400,
    // QEMU 7.2.22 under libvirt 9.0.0: Debian 12.
    hypervisor_version: 7_002_022,
    library_version: 9_000_000,
  };
}

/** How long a guest takes to go down when it is asked to (setting `shutdown_milliseconds`). */
export function shutdownMilliseconds(settings: Readonly<Record<string, string>>): number {
  return wholeNumber('shutdown_milliseconds', settings.shutdown_milliseconds ?? host_defaults.shutdown_milliseconds, 86_400_000, 0);
}

function wholeNumber(name: string, text: string, max: number, min = 1): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new ControlError(`libvirt.${name} is a whole number from ${min} to ${max}, not ${text}`);
  }
  return value;
}
