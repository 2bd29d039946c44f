// What QEMU 7.2 offers: `virsh capabilities` and `virsh domcapabilities` on Debian 12.

export interface Machine {
  readonly arch: string;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly bus: 'pci' | 'pcie';
  readonly vcpus_max: number;
}

export const emulators: Readonly<Record<string, string>> = {
  x86_64: '/usr/bin/qemu-system-x86_64',
  i686: '/usr/bin/qemu-system-i386',
  aarch64: '/usr/bin/qemu-system-aarch64',
};

export const domainTypes: readonly string[] = ['qemu', 'kvm'];

/** Types that libvirt knows and this host's emulator does not (virDomainVirtType). */
export const foreignDomainTypes: readonly string[] = [
  'xen',
  'linux',
  'lxc',
  'uml',
  'openvz',
  'test',
  'vmware',
  'hyperv',
  'vbox',
  'phyp',
  'parallels',
  'bhyve',
  'vz',
  'hvf',
  'ch',
];

/** Architectures that libvirt knows (virArch) and that are not emulated here. */
export const foreignArchitectures: readonly string[] = [
  'alpha',
  'armv6l',
  'armv7l',
  'armv7b',
  'cris',
  'ia64',
  'lm32',
  'loongarch64',
  'm68k',
  'microblaze',
  'microblazeel',
  'mips',
  'mipsel',
  'mips64',
  'mips64el',
  'or32',
  'parisc',
  'parisc64',
  'ppc',
  'ppc64',
  'ppc64le',
  'ppcemb',
  'riscv32',
  'riscv64',
  's390',
  's390x',
  'sh4',
  'sh4eb',
  'sparc',
  'sparc64',
  'unicore32',
  'xtensa',
  'xtensaeb',
  'itanium',
];

const x86Versions = [
  '7.2',
  '7.1',
  '7.0',
  '6.2',
  '6.1',
  '6.0',
  '5.2',
  '5.1',
  '5.0',
  '4.2',
  '4.1',
  '4.0',
  '3.1',
  '3.0',
  '2.12',
  '2.11',
  '2.10',
  '2.9',
  '2.8',
  '2.7',
  '2.6',
];

function family(arch: string, prefix: string, alias: string, bus: Machine['bus'], vcpus_max: number): readonly Machine[] {
  return x86Versions.map((version, index) => ({
    arch,
    name: `${prefix}-${version}`,
    aliases: index === 0 ? [alias] : [],
    bus,
    vcpus_max,
  }));
}

export const machines: readonly Machine[] = [
  ...family('x86_64', 'pc-i440fx', 'pc', 'pci', 255),
  ...family('x86_64', 'pc-q35', 'q35', 'pcie', 288),
  ...family('i686', 'pc-i440fx', 'pc', 'pci', 255),
  ...family('i686', 'pc-q35', 'q35', 'pcie', 288),
  ...family('aarch64', 'virt', 'virt', 'pcie', 512),
];

/** The machine of that name or alias; the architecture's default without a name. */
export function machineNamed(arch: string, name: string | undefined): Machine | undefined {
  return machines.find(
    (machine) => machine.arch === arch && (name === undefined || machine.name === name || machine.aliases.includes(name)),
  );
}
