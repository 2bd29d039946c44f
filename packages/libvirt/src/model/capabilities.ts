// libvirt.org/formatcaps: what the host is and can run.
import type { Host } from './host.ts';
import { emulators, type Machine, machines } from './machines.ts';
import { element, formatXml, type XmlElement } from './xml-tree.ts';

const documents = new WeakMap<Host, string>();

/** The capabilities document. */
export function capabilities(host: Host): string {
  const known = documents.get(host);
  if (known !== undefined) return known;
  const guests = Object.keys(emulators).map((arch) => guestElement(arch, host));
  // libvirt sets the guests apart with empty lines.
  const text = formatXml(element('capabilities', {}, hostElement(host), ...guests))
    .replace('<capabilities>\n', '<capabilities>\n\n')
    .replaceAll('</host>\n', '</host>\n\n')
    .replaceAll('</guest>\n', '</guest>\n\n');
  documents.set(host, text);
  return text;
}

const word = (name: string, text: string): XmlElement => element(name, {}, text);

const x86Features =
  'vme ss ht osxsave f16c rdrand hypervisor arat tsc_adjust avx512f avx512dq clflushopt clwb avx512cd avx512bw avx512vl umip pku xsaveopt xsavec xgetbv1 pdpe1gb abm invtsc rdctl-no skip-l1dfl-vmentry mds-no'.split(
    ' ',
  );

const page_sizes_kib: readonly number[] = [4, 2_048, 1_048_576];

function hostElement(host: Host): XmlElement {
  const pages = page_sizes_kib.map((size) => element('pages', { unit: 'KiB', size: String(size) }));
  const topology = element('topology', { sockets: '1', dies: '1', cores: String(host.cpus), threads: '1' });
  const model =
    host.arch === 'x86_64' ? [word('model', 'Broadwell'), word('vendor', 'Intel')] : [word('model', 'cortex-a57'), word('vendor', 'ARM')];
  const counter = element('counter', { name: 'tsc', frequency: String(host.mhz * 1_000_000), scaling: 'no' });
  const x86 = host.arch === 'x86_64';
  const features = x86 ? x86Features.map((name) => element('feature', { name })) : [];
  const cpu = element('cpu', {}, word('arch', host.arch), ...model, ...(x86 ? [counter] : []), topology, ...features, ...pages);
  const labels = ['kvm', 'qemu'].map((type) => element('baselabel', { type }, '+0:+0'));
  return element(
    'host',
    {},
    word('uuid', host.uuid),
    cpu,
    element('power_management'),
    element('iommu', { support: 'no' }),
    element(
      'migration_features',
      {},
      element('live'),
      element('uri_transports', {}, word('uri_transport', 'tcp'), word('uri_transport', 'rdma')),
    ),
    cellsElement(host),
    element('secmodel', {}, word('model', 'none'), word('doi', '0')),
    element('secmodel', {}, word('model', 'dac'), word('doi', '0'), ...labels),
  );
}

function cellsElement(host: Host): XmlElement {
  const pages = page_sizes_kib.map((size, index) =>
    element('pages', { unit: 'KiB', size: String(size) }, String(index === 0 ? host.memory_kib / 4 : 0)),
  );
  const cpus = Array.from({ length: host.cpus }, (_, id) =>
    element('cpu', { id: String(id), socket_id: '0', die_id: '0', core_id: String(id), siblings: String(id) }),
  );
  const cell = element(
    'cell',
    { id: '0' },
    element('memory', { unit: 'KiB' }, String(host.memory_kib)),
    ...pages,
    element('distances', {}, element('sibling', { id: '0', value: '10' })),
    element('cpus', { num: String(host.cpus) }, ...cpus),
  );
  return element('topology', {}, element('cells', { num: '1' }, cell));
}

function guestElement(arch: string, host: Host): XmlElement {
  const own = machines.filter((machine) => machine.arch === arch);
  const kvm = arch === host.arch || (arch === 'i686' && host.arch === 'x86_64');
  const domains = ['qemu', ...(kvm ? ['kvm'] : [])].map((type) => element('domain', { type }));
  const wordsize = word('wordsize', arch === 'i686' ? '32' : '64');
  const x86 = arch !== 'aarch64';
  const features = [
    ...(arch === 'i686' ? [element('pae'), element('nonpae')] : []),
    element('acpi', { default: 'on', toggle: 'yes' }),
    ...(x86 ? [element('apic', { default: 'on', toggle: 'no' })] : []),
    element('cpuselection'),
    element('deviceboot'),
    element('disksnapshot', { default: 'on', toggle: 'no' }),
  ];
  return element(
    'guest',
    {},
    word('os_type', 'hvm'),
    element('arch', { name: arch }, wordsize, word('emulator', emulators[arch] ?? ''), ...own.flatMap(machineElements), ...domains),
    element('features', {}, ...features),
  );
}

function machineElements(machine: Machine): readonly XmlElement[] {
  const maxCpus = String(machine.vcpus_max);
  const aliases = machine.aliases.map((alias) => element('machine', { canonical: machine.name, maxCpus }, alias));
  return [element('machine', { maxCpus }, machine.name), ...aliases];
}
