import type { XmlElement } from './xml-tree.ts';

/** How a domain is named to others. `id` is -1 unless it runs. */
export interface DomainReference {
  readonly name: string;
  readonly uuid: string;
  readonly id: number;
}

/** A domain's configuration: the whole document with defaults filled in, and what is often asked of it. */
export interface DomainDefinition {
  readonly name: string;
  readonly uuid: string;
  /** `qemu` or `kvm`. */
  readonly type: string;
  readonly os_type: string;
  readonly arch: string;
  readonly machine: string;
  readonly memory_kib: number;
  readonly current_memory_kib: number;
  readonly vcpus: number;
  readonly vcpus_max: number;
  readonly xml: XmlElement;
}

export type DomainState = 'running' | 'paused' | 'shutoff' | 'crashed';

/** Why a domain is in its state (virDomainRunningReason and its like). */
export type StateReason =
  | 'unknown'
  | 'booted'
  | 'unpaused'
  | 'user'
  | 'starting-up'
  | 'shutdown'
  | 'destroyed'
  | 'crashed'
  | 'from-snapshot'
  | 'panicked';

/** A domain's life between start and stop. Times are the world's, in milliseconds. */
export interface DomainLife {
  readonly id: number;
  /** What it was started from. */
  readonly source: DomainDefinition;
  /** The same with what the host added: ids, aliases, ptys. */
  readonly definition: DomainDefinition;
  readonly started_at: number;
  /** Since when its vCPUs run; nothing while it is paused. */
  readonly running_since: number | undefined;
  /** CPU time of the runs before `running_since`, nanoseconds. */
  readonly cpu_time_ns: number;
  /** When a guest that was asked to shut down will have done so. */
  readonly shutdown_at: number | undefined;
  /** What the guest does when it shuts down: stop, or boot again. */
  readonly shutdown_into: 'stop' | 'reboot';
}

/** One domain. Immutable: every change makes another. */
export interface Domain {
  readonly name: string;
  readonly uuid: string;
  /** What it will be at the next start; nothing for a transient domain. */
  readonly persistent: DomainDefinition | undefined;
  readonly life: DomainLife | undefined;
  readonly state: DomainState;
  readonly reason: StateReason;
  readonly autostart: boolean;
}

export function referenceTo(domain: Domain): DomainReference {
  return { name: domain.name, uuid: domain.uuid, id: domain.life?.id ?? -1 };
}

/** What the domain is now: the running configuration, or else the persistent one. */
export function currentDefinition(domain: Domain): DomainDefinition {
  const definition = domain.life?.definition ?? domain.persistent;
  if (definition === undefined) throw new Error(`domain ${domain.name} neither runs nor is persistent`);
  return definition;
}

/** Guests are mostly idle: the share of each vCPU that one uses. */
const VCPU_LOAD = 0.05;

/** CPU time used up to `now`, nanoseconds. Grows only while the domain's vCPUs run. */
export function cpuTime(life: DomainLife, now: number): number {
  if (life.running_since === undefined) return life.cpu_time_ns;
  return life.cpu_time_ns + Math.max(0, Math.floor((now - life.running_since) * 1e6 * VCPU_LOAD * life.definition.vcpus));
}
