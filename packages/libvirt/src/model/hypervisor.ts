import type { Clock, Model, ModelContext, ModelDump, ModelSnapshot, Random, Version } from '@wirelike/kernel';
import { domain_name_max_bytes } from '../limits.ts';
import { HypervisorError } from './conditions.ts';
import { completeDefinition, type Defaults, parseDefinition } from './definition.ts';
import { cpuTime, type Domain, type DomainDefinition, referenceTo } from './domain.ts';
import { type DomainEvent, eventsBetween, lifecycleOf } from './domain-events.ts';
import { DomainTable } from './domain-table.ts';
import { type Counters, dumpState, loadState } from './dump.ts';
import { type Host, hostFrom, shutdownMilliseconds } from './host.ts';
import * as lifecycle from './lifecycle.ts';
import { graphicsPortsOf, liveDefinition, ptysOf } from './live-definition.ts';
import { type MetadataChange, withMetadata } from './metadata.ts';
import type { XmlElement } from './xml-tree.ts';

const FIRST_COUNTERS: Counters = { domain_id: 1, pty: 0 };

class HypervisorSnapshot implements ModelSnapshot {
  readonly emulator = 'libvirt';
  readonly domains: Version<string, Domain>;
  readonly counters: Counters;

  constructor(domains: Version<string, Domain>, counters: Counters) {
    this.domains = domains;
    this.counters = counters;
  }
}

/** How to name a domain in a call. Without a UUID, by name. */
export type DomainKey = { readonly uuid: string; readonly name?: string };

/** VNC ports start here, as with QEMU. */
const FIRST_GRAPHICS_PORT = 5_900;

/**
 * A host with domains, as libvirt's QEMU driver presents it. Usable without any protocol:
 *
 * ```ts
 * const web = hypervisor.define("<domain type='qemu'><name>web</name>…</domain>");
 * hypervisor.start(web);
 * ```
 *
 * Methods throw a {@link HypervisorError} and change nothing when they refuse.
 */
export class Hypervisor implements Model {
  readonly host: Host;
  readonly #clock: Clock;
  readonly #defaults: Defaults;
  readonly #shutdownMilliseconds: number;
  readonly #domains = new DomainTable();
  readonly #listeners = new Set<(event: DomainEvent) => void>();
  #counters: Counters = FIRST_COUNTERS;

  constructor(context: Pick<ModelContext, 'clock' | 'random' | 'settings'>) {
    this.#clock = context.clock;
    this.host = hostFrom(context.settings, context.random);
    this.#shutdownMilliseconds = shutdownMilliseconds(context.settings);
    this.#defaults = defaultsFrom(this.host, context.random);
  }

  // --- looking around

  /** In the order in which they were created. */
  domains(): IterableIterator<Domain> {
    return this.#domains.values();
  }

  get size(): number {
    return this.#domains.size;
  }

  find(uuid: string): Domain | undefined {
    return this.#domains.get(uuid);
  }

  byName(name: string): Domain | undefined {
    return this.#domains.byName(name);
  }

  byId(id: number): Domain | undefined {
    return this.#domains.byId(id);
  }

  /** The domain, or the error that there is none of that UUID. */
  domain(key: DomainKey): Domain {
    const domain = this.#domains.get(key.uuid);
    if (domain !== undefined) return domain;
    const name = key.name === undefined ? '' : ` (${key.name})`;
    throw new HypervisorError('domain-not-found', 'driver', `no domain with matching uuid '${key.uuid}'${name}`);
  }

  /** Nanoseconds of CPU time that the domain has used since it was started. */
  cpuTime(domain: Domain): number {
    return domain.life === undefined ? 0 : cpuTime(domain.life, this.#clock.now());
  }

  /** KiB that no running domain has taken. */
  get free_memory_kib(): number {
    let used = 0;
    for (const domain of this.#domains.values()) used += domain.life?.definition.current_memory_kib ?? 0;
    // The host itself needs some, and never runs quite dry.
    return Math.max(Math.floor(this.host.memory_kib / 64), Math.floor(this.host.memory_kib * 0.9) - used);
  }

  /** Calls `listener` for every event from now on; the result ends it. */
  subscribe(listener: (event: DomainEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  // --- configuration

  /** Makes a domain persistent, or gives a persistent domain another configuration. */
  define(document: string | XmlElement): Domain {
    const definition = this.#read(document);
    const known = this.#checkNames(definition);
    if (Buffer.byteLength(definition.name) > domain_name_max_bytes) {
      const detail = `Failed to create file '/etc/libvirt/qemu/${definition.name}.xml.new': File name too long`;
      throw new HypervisorError('name-too-long', 'host', detail);
    }
    const domain: Domain = known === undefined ? { ...fresh(definition), persistent: definition } : { ...known, persistent: definition };
    this.#domains.put(domain.uuid, domain);
    this.#tell([
      lifecycleOf(domain, { event: 'defined', detail: known?.persistent === undefined && known?.life === undefined ? 'added' : 'updated' }),
    ]);
    return domain;
  }

  undefine(key: DomainKey): void {
    const domain = this.domain(key);
    if (domain.persistent === undefined) throw new HypervisorError('operation-invalid', 'driver', 'cannot undefine transient domain');
    this.#domains.put(domain.uuid, domain.life === undefined ? undefined : { ...domain, persistent: undefined, autostart: false });
    this.#tell([lifecycleOf(domain, { event: 'undefined', detail: 'removed' })]);
  }

  rename(key: DomainKey, name: string): Domain {
    const domain = this.domain(key);
    if (domain.life !== undefined) throw new HypervisorError('operation-invalid', 'driver', 'cannot rename active domain');
    if (domain.persistent === undefined) throw new HypervisorError('operation-invalid', 'driver', 'cannot rename a transient domain');
    if (name === domain.name) throw new HypervisorError('argument-invalid', 'driver', "Can't rename domain to itself");
    const taken = this.byName(name);
    if (taken !== undefined) throw new HypervisorError('operation-invalid', 'driver', `domain with name '${name}' already exists`);
    const children = domain.persistent.xml.children.map((child) =>
      typeof child !== 'string' && child.name === 'name' ? { ...child, children: [name] } : child,
    );
    const persistent: DomainDefinition = { ...domain.persistent, name, xml: { ...domain.persistent.xml, children } };
    const renamed: Domain = { ...domain, name, persistent };
    this.#domains.put(domain.uuid, renamed);
    this.#tell([
      lifecycleOf(domain, { event: 'undefined', detail: 'renamed' }),
      lifecycleOf(renamed, { event: 'defined', detail: 'renamed' }),
    ]);
    return renamed;
  }

  setAutostart(key: DomainKey, autostart: boolean): void {
    const domain = this.domain(key);
    if (domain.persistent === undefined)
      throw new HypervisorError('operation-invalid', 'driver', 'cannot set autostart for transient domain');
    if (domain.autostart !== autostart) this.#domains.put(domain.uuid, { ...domain, autostart });
  }

  /** Title, description or an element of a namespace; in the running configuration, the persistent one, or both. */
  setMetadata(key: DomainKey, change: MetadataChange, where: { readonly live: boolean; readonly config: boolean }): void {
    const domain = this.domain(key);
    const { life, persistent } = domain;
    this.#domains.put(domain.uuid, {
      ...domain,
      life:
        where.live && life !== undefined
          ? { ...life, definition: withMetadata(life.definition, change), source: withMetadata(life.source, change) }
          : life,
      persistent: where.config && persistent !== undefined ? withMetadata(persistent, change) : persistent,
    });
    this.#tell([
      {
        kind: 'metadata-change',
        domain: referenceTo(domain),
        type: change.type,
        namespace: change.type === 'element' ? change.namespace : undefined,
      },
    ]);
  }

  // --- life

  /** Starts a persistent domain. */
  start(key: DomainKey, options: lifecycle.StartOptions = {}): Domain {
    const domain = this.domain(key);
    if (domain.life !== undefined) throw new HypervisorError('operation-invalid', 'driver', 'domain is already running');
    if (domain.persistent === undefined) throw new Error(`domain ${domain.name} is neither running nor persistent`);
    return this.#start(domain, domain.persistent, options);
  }

  /** Starts a domain that is gone when it stops, unless it is also persistent. */
  create(document: string | XmlElement, options: lifecycle.StartOptions = {}): Domain {
    const definition = this.#read(document);
    const known = this.#checkNames(definition);
    if (known?.life !== undefined) throw new HypervisorError('operation-invalid', 'definition', `domain '${known.name}' is already active`);
    return this.#start(known ?? fresh(definition), definition, options);
  }

  suspend(key: DomainKey): void {
    this.#apply(this.domain(key), (domain) => lifecycle.suspend(domain, this.#clock.now()));
  }

  resume(key: DomainKey): void {
    const resumed = this.#apply(this.domain(key), (domain) => lifecycle.resume(domain, this.#clock.now()));
    if (resumed !== undefined) this.#expect(resumed);
  }

  /** Pulls the plug. */
  destroy(key: DomainKey): void {
    this.#apply(this.domain(key), (domain) => {
      lifecycle.living(domain);
      return lifecycle.stop(domain, 'destroyed');
    });
  }

  /** The guest process dies, as if QEMU had been killed. */
  crash(key: DomainKey): void {
    this.#apply(this.domain(key), (domain) => lifecycle.stop(domain, 'crashed'));
  }

  /** Asks the guest to stop, or to boot again. It does as soon as it runs and the setting `shutdown_milliseconds` has passed. */
  shutdown(key: DomainKey, into: 'stop' | 'reboot' = 'stop'): void {
    const at = this.#clock.now() + this.#shutdownMilliseconds;
    const asked = this.#apply(this.domain(key), (domain) => lifecycle.requestShutdown(domain, into, at));
    if (asked !== undefined) this.#expect(asked);
  }

  reset(): void;
  reset(key: DomainKey): void;
  reset(key?: DomainKey): void {
    if (key === undefined) this.#restore(this.#beginning, FIRST_COUNTERS);
    else this.#apply(this.domain(key), lifecycle.reset);
  }

  // --- Model

  readonly #beginning: Version<string, Domain> = this.#domains.version();

  snapshot(): ModelSnapshot {
    return new HypervisorSnapshot(this.#domains.version(), this.#counters);
  }

  /** Clients that watch are told of everything that is different now. */
  restore(snapshot: ModelSnapshot): void {
    if (!(snapshot instanceof HypervisorSnapshot)) throw new TypeError(`not a snapshot of libvirt's model but of ${snapshot.emulator}'s`);
    this.#restore(snapshot.domains, snapshot.counters);
  }

  dump(): ModelDump {
    return dumpState({ counters: this.#counters, domains: [...this.#domains.values()] }, this.#clock.now());
  }

  load(dump: ModelDump): void {
    const { domains, counters } = loadState(dump, this.#clock.now());
    const before = new Map([...this.#domains.values()].map((domain) => [domain.uuid, domain]));
    for (const uuid of before.keys()) this.#domains.put(uuid, undefined);
    for (const domain of domains) this.#domains.put(domain.uuid, domain);
    this.#counters = counters;
    for (const uuid of new Set([...before.keys(), ...domains.map((domain) => domain.uuid)])) {
      this.#changed(before.get(uuid), this.#domains.get(uuid));
    }
  }

  // --- inside

  #read(document: string | XmlElement): DomainDefinition {
    return typeof document === 'string' ? parseDefinition(document, this.#defaults) : completeDefinition(document, this.#defaults);
  }

  /** The domain that the definition is of, if there is one (virDomainObjListAddLocked's checks and words). */
  #checkNames(definition: DomainDefinition): Domain | undefined {
    const known = this.#domains.get(definition.uuid);
    if (known !== undefined) {
      if (known.name === definition.name) return known;
      throw new HypervisorError('operation-failed', 'definition', `domain '${known.name}' is already defined with uuid ${known.uuid}`);
    }
    const namesake = this.byName(definition.name);
    if (namesake === undefined) return undefined;
    throw new HypervisorError('operation-failed', 'definition', `domain '${namesake.name}' already exists with uuid ${namesake.uuid}`);
  }

  #start(domain: Domain, definition: DomainDefinition, options: lifecycle.StartOptions): Domain {
    const { domain_id, pty } = this.#counters;
    const live = liveDefinition(definition, { id: domain_id, pty, graphicsPort: this.#graphicsPorts() });
    const { domain: started, events } = lifecycle.start(domain, { source: definition, live }, domain_id, this.#clock.now(), options);
    if (started === undefined) throw new Error('a domain that was started is there');
    this.#counters = { domain_id: domain_id + 1, pty: pty + ptysOf(definition) };
    this.#domains.put(started.uuid, started);
    this.#tell(events);
    return started;
  }

  /** The lowest ports that no running domain has. */
  #graphicsPorts(): () => number {
    let taken: ReadonlySet<number> | undefined;
    let port = FIRST_GRAPHICS_PORT;
    return () => {
      taken ??= new Set([...this.#domains.values()].flatMap(({ life }) => (life === undefined ? [] : graphicsPortsOf(life.definition))));
      while (taken.has(port)) port++;
      return port++;
    };
  }

  #apply(domain: Domain, transition: (domain: Domain) => lifecycle.Transition): Domain | undefined {
    const { domain: after, events } = transition(domain);
    this.#domains.put(domain.uuid, after);
    this.#tell(events);
    return after;
  }

  /** Arms the timer of a guest that is going down. */
  #expect(domain: Domain): void {
    const at = domain.life?.shutdown_at;
    if (at === undefined || domain.state !== 'running') return;
    const wait = at - this.#clock.now();
    if (wait <= 0) this.#goDown(domain.uuid, at);
    else this.#clock.after(wait, () => this.#goDown(domain.uuid, at));
  }

  #goDown(uuid: string, at: number): void {
    const domain = this.#domains.get(uuid);
    // Restored, destroyed or asked again in the meantime; a paused guest goes down when it is resumed.
    if (domain?.life?.shutdown_at !== at || domain.state !== 'running') return;
    const reboot = domain.life.shutdown_into === 'reboot';
    this.#apply(domain, (current) => (reboot ? lifecycle.rebooted(current) : lifecycle.stop(current, 'shutdown')));
  }

  #restore(version: Version<string, Domain>, counters: Counters): void {
    const changes = this.#domains.restore(version);
    this.#counters = counters;
    for (const { before, after } of changes) this.#changed(before, after);
  }

  #changed(before: Domain | undefined, after: Domain | undefined): void {
    this.#tell(eventsBetween(before, after));
    if (after !== undefined) this.#expect(after);
  }

  #tell(events: readonly DomainEvent[]): void {
    for (const event of events) for (const listener of this.#listeners) listener(event);
  }
}

function fresh(definition: DomainDefinition): Domain {
  return {
    name: definition.name,
    uuid: definition.uuid,
    persistent: undefined,
    life: undefined,
    state: 'shutoff',
    reason: 'unknown',
    autostart: false,
  };
}

function defaultsFrom(host: Host, random: Random): Defaults {
  return {
    arch: host.arch,
    uuid: () => random.uuid(),
    // 52:54:00 is QEMU's own prefix (virDomainNetGenerateMAC).
    mac: () => `52:54:00:${[...random.bytes(3)].map((byte) => byte.toString(16).padStart(2, '0')).join(':')}`,
  };
}
