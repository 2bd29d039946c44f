import { Clock, Random, type SeedSection } from '@wirelike/kernel';
import { describe, expect, it } from 'vitest';
import { Hypervisor } from '../model/index.ts';
import { applySeed } from './seed.ts';
import { seedDefault } from './seed-default.ts';

const host = (): Hypervisor => new Hypervisor({ clock: new Clock(), random: new Random(1), settings: {} });

/** A section whose lines count its keys, so that a test sees which one is meant. */
function section(value: unknown, lines: Readonly<Record<string, number>> = {}): SeedSection {
  return { kind: 'section', path: 'seed.yaml', value, line: (keys) => lines[keys.join('.')] ?? 1 };
}

const xml = "<domain type='qemu'>\n<name>a</name>\n<memory>1024</memory>\n<os><type>hvm</type></os>\n</domain>";

describe('a seed', () => {
  it('by default is two domains that run and one that does not', () => {
    const hypervisor = host();
    seedDefault(hypervisor);
    expect([...hypervisor.domains()].map(({ name, state }) => `${name} ${state}`)).toEqual([
      'web-1 running',
      'db-1 running',
      'build-1 shutoff',
    ]);
  });

  it('of domain XML defines the domain', () => {
    const hypervisor = host();
    applySeed(hypervisor, { kind: 'file', path: 'a.xml', text: xml });
    expect(hypervisor.byName('a')).toMatchObject({ state: 'shutoff' });
  });

  it('of YAML says what runs', () => {
    const hypervisor = host();
    const domains = [
      { name: 'b', memory_mib: 256, vcpus: 2, state: 'running', title: 'B' },
      { xml, state: 'paused', autostart: true },
      { name: 'c' },
    ];
    applySeed(hypervisor, section({ domains }));
    expect([...hypervisor.domains()]).toMatchObject([
      { name: 'b', state: 'running', life: { definition: { memory_kib: 262_144, vcpus: 2 } } },
      { name: 'a', state: 'paused', autostart: true },
      { name: 'c', state: 'shutoff' },
    ]);
  });

  it.each([
    [{ domains: [{ name: 'a', state: 'on' }] }, 'seed.yaml:7: expected running, paused or shutoff, found "on"'],
    [{ domains: [{ nam: 'a' }] }, 'seed.yaml:8: expected one of name, state'],
    [{ domains: [{ xml: '<domain>\n<x>\n</domain>' }] }, 'seed.yaml:12: expected domain XML: Opening and ending tag mismatch'],
    [{ domains: [{ name: 'a/b' }] }, "seed.yaml:5: expected a domain that can be defined: name a/b cannot contain '/'"],
    [{ domains: 3 }, 'seed.yaml:4: expected a list of domains'],
    [{ hosts: [] }, 'seed.yaml:3: expected "domains", found "hosts"'],
    [7, 'seed.yaml:1: expected a section with "domains"'],
  ])('%j is wrong at a line', (value, message) => {
    const lines = { hosts: 3, domains: 4, 'domains.0': 5, 'domains.0.state': 7, 'domains.0.nam': 8, 'domains.0.xml': 10 };
    expect(() => applySeed(host(), section(value, lines))).toThrow(message);
  });

  it('of XML that is not, names the line', () => {
    const text = xml.replace('</name>', '</nam>');
    expect(() => applySeed(host(), { kind: 'file', path: 'a.xml', text })).toThrow(
      'a.xml:2: expected domain XML: Opening and ending tag mismatch',
    );
  });
});
