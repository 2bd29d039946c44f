// qemu_domain_address.c: which device gets which slot.
import type { DeviceContext, DeviceList } from './devices.ts';
import { attribute, element, find, withChildren, type XmlElement } from './xml-tree.ts';

const SLOTS_PER_BUS = 32;

/** Puts every PCI device that has no address on the next free slot, in the order in which libvirt hands them out. */
export function assignPciAddresses(devices: DeviceList, context: DeviceContext): DeviceList {
  return context.machine.bus === 'pci' ? assignConventional(devices) : assignExpress(devices, context);
}

type Slots = Set<string>;

function assignConventional(devices: DeviceList): DeviceList {
  const used: Slots = new Set(['0.0', '0.1']);
  const result = new Map(devices);
  rememberGiven(devices, used);
  // The PIIX3 chip on slot 1 holds IDE and USB; the primary video card is always on slot 2.
  fix(result, 'controller', (device) => attribute(device, 'type') === 'ide' && attribute(device, 'index') === '0', pci(0, 1, 1));
  fix(result, 'controller', (device) => attribute(device, 'model') === 'piix3-uhci' && attribute(device, 'index') === '0', pci(0, 1, 2));
  const videos = result.get('video') ?? [];
  const [primary] = videos;
  if (primary !== undefined && needsAddress('video', primary) && !used.has('0.2')) {
    result.set('video', [addressed(primary, pci(0, 2, 0)), ...videos.slice(1)]);
    used.add('0.2');
  }
  const next = (): XmlElement => {
    for (let slot = 1; slot < SLOTS_PER_BUS; slot++) {
      if (used.has(`0.${slot}`)) continue;
      used.add(`0.${slot}`);
      return pci(0, slot, 0);
    }
    return pci(1, 1, 0);
  };
  for (const step of steps) assign(result, step, next);
  return result;
}

/** q35 and virt: each device behind a root port of its own. */
function assignExpress(devices: DeviceList, context: DeviceContext): DeviceList {
  const used: Slots = new Set(['0.0', '0.31']);
  const result = new Map(devices);
  rememberGiven(devices, used);
  fix(result, 'controller', (device) => attribute(device, 'type') === 'sata' && attribute(device, 'index') === '0', pci(0, 0x1f, 2));
  const [primary, ...others] = result.get('video') ?? [];
  if (primary !== undefined && context.arch !== 'aarch64' && needsAddress('video', primary)) {
    result.set('video', [addressed(primary, pci(0, 1, 0)), ...others]);
    used.add('0.1');
  }
  const ports: XmlElement[] = [];
  const existing = (devices.get('controller') ?? []).filter((device) => attribute(device, 'type') === 'pci').length;
  const slot = context.arch === 'aarch64' ? 1 : 2;
  const next = (): XmlElement => {
    const index = existing + ports.length;
    const number = ports.length;
    const address = withMultifunction(pci(0, slot + Math.floor(number / 8), number % 8), number % 8 === 0);
    const model = element('model', { name: 'pcie-root-port' });
    const target = element('target', { chassis: String(index), port: `0x${(0x10 + number).toString(16)}` });
    ports.push(element('controller', { type: 'pci', index: String(index), model: 'pcie-root-port' }, model, target, address));
    return pci(index, 0, 0);
  };
  for (const step of steps) assign(result, step, next);
  // One more, so that a device can be plugged in later.
  next();
  result.set('controller', [...(result.get('controller') ?? []), ...ports]);
  return result;
}

interface Step {
  readonly name: string;
  readonly which?: (device: XmlElement) => boolean;
}

/** qemuDomainAssignDevicePCISlots. */
const steps: readonly Step[] = [
  { name: 'filesystem' },
  { name: 'interface' },
  { name: 'sound' },
  { name: 'controller' },
  { name: 'disk' },
  { name: 'hostdev' },
  { name: 'memballoon' },
  { name: 'rng' },
  { name: 'video' },
  { name: 'watchdog' },
  { name: 'shmem' },
  { name: 'input' },
  { name: 'vsock' },
];

function assign(devices: Map<string, readonly XmlElement[]>, step: Step, next: () => XmlElement): void {
  const list = devices.get(step.name) ?? [];
  devices.set(
    step.name,
    list.map((device) => (needsAddress(step.name, device) ? addressed(device, onFunction(device, next())) : device)),
  );
}

/** The EHCI half of an ICH9 is the slot's last function: its UHCI companions go before it. */
function onFunction(device: XmlElement, address: XmlElement): XmlElement {
  return attribute(device, 'model') === 'ich9-ehci1' ? element('address', { ...address.attributes, function: '0x7' }) : address;
}

/** Whether it is a PCI device that has no place yet. */
function needsAddress(name: string, device: XmlElement): boolean {
  if (find(device, 'address') !== undefined) return false;
  switch (name) {
    case 'interface':
      return attribute(device, 'type') !== 'hostdev';
    case 'controller':
      return !['pci', 'fdc', 'ccid', 'ide'].includes(attribute(device, 'type') ?? '');
    case 'disk':
      return attribute(find(device, 'target'), 'bus') === 'virtio';
    case 'memballoon':
    case 'watchdog':
      return !['none', 'itco', 'ib700', 'diag288'].includes(attribute(device, 'model') ?? '');
    case 'video':
      return !['none', 'ramfb'].includes(attribute(find(device, 'model'), 'type') ?? '');
    case 'input':
      return attribute(device, 'bus') === 'virtio';
    case 'sound':
      return !['sb16', 'pcspk', 'usb'].includes(attribute(device, 'model') ?? '');
    default:
      return true;
  }
}

function rememberGiven(devices: DeviceList, used: Slots): void {
  for (const list of devices.values()) {
    for (const device of list) {
      const address = find(device, 'address');
      if (attribute(address, 'type') === 'pci')
        used.add(`${Number(attribute(address, 'bus') ?? 0)}.${Number(attribute(address, 'slot') ?? 0)}`);
    }
  }
}

function fix(devices: Map<string, readonly XmlElement[]>, name: string, which: (device: XmlElement) => boolean, address: XmlElement): void {
  const list = devices.get(name) ?? [];
  devices.set(
    name,
    list.map((device) => (find(device, 'address') === undefined && which(device) ? addressed(device, address) : device)),
  );
}

function addressed(device: XmlElement, address: XmlElement): XmlElement {
  return withChildren(device, ...device.children, address);
}

function pci(bus: number, slot: number, func: number): XmlElement {
  const hex = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, '0')}`;
  return element('address', { type: 'pci', domain: '0x0000', bus: hex(bus, 2), slot: hex(slot, 2), function: hex(func, 1) });
}

function withMultifunction(address: XmlElement, on: boolean): XmlElement {
  return on ? element('address', { ...address.attributes, multifunction: 'on' }) : address;
}
