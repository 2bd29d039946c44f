import { DumpError, type ModelDump } from '@wirelike/kernel';
import { uuidOf } from './definition-values.ts';
import type { Domain, DomainDefinition, DomainLife } from './domain.ts';
import { Fields } from './dump-fields.ts';
import { parseXml } from './xml-parse.ts';
import { formatXml } from './xml-tree.ts';

const dump_version = 1;

/** What the next domain to start gets. */
export interface Counters {
  readonly domain_id: number;
  readonly pty: number;
}

export interface DumpedState {
  readonly counters: Counters;
  readonly domains: readonly Domain[];
}

/** The state as JSON. Times are whole milliseconds of the world's clock, which says `now`. */
export function dumpState(state: DumpedState, now: number): ModelDump {
  const domains = state.domains.map(({ life, persistent, ...rest }) => ({
    ...rest,
    ...(persistent === undefined ? {} : { persistent: dumpDefinition(persistent) }),
    ...(life === undefined ? {} : { life: dumpLife(life) }),
  }));
  return { emulator: 'libvirt', version: dump_version, state: { taken_at: Math.round(now), counters: state.counters, domains } };
}

function dumpDefinition(definition: DomainDefinition): unknown {
  return { ...definition, xml: formatXml(definition.xml) };
}

function dumpLife({ running_since, shutdown_at, ...life }: DomainLife): unknown {
  return {
    ...life,
    source: dumpDefinition(life.source),
    definition: dumpDefinition(life.definition),
    started_at: Math.round(life.started_at),
    ...(running_since === undefined ? {} : { running_since: Math.round(running_since) }),
    ...(shutdown_at === undefined ? {} : { shutdown_at: Math.round(shutdown_at) }),
  };
}

/** What was dumped, its times moved as if no time had passed since. Throws a {@link DumpError}. */
export function loadState(dump: ModelDump, now: number): DumpedState {
  if (dump.emulator !== 'libvirt') throw new DumpError(`a dump of ${dump.emulator}, not of libvirt`);
  if (dump.version !== dump_version) throw new DumpError(`version ${dump.version} of libvirt's dump; this is version ${dump_version}`);
  const state = new Fields(dump.state, 'state');
  const shift = Math.round(now) - state.number('taken_at');
  const counters = state.fields('counters');
  const domains = state.list('domains').map((fields) => loadDomain(fields, shift));
  for (const field of ['name', 'uuid'] as const) {
    if (new Set(domains.map((domain) => domain[field])).size < domains.length) throw new DumpError(`two domains of the same ${field}`);
  }
  return { counters: { domain_id: counters.number('domain_id'), pty: counters.number('pty') }, domains };
}

function loadDomain(fields: Fields, shift: number): Domain {
  const persistent = fields.optional('persistent');
  const life = fields.optional('life');
  if (persistent === undefined && life === undefined) throw new DumpError(`${fields.path}: neither runs nor is persistent`);
  return {
    name: fields.text('name'),
    uuid: loadUuid(fields),
    persistent: persistent && loadDefinition(persistent),
    life: life && loadLife(life, shift),
    state: fields.oneOf('state', ['running', 'paused', 'shutoff', 'crashed']),
    reason: fields.oneOf('reason', [
      'unknown',
      'booted',
      'unpaused',
      'user',
      'shutdown',
      'destroyed',
      'crashed',
      'from-snapshot',
      'panicked',
    ]),
    autostart: fields.boolean('autostart'),
  };
}

function loadLife(fields: Fields, shift: number): DomainLife {
  const time = (name: string): number | undefined => (fields.has(name) ? fields.number(name) + shift : undefined);
  return {
    id: fields.number('id'),
    source: loadDefinition(fields.fields('source')),
    definition: loadDefinition(fields.fields('definition')),
    started_at: fields.number('started_at') + shift,
    running_since: time('running_since'),
    cpu_time_ns: fields.number('cpu_time_ns'),
    shutdown_at: time('shutdown_at'),
    shutdown_into: fields.oneOf('shutdown_into', ['stop', 'reboot']),
  };
}

function loadDefinition(fields: Fields): DomainDefinition {
  try {
    return {
      name: fields.text('name'),
      uuid: loadUuid(fields),
      type: fields.text('type'),
      os_type: fields.text('os_type'),
      arch: fields.text('arch'),
      machine: fields.text('machine'),
      memory_kib: fields.number('memory_kib'),
      current_memory_kib: fields.number('current_memory_kib'),
      vcpus: fields.number('vcpus'),
      vcpus_max: fields.number('vcpus_max'),
      xml: parseXml(fields.text('xml'), { title: fields.path, origin: 'document' }),
    };
  } catch (error) {
    if (error instanceof DumpError) throw error;
    throw new DumpError(`${fields.path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function loadUuid(fields: Fields): string {
  const uuid = uuidOf(fields.text('uuid'));
  if (uuid === undefined) throw new DumpError(`${fields.path}.uuid: not a UUID`);
  return uuid;
}
