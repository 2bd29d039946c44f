import { DumpError, type ModelDump } from '@wirelike/kernel';
import { z } from 'zod';
import { cpuTime, type Domain, type DomainDefinition } from './domain.ts';
import { parseXml } from './xml-parse.ts';
import { formatXml } from './xml-tree.ts';

export const dump_version = 1;

interface DumpedDefinition extends Omit<DomainDefinition, 'xml'> {
  readonly xml: string;
}

const dumpDefinition = (definition: DomainDefinition): DumpedDefinition => ({ ...definition, xml: formatXml(definition.xml) });

/** CPU time is brought up to `now`, so that a dump does not depend on how long it lies. */
export function dumpDomain(domain: Domain, now: number): unknown {
  const { life, persistent, ...rest } = domain;
  return {
    ...rest,
    persistent: persistent && dumpDefinition(persistent),
    life: life && {
      ...life,
      source: dumpDefinition(life.source),
      definition: dumpDefinition(life.definition),
      cpu_time_ns: cpuTime(life, now),
      running_since: undefined,
      age: now - life.started_at,
      running: life.running_since !== undefined,
      shutdown_at: undefined,
      shutdown_in: life.shutdown_at === undefined ? undefined : life.shutdown_at - now,
    },
  };
}

let schema: ReturnType<typeof makeSchema> | undefined;

function makeSchema() {
  const definition = z.object({
    name: z.string(),
    uuid: z.uuid(),
    type: z.string(),
    os_type: z.string(),
    arch: z.string(),
    machine: z.string(),
    memory_kib: z.number(),
    current_memory_kib: z.number(),
    vcpus: z.number(),
    vcpus_max: z.number(),
    xml: z.string(),
  });
  const life = z.object({
    id: z.number(),
    source: definition,
    definition,
    age: z.number(),
    running: z.boolean(),
    cpu_time_ns: z.number(),
    shutdown_in: z.number().optional(),
    shutdown_into: z.enum(['stop', 'reboot']),
  });
  const domain = z.object({
    name: z.string(),
    uuid: z.uuid(),
    persistent: definition.optional(),
    life: life.optional(),
    state: z.enum(['running', 'paused', 'shutoff', 'crashed']),
    reason: z.enum([
      'unknown',
      'booted',
      'unpaused',
      'user',
      'starting-up',
      'shutdown',
      'destroyed',
      'crashed',
      'from-snapshot',
      'panicked',
    ]),
    autostart: z.boolean(),
  });
  return z.object({ counters: z.object({ domain_id: z.number(), pty: z.number() }), domains: z.array(domain) });
}

/** The dumped domains, their times moved to `now`. Throws a {@link DumpError}. */
export function loadDomains(
  dump: ModelDump,
  now: number,
): { readonly domains: readonly Domain[]; readonly counters: { readonly domain_id: number; readonly pty: number } } {
  if (dump.version !== dump_version) throw new DumpError(`version ${dump.version} of libvirt's dump; this is version ${dump_version}`);
  schema ??= makeSchema();
  const parsed = schema.safeParse(dump.state);
  if (!parsed.success)
    throw new DumpError(`not a dump of libvirt: ${parsed.error.issues[0]?.path.join('.') ?? ''} ${parsed.error.issues[0]?.message ?? ''}`);
  const domains = parsed.data.domains.map(
    ({ life, persistent, ...rest }): Domain => ({
      ...rest,
      persistent: persistent && loadDefinition(persistent),
      life: life && {
        id: life.id,
        source: loadDefinition(life.source),
        definition: loadDefinition(life.definition),
        started_at: now - life.age,
        running_since: life.running ? now : undefined,
        cpu_time_ns: life.cpu_time_ns,
        shutdown_at: life.shutdown_in === undefined ? undefined : now + life.shutdown_in,
        shutdown_into: life.shutdown_into,
      },
    }),
  );
  return { domains, counters: parsed.data.counters };
}

function loadDefinition(dumped: DumpedDefinition): DomainDefinition {
  try {
    return { ...dumped, xml: parseXml(dumped.xml, { title: dumped.name, origin: 'document' }) };
  } catch (error) {
    throw new DumpError(`the definition of ${dumped.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
