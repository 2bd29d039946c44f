import { readFileSync } from 'node:fs';
import { Clock, Random } from '@wirelike/kernel';
import { describe, expect, it } from 'vitest';
import { HypervisorError } from './conditions.ts';
import { parseDefinition } from './definition.ts';
import { Hypervisor } from './hypervisor.ts';
import { liveDefinition } from './live-definition.ts';
import { formatXml } from './xml-tree.ts';

const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}.xml`, import.meta.url), 'utf8');

/** What libvirtd drew at random when the fixtures were recorded. */
const drawn = (uuid: string) => ({ arch: 'x86_64', uuid: () => uuid, mac: () => '52:54:00:27:9f:ae' });

const uuidIn = (xml: string): string => /<uuid>(.*)<\/uuid>/.exec(xml)?.[1] ?? '';

describe('a definition is completed as libvirt 9.0.0 with QEMU 7.2 completes it', () => {
  it.each(['minimal', 'full', 'more', 'q35'])('%s', (name) => {
    const expected = fixture(`${name}-defined`);
    expect(formatXml(parseDefinition(fixture(`${name}-given`), drawn(uuidIn(expected))).xml)).toBe(expected);
  });

  it('and stays as it is when it is defined again', () => {
    const once = fixture('full-defined');
    expect(formatXml(parseDefinition(once, drawn('')).xml)).toBe(once);
  });

  it('and gets its live parts at the start', () => {
    const expected = fixture('full-live');
    const defined = parseDefinition(fixture('full-defined'), drawn(''));
    // The fixture's disk images opened as nodes 2 and 1 of QEMU's block graph.
    expect(formatXml(liveDefinition(defined, { id: 1, pty: 0, graphicsPort: () => 5_900 }).xml)).toBe(expected);
  });
});

function definitionError(xml: string): unknown {
  const hypervisor = new Hypervisor({ clock: new Clock(), random: new Random(1), settings: {} });
  try {
    hypervisor.define(xml);
  } catch (error) {
    expect(hypervisor.size).toBe(0);
    expect(error).toBeInstanceOf(HypervisorError);
    return error instanceof HypervisorError ? `${error.kind} (${error.origin}): ${error.message}` : error;
  }
  return 'defined';
}

const document = (inner: string, attributes = "type='qemu'"): string =>
  `<domain ${attributes}><name>a</name><memory>1024</memory><os><type>hvm</type></os>${inner}</domain>`;

/** Seen from libvirtd 9.0.0. */
const refused: readonly (readonly [string, string])[] = [
  ['<a/>', "xml-invalid (document): expecting root element of 'domain', not 'a'"],
  ["<domain type='qemu'/>", 'name-missing (definition): '],
  [document('', "type='zz'"), 'configuration-unsupported (definition): invalid domain type zz'],
  [
    document('', "type='xen'"),
    "configuration-unsupported (driver): Emulator '/usr/bin/qemu-system-x86_64' does not support virt type 'xen'",
  ],
  ["<domain type='qemu'><name>a/b</name></domain>", "xml-invalid (definition): name a/b cannot contain '/'"],
  ["<domain type='qemu'><name>q</name></domain>", 'xml-invalid (definition): an os <type> must be specified'],
  [document('<uuid>zz</uuid>'), 'internal (definition): malformed uuid element'],
  [document('<vcpu>9999</vcpu>'), 'configuration-unsupported (driver): Maximum CPUs greater than specified machine type limit 255'],
  [
    document("<vcpu current='4'>2</vcpu>"),
    'configuration-unsupported (definition): maximum vCPU count must not be less than current vCPU count',
  ],
  [document('<on_crash>zz</on_crash>'), 'configuration-unsupported (definition): unknown on_crash action: zz'],
  [document('<devices><disk/></devices>'), 'target-missing (definition): '],
  [
    document("<devices><disk type='zz'><target dev='vda'/></disk></devices>"),
    "xml-invalid (document): Invalid value for attribute 'type' in element 'disk': 'zz'.",
  ],
  [
    document("<devices><interface type='network'/></devices>"),
    "xml-invalid (definition): interface type='network' requires a 'source' element",
  ],
  [
    document('<devices><emulator>/nope</emulator></devices>'),
    'host-error (driver): Cannot check QEMU binary /nope: No such file or directory',
  ],
];

describe('a definition is refused', () => {
  it.each(refused)('%s', (xml, message) => {
    expect(definitionError(xml)).toBe(message);
  });
});

describe('a hostile definition costs little', () => {
  const defineWith = (devices: string): unknown =>
    definitionError(
      `<domain type='kvm'><name>d</name><memory>65536</memory><os><type arch='x86_64'>hvm</type></os><devices>${devices}</devices></domain>`,
    );

  it.each([
    ["<disk type='file'><target dev='sdzzzzzzzz' bus='scsi'/></disk>", "Unknown disk name 'sdzzzzzzzz' and no address specified"],
    ["<disk type='file'><target dev='hdzzzzzzzz' bus='ide'/></disk>", "Unknown disk name 'hdzzzzzzzz' and no address specified"],
    [
      "<disk type='file'><target dev='sda' bus='scsi'/><address type='drive' controller='99999999' bus='0' target='0' unit='0'/></disk>",
      'controller 99999999 of a disk is not below 256',
    ],
    ["<controller type='scsi'/>".repeat(2_000), 'No more available PCI slots'],
  ])('%.90s', (devices, message) => {
    expect(defineWith(devices)).toContain(message);
  });

  it('disks far down the alphabet have their controllers', () => {
    expect(defineWith("<disk type='file'><target dev='sdzz' bus='scsi'/></disk>")).toBe('defined');
  });
});
