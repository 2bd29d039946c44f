// libvirt.org/kbase/internals and qemu_driver.c: a domain's states. Pure: a domain in, another and its events out.
import { HypervisorError, notRunning } from './conditions.ts';
import { cpuTime, type Domain, type DomainDefinition, type DomainLife, type DomainReference, referenceTo } from './domain.ts';
import { type DomainEvent, lifecycleOf } from './domain-events.ts';

export interface Transition {
  /** Nothing if a transient domain has come to its end. */
  readonly domain: Domain | undefined;
  readonly events: readonly DomainEvent[];
}

export interface StartOptions {
  readonly paused?: boolean;
}

/** `source` is what it is started from; `live` the same with what the host added. */
export function start(
  domain: Domain,
  definitions: { readonly source: DomainDefinition; readonly live: DomainDefinition },
  id: number,
  now: number,
  options: StartOptions = {},
): Transition {
  if (domain.life !== undefined) throw new HypervisorError('operation-invalid', 'driver', 'domain is already running');
  const paused = options.paused === true;
  const life: DomainLife = {
    id,
    source: definitions.source,
    definition: definitions.live,
    started_at: now,
    running_since: paused ? undefined : now,
    cpu_time_ns: 0,
    shutdown_at: undefined,
    shutdown_into: 'stop',
  };
  const started: Domain = { ...domain, life, state: paused ? 'paused' : 'running', reason: paused ? 'user' : 'booted' };
  const boot = lifecycleOf(started, { event: 'started', detail: 'booted' });
  // QEMU starts with stopped vCPUs: their first "resume" is reported before libvirt reports the start.
  const events = paused
    ? [boot, lifecycleOf(started, { event: 'suspended', detail: 'paused' })]
    : [lifecycleOf(started, { event: 'resumed', detail: 'unpaused' }), boot];
  return { domain: started, events };
}

export function suspend(domain: Domain, now: number): Transition {
  const life = living(domain);
  if (domain.state === 'paused') return { domain, events: [] };
  const paused: Domain = {
    ...domain,
    life: { ...life, running_since: undefined, cpu_time_ns: cpuTime(life, now) },
    state: 'paused',
    reason: 'user',
  };
  return { domain: paused, events: [lifecycleOf(paused, { event: 'suspended', detail: 'paused' })] };
}

export function resume(domain: Domain, now: number): Transition {
  const life = living(domain);
  if (domain.state === 'running') throw new HypervisorError('operation-invalid', 'driver', 'domain is already running');
  if (domain.state === 'crashed') throw new HypervisorError('operation-invalid', 'driver', 'domain is in crashed state');
  const resumed: Domain = { ...domain, life: { ...life, running_since: now }, state: 'running', reason: 'unpaused' };
  return { domain: resumed, events: [lifecycleOf(resumed, { event: 'resumed', detail: 'unpaused' })] };
}

/** The guest has shut itself down (`shutdown`), or QEMU was told to go (`destroyed`). */
export function stop(domain: Domain, how: 'shutdown' | 'destroyed' | 'crashed'): Transition {
  living(domain);
  const before = referenceTo(domain);
  const gone: DomainReference = { ...before, id: -1 };
  const events = [lifecycleOf(gone, { event: 'stopped', detail: how })];
  if (how === 'shutdown') events.unshift(lifecycleOf(before, { event: 'shutdown', detail: 'guest' }));
  if (how === 'destroyed') events.unshift(lifecycleOf(before, { event: 'shutdown', detail: 'host' }));
  const stopped: Domain | undefined =
    domain.persistent === undefined ? undefined : { ...domain, life: undefined, state: 'shutoff', reason: how };
  return { domain: stopped, events };
}

/** The machine's reset button: it runs on, and everybody who watches is told of a reboot. */
export function reset(domain: Domain): Transition {
  living(domain);
  return { domain, events: [{ kind: 'reboot', domain: referenceTo(domain) }] };
}

/** The guest is asked to go down at `at`. */
export function requestShutdown(domain: Domain, into: 'stop' | 'reboot', at: number): Transition {
  const life = living(domain, into === 'stop' ? 'driver' : 'definition');
  return { domain: { ...domain, life: { ...life, shutdown_at: at, shutdown_into: into } }, events: [] };
}

/** The guest came back up by itself. */
export function rebooted(domain: Domain): Transition {
  const life = living(domain);
  const up: Domain = { ...domain, life: { ...life, shutdown_at: undefined, shutdown_into: 'stop' } };
  return { domain: up, events: [{ kind: 'reboot', domain: referenceTo(up) }] };
}

/** The domain's life, or the error that there is none. */
export function living(domain: Domain, origin: 'driver' | 'definition' = 'definition'): DomainLife {
  if (domain.life === undefined) throw notRunning(origin);
  return domain.life;
}
