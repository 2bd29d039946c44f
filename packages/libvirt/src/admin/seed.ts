import { SeedError, type SeedSection, type SeedSource } from '@wirelike/kernel';
import { type Hypervisor, HypervisorError, type XmlElement, XmlSyntaxError } from '../model/index.ts';
import { domainDocument } from './domain-document.ts';

/**
 * A seed: a file of domain XML, which is defined; or the section of a YAML file:
 *
 * ```yaml
 * libvirt:
 *   domains:
 *     - { name: web-1, memory_mib: 512, vcpus: 1, state: running }
 *     - { state: paused, xml: "<domain type='qemu'>…</domain>" }
 * ```
 *
 * `state` is `running`, `paused` or `shutoff` (the default); `autostart` and `title` may be given too.
 */
export function applySeed(model: Hypervisor, source: SeedSource): void {
  if (source.kind === 'file') {
    attempt(source.path, 1, () => model.define(source.text));
    return;
  }
  const { value } = source;
  if (!isRecord(value)) throw new SeedError(source.path, source.line([]), 'expected a section with "domains"');
  for (const key of Object.keys(value)) {
    if (key !== 'domains') throw new SeedError(source.path, source.line([key]), `expected "domains", found "${key}"`);
  }
  const domains = value.domains ?? [];
  if (!Array.isArray(domains)) throw new SeedError(source.path, source.line(['domains']), 'expected a list of domains');
  for (const index of domains.keys()) applyDomain(model, source, domains[index], index);
}

type State = 'running' | 'paused' | 'shutoff';

const states: readonly string[] = ['running', 'paused', 'shutoff'];
const keys: readonly string[] = ['name', 'state', 'memory_mib', 'vcpus', 'title', 'autostart', 'xml'];

function applyDomain(model: Hypervisor, source: SeedSection, entry: unknown, index: number): void {
  const at = (...path: readonly string[]): number => source.line(['domains', index, ...path]);
  const wrong = (key: string, expected: string): SeedError => new SeedError(source.path, at(key), expected);
  if (!isRecord(entry)) throw new SeedError(source.path, at(), 'expected a domain: { name, state, memory_mib, vcpus } or { xml, state }');
  const unknown = Object.keys(entry).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw wrong(unknown, `expected one of ${keys.join(', ')}, found "${unknown}"`);
  const { autostart = false } = entry;
  if (!isState(entry.state)) throw wrong('state', `expected running, paused or shutoff, found "${String(entry.state)}"`);
  if (typeof autostart !== 'boolean') throw wrong('autostart', 'expected true or false');
  const state = entry.state ?? 'shutoff';
  const document = typeof entry.xml === 'string' ? entry.xml : outlineDocument(entry, wrong);
  attempt(source.path, at(...(typeof entry.xml === 'string' ? ['xml'] : [])), () => {
    const domain = model.define(document);
    if (autostart) model.setAutostart(domain, true);
    if (state !== 'shutoff') model.start(domain, { paused: state === 'paused' });
  });
}

function outlineDocument(entry: Readonly<Record<string, unknown>>, wrong: (key: string, expected: string) => SeedError): XmlElement {
  const { name, memory_mib = 512, vcpus = 1, title } = entry;
  if (typeof name !== 'string' || name === '') throw wrong('name', 'expected a name');
  if (typeof memory_mib !== 'number' || !(memory_mib > 0)) throw wrong('memory_mib', 'expected a number of MiB');
  if (typeof vcpus !== 'number' || !Number.isInteger(vcpus) || vcpus < 1) throw wrong('vcpus', 'expected a number of vCPUs');
  if (title !== undefined && typeof title !== 'string') throw wrong('title', 'expected a text');
  return domainDocument({ name, memory_mib, vcpus, title });
}

/** What the model says against a document, as an error at a line of the seed. */
function attempt(path: string, line: number, act: () => unknown): void {
  try {
    act();
  } catch (error) {
    if (error instanceof XmlSyntaxError) throw new SeedError(path, line + error.line - 1, `expected domain XML: ${error.problem}`);
    if (error instanceof HypervisorError)
      throw new SeedError(path, line, `expected a domain that can be defined: ${error.message || error.kind}`);
    throw error;
  }
}

function isState(value: unknown): value is State | undefined {
  return value === undefined || (typeof value === 'string' && states.includes(value));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
