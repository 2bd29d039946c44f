// libvirt.org/formatdomaincaps: what one emulator offers to a domain.
import { HypervisorError } from './conditions.ts';
import { cpuModels } from './cpu-models.ts';
import type { Host } from './host.ts';
import { domainTypes, emulators, foreignArchitectures, foreignDomainTypes, type Machine, machineNamed } from './machines.ts';
import { element, formatXml, type XmlElement } from './xml-tree.ts';

export interface CapabilitiesQuery {
  readonly emulator: string | undefined;
  readonly arch: string | undefined;
  readonly machine: string | undefined;
  readonly type: string | undefined;
}

/** The document for what is asked; what is left open has the host's default. */
export function domainCapabilities(host: Host, query: CapabilitiesQuery): string {
  const wrong = (detail: string): HypervisorError => new HypervisorError('argument-invalid', 'driver', detail);
  const type = query.type ?? 'kvm';
  if (!domainTypes.includes(type) && !foreignDomainTypes.includes(type)) throw wrong(`unknown virttype: ${type}`);
  const known = query.arch === undefined || emulators[query.arch] !== undefined || foreignArchitectures.includes(query.arch);
  if (!known) throw wrong(`unknown architecture: ${query.arch}`);
  const arch = query.arch ?? Object.entries(emulators).find(([, path]) => path === query.emulator)?.[0] ?? host.arch;
  const emulator = query.emulator ?? emulators[arch];
  if (emulator === undefined || !Object.values(emulators).includes(emulator)) {
    throw new HypervisorError(
      'host-error',
      'driver',
      `Cannot check QEMU binary ${emulator ?? `/usr/bin/qemu-system-${arch}`}: No such file or directory`,
    );
  }
  if (!domainTypes.includes(type)) throw wrong(`Emulator '${emulator}' does not support virt type '${type}'`);
  const machine = machineNamed(arch, query.machine);
  if (machine === undefined) throw wrong(`the machine '${query.machine}' is not supported by emulator '${emulator}'`);
  return formatXml(documentFor(emulator, type, machine));
}

const word = (name: string, text: string): XmlElement => element(name, {}, text);
const values = (name: string, list: string): XmlElement =>
  element('enum', { name }, ...(list === '' ? [] : list.split(' ').map((value) => word('value', value))));
const supported = (name: string, ...children: XmlElement[]): XmlElement => element(name, { supported: 'yes' }, ...children);
const unsupported = (name: string): XmlElement => element(name, { supported: 'no' });

function documentFor(emulator: string, type: string, machine: Machine): XmlElement {
  const loader = supported(
    'loader',
    word('value', machine.arch === 'aarch64' ? '/usr/share/AAVMF/AAVMF_CODE.fd' : '/usr/share/OVMF/OVMF_CODE_4M.fd'),
    values('type', 'rom pflash'),
    values('readonly', 'yes no'),
    values('secure', 'no'),
  );
  return element(
    'domainCapabilities',
    {},
    word('path', emulator),
    word('domain', type),
    word('machine', machine.name),
    word('arch', machine.arch),
    element('vcpu', { max: String(machine.vcpus_max) }),
    supported('iothreads'),
    supported('os', values('firmware', 'efi'), loader),
    cpuElement(type, machine),
    supported('memoryBacking', values('sourceType', 'file anonymous memfd')),
    devicesElement(machine),
    featuresElement(machine),
  );
}

function cpuElement(type: string, machine: Machine): XmlElement {
  const mode = (name: string, ...children: XmlElement[]): XmlElement => element('mode', { name, supported: 'yes' }, ...children);
  const names = [...(cpuModels[machine.arch] ?? [])].reverse();
  const models = names.map(({ name, vendor }) =>
    element('model', { usable: vendor === 'AMD' || vendor === 'Hygon' ? 'no' : 'yes', vendor }, name),
  );
  const passthrough =
    type === 'kvm'
      ? mode('host-passthrough', values('hostPassthroughMigratable', 'on off'))
      : element('mode', { name: 'host-passthrough', supported: 'no' });
  const hostModel =
    machine.arch === 'aarch64'
      ? element('mode', { name: 'host-model', supported: 'no' })
      : mode(
          'host-model',
          element('model', { fallback: 'forbid' }, type === 'kvm' ? 'Broadwell' : 'EPYC'),
          word('vendor', type === 'kvm' ? 'Intel' : 'AMD'),
        );
  return element('cpu', {}, passthrough, mode('maximum', values('maximumMigratable', 'on off')), hostModel, mode('custom', ...models));
}

function devicesElement(machine: Machine): XmlElement {
  const x86 = machine.arch !== 'aarch64';
  const virtio = 'virtio virtio-transitional virtio-non-transitional';
  const buses = machine.bus === 'pci' ? 'ide fdc scsi virtio usb sata' : `${x86 ? 'fdc ' : ''}scsi virtio usb sata`;
  return element(
    'devices',
    {},
    supported('disk', values('diskDevice', 'disk cdrom floppy lun'), values('bus', buses), values('model', virtio)),
    supported('graphics', values('type', 'sdl vnc spice egl-headless dbus')),
    supported('video', values('modelType', x86 ? 'vga cirrus vmvga qxl virtio none bochs ramfb' : 'virtio none bochs ramfb')),
    supported(
      'hostdev',
      values('mode', 'subsystem'),
      values('startupPolicy', 'default mandatory requisite optional'),
      values('subsysType', 'usb pci scsi'),
      values('capsType', ''),
      values('pciBackend', ''),
    ),
    supported('rng', values('model', virtio), values('backendModel', 'random egd builtin')),
    supported('filesystem', values('driverType', 'path handle virtiofs')),
    supported('tpm', values('model', x86 ? 'tpm-tis tpm-crb' : 'tpm-tis'), values('backendModel', 'passthrough')),
    supported('redirdev', values('bus', 'usb')),
    supported('channel', values('type', 'pty unix spicevmc')),
  );
}

function featuresElement(machine: Machine): XmlElement {
  const gic = machine.arch === 'aarch64' ? supported('gic', values('version', '2 3')) : unsupported('gic');
  return element(
    'features',
    {},
    gic,
    supported('vmcoreinfo'),
    supported('genid'),
    supported('backingStoreInput'),
    supported('backup'),
    unsupported('sev'),
    unsupported('sgx'),
    ...(machine.arch === 'aarch64' ? [] : [supported('hyperv', values('features', 'spinlocks vendor_id'))]),
  );
}
