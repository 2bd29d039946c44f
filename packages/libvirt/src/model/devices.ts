// libvirt.org/formatdomain#devices: devices in libvirt's order, with what its QEMU driver adds to them and among them.
import { domain_devices_max } from '../limits.ts';
import { HypervisorError } from './conditions.ts';
import { controllersFor } from './controllers.ts';
import { invalid, oneOf } from './definition-values.ts';
import { completeDisks } from './disks.ts';
import { emulators, type Machine } from './machines.ts';
import { assignPciAddresses } from './pci-addresses.ts';
import { attribute, element, elements, find, textOf, withAttributes, withChildren, type XmlElement } from './xml-tree.ts';

export interface DeviceContext {
  readonly arch: string;
  readonly machine: Machine;
  mac(): string;
}

/** virDomainDefFormatInternal's order of devices. */
const order: readonly string[] = [
  ...['emulator', 'disk', 'controller', 'lease', 'filesystem', 'interface', 'smartcard', 'serial', 'parallel', 'console', 'channel'],
  ...['input', 'tpm', 'graphics', 'sound', 'audio', 'video', 'hostdev', 'redirdev', 'redirfilter', 'hub', 'watchdog', 'memballoon'],
  ...['rng', 'nvram', 'panic', 'shmem', 'memory', 'iommu', 'vsock', 'crypto'],
];

/** Devices by the name of their elements. */
export type DeviceList = ReadonlyMap<string, readonly XmlElement[]>;

export function completeDevices(given: XmlElement, context: DeviceContext): XmlElement {
  const devices = new Map(order.map((name) => [name, elements(given, name)]));
  const all = (name: string): readonly XmlElement[] => devices.get(name) ?? [];
  if (given.children.length > domain_devices_max) throw new HypervisorError('internal', 'driver', 'No more available PCI slots');
  const x86 = context.arch !== 'aarch64';
  const balloon = all('memballoon').length === 0 && x86 ? [element('memballoon', { model: 'virtio' })] : all('memballoon');
  devices.set('emulator', [emulatorOf(all('emulator')[0], context.arch)]);
  devices.set('disk', completeDisks(all('disk')));
  devices.set(
    'interface',
    all('interface').map((device) => completeInterface(device, context)),
  );
  const { serials, consoles } = completeConsoles(all('serial'), all('console'), x86);
  devices.set('serial', serials);
  devices.set('console', consoles);
  devices.set('channel', completeChannels(all('channel')));
  devices.set('input', completeInputs(all('input'), x86));
  devices.set('graphics', all('graphics').map(completeGraphics));
  devices.set('video', completeVideos(all('video'), all('graphics'), x86));
  devices.set('audio', completeAudio(all('audio'), all('graphics'), x86));
  devices.set('memballoon', balloon.slice(0, 1));
  devices.set(
    'watchdog',
    all('watchdog').map((device) => withAttributes(device, { action: attribute(device, 'action') ?? 'reset' })),
  );
  devices.set('controller', controllersFor(devices, context));
  const addressed = assignPciAddresses(devices, context);
  return element('devices', {}, ...order.flatMap((name) => addressed.get(name) ?? []));
}

function emulatorOf(given: XmlElement | undefined, arch: string): XmlElement {
  const path = textOf(given)?.trim();
  const own = emulators[arch] ?? '';
  if (path === undefined || path === '' || path === own) return element('emulator', {}, own);
  if (path === '/usr/bin/kvm' || Object.values(emulators).includes(path)) return element('emulator', {}, path);
  throw new HypervisorError('host-error', 'driver', `Cannot check QEMU binary ${path}: No such file or directory`);
}

const interfaceTypes: readonly string[] = [
  ...[
    'user',
    'ethernet',
    'vhostuser',
    'server',
    'client',
    'mcast',
    'network',
    'bridge',
    'internal',
    'direct',
    'hostdev',
    'udp',
    'vdpa',
    'null',
    'vds',
  ],
];

const MAC = /^([0-9a-f]{1,2}:){5}[0-9a-f]{1,2}$/i;

function completeInterface(device: XmlElement, context: DeviceContext): XmlElement {
  const type = oneOf(device, 'type', interfaceTypes) ?? 'user';
  const source = find(device, 'source');
  if (type === 'network' && attribute(source, 'network') === undefined) {
    throw invalid(
      source === undefined
        ? "interface type='network' requires a 'source' element"
        : "Missing required attribute 'network' in element 'source'",
    );
  }
  if (type === 'bridge' && attribute(source, 'bridge') === undefined) {
    throw invalid(
      source === undefined
        ? "interface type='bridge' requires a 'source' element"
        : "Missing required attribute 'bridge' in element 'source'",
    );
  }
  const given = attribute(find(device, 'mac'), 'address');
  if (given !== undefined && !MAC.test(given)) throw invalid(`unable to parse mac address '${given}'`);
  const mac = (given ?? context.mac())
    .toLowerCase()
    .split(':')
    .map((byte) => byte.padStart(2, '0'))
    .join(':');
  const model = find(device, 'model') ?? element('model', { type: context.arch === 'aarch64' ? 'virtio' : 'rtl8139' });
  const first = ['mac', 'source', 'model'];
  const rest = elements(device).filter((child) => !first.includes(child.name));
  return element('interface', { type }, element('mac', { address: mac }), ...(source === undefined ? [] : [source]), model, ...rest);
}

/** A pty console is the first serial port seen from the guest's side: libvirt keeps both in step. */
function completeConsoles(givenSerials: readonly XmlElement[], givenConsoles: readonly XmlElement[], x86: boolean) {
  const target = x86 ? 'isa-serial' : 'system-serial';
  const model = x86 ? 'isa-serial' : 'pl011';
  const [first, ...others] = givenConsoles;
  const plain = first !== undefined && ['serial', undefined].includes(attribute(find(first, 'target'), 'type'));
  const promoted = givenSerials.length === 0 && plain ? [withChildren({ ...first, name: 'serial' }, ...sourcesOf(first))] : givenSerials;
  const serials = promoted.map((device, index) => {
    const kind = attribute(find(device, 'target'), 'type') ?? target;
    const modelName = attribute(find(device, 'target', 'model'), 'name') ?? (kind === target ? model : kind);
    const port = attribute(find(device, 'target'), 'port') ?? String(index);
    const completed = element('target', { type: kind, port }, element('model', { name: modelName }));
    return withChildren(
      withAttributes(device, { type: attribute(device, 'type') ?? 'pty' }),
      ...sourcesOf(device),
      completed,
      ...tailOf(device),
    );
  });
  const serial = serials[0];
  const mirrored =
    serial === undefined
      ? []
      : [element('console', serial.attributes, ...sourcesOf(serial), element('target', { type: 'serial', port: '0' }))];
  const consoles = plain || first === undefined ? [...mirrored, ...others] : [...mirrored, first, ...others];
  return { serials, consoles: consoles.map(completeConsole) };
}

function completeConsole(device: XmlElement, index: number): XmlElement {
  const target = find(device, 'target');
  const completed = element('target', { type: attribute(target, 'type') ?? 'serial', port: attribute(target, 'port') ?? String(index) });
  return withChildren(
    withAttributes(device, { type: attribute(device, 'type') ?? 'pty' }),
    ...sourcesOf(device),
    completed,
    ...tailOf(device),
  );
}

function sourcesOf(device: XmlElement): readonly XmlElement[] {
  return elements(device).filter((child) => ['source', 'protocol', 'log'].includes(child.name));
}

function tailOf(device: XmlElement): readonly XmlElement[] {
  return elements(device).filter((child) => ['alias', 'address', 'acpi', 'boot'].includes(child.name));
}

function completeChannels(devices: readonly XmlElement[]): readonly XmlElement[] {
  const taken = devices.map((device) => Number(attribute(find(device, 'address'), 'port') ?? 0));
  let next = 1;
  return devices.map((device) => {
    if (attribute(find(device, 'target'), 'type') !== 'virtio' || find(device, 'address') !== undefined) return device;
    while (taken.includes(next)) next++;
    const address = element('address', { type: 'virtio-serial', controller: '0', bus: '0', port: String(next++) });
    return withChildren(device, ...device.children, address);
  });
}

function completeInputs(devices: readonly XmlElement[], x86: boolean): readonly XmlElement[] {
  let usbPort = 1;
  const completed = devices.map((device) => {
    const bus = attribute(device, 'bus') ?? (x86 && attribute(device, 'type') !== 'tablet' ? 'ps2' : 'usb');
    const address =
      bus === 'usb' && find(device, 'address') === undefined
        ? [element('address', { type: 'usb', bus: '0', port: String(usbPort++) })]
        : [];
    return withChildren(withAttributes(device, { bus }), ...device.children, ...address);
  });
  if (!x86) return completed;
  const has = (type: string): boolean =>
    completed.some((device) => attribute(device, 'type') === type && attribute(device, 'bus') === 'ps2');
  return [...completed, ...['mouse', 'keyboard'].filter((type) => !has(type)).map((type) => element('input', { type, bus: 'ps2' }))];
}

function completeGraphics(device: XmlElement): XmlElement {
  const type = attribute(device, 'type');
  if (type !== 'vnc' && type !== 'spice') return device;
  const { port, autoport, ...rest } = device.attributes;
  const automatic = port === undefined || port === '-1' || (autoport === 'yes' && port === '0');
  const listens = elements(device, 'listen');
  const address = attribute(device, 'listen');
  const listen = listens.length > 0 ? listens : [element('listen', { type: 'address', address })];
  const { type: _type, ...others } = rest;
  const attributes = {
    type,
    port: automatic && type === 'spice' ? undefined : automatic ? '-1' : port,
    autoport: automatic ? 'yes' : (autoport ?? 'no'),
    ...others,
  };
  return element('graphics', attributes, ...listen, ...elements(device).filter((child) => child.name !== 'listen'));
}

function completeVideos(devices: readonly XmlElement[], graphics: readonly XmlElement[], x86: boolean): readonly XmlElement[] {
  const all = devices.length === 0 && graphics.length > 0 ? [element('video')] : devices;
  return all.map((device, index) => {
    const model = find(device, 'model');
    const type = attribute(model, 'type') ?? (x86 ? 'cirrus' : 'virtio');
    const sizes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      cirrus: { vram: '16384' },
      vga: { vram: '16384' },
      bochs: { vram: '16384' },
      qxl: { ram: '65536', vram: '65536', vgamem: '16384' },
    };
    const given = model?.attributes ?? {};
    const { type: _type, heads, primary, ...rest } = given;
    const attributes =
      type === 'none'
        ? { type }
        : { type, ...sizes[type], ...rest, heads: heads ?? '1', primary: primary ?? (index === 0 ? 'yes' : undefined) };
    const completed = element('model', attributes, ...(model?.children ?? []));
    return element('video', device.attributes, completed, ...elements(device).filter((child) => child.name !== 'model'));
  });
}

function completeAudio(devices: readonly XmlElement[], graphics: readonly XmlElement[], x86: boolean): readonly XmlElement[] {
  if (devices.length > 0)
    return devices.map((device, index) => withAttributes(device, { id: attribute(device, 'id') ?? String(index + 1) }));
  const spice = graphics.some((device) => attribute(device, 'type') === 'spice');
  return x86 || graphics.length > 0 ? [element('audio', { id: '1', type: spice ? 'spice' : 'none' })] : [];
}
