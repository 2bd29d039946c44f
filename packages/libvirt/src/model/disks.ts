import { disk_controllers_max } from '../limits.ts';
import { HypervisorError } from './conditions.ts';
import { invalid, oneOf } from './definition-values.ts';
import { attribute, element, elements, find, type XmlElement } from './xml-tree.ts';

const types: readonly string[] = ['none', 'block', 'file', 'dir', 'network', 'volume', 'nvme', 'vhostuser'];
const kinds: readonly string[] = ['disk', 'cdrom', 'floppy', 'lun'];
const buses: readonly string[] = ['none', 'ide', 'fdc', 'scsi', 'virtio', 'xen', 'usb', 'uml', 'sata', 'sd'];

/** virDomainDiskDefFormat's order. */
const order: readonly string[] = [
  ...[
    'driver',
    'auth',
    'source',
    'backingStore',
    'geometry',
    'blockio',
    'mirror',
    'target',
    'iotune',
    'readonly',
    'shareable',
    'transient',
  ],
  ...['serial', 'wwn', 'vendor', 'product', 'encryption', 'boot', 'alias', 'address'],
];

/** Where a target name's letters count from: `sdb` is the second disk of its bus. */
export function targetIndex(target: string): number {
  const letters = /^(?:fd|hd|vd|sd|xvd|ubd)([a-z]+)\d*$/.exec(target)?.[1] ?? 'a';
  let index = 0;
  for (const letter of letters) index = index * 26 + (letter.charCodeAt(0) - 96);
  return index - 1;
}

export function completeDisks(devices: readonly XmlElement[]): readonly XmlElement[] {
  const completed = devices.map(completeDisk);
  const seen = new Map<string, XmlElement>();
  for (const device of completed) {
    const target = attribute(find(device, 'target'), 'dev') ?? '';
    const other = seen.get(target);
    if (other !== undefined) throw invalid(`target '${target}' duplicated for disk sources '${sourceOf(other)}' and '${sourceOf(device)}'`);
    seen.set(target, device);
  }
  // libvirt keeps disks in the order of their letters, whatever their bus.
  return completed.toSorted((a, b) => indexOf(a) - indexOf(b));
}

function indexOf(disk: XmlElement): number {
  return targetIndex(attribute(find(disk, 'target'), 'dev') ?? '');
}

function completeDisk(device: XmlElement): XmlElement {
  const type = oneOf(device, 'type', types) ?? 'file';
  const kind = oneOf(device, 'device', kinds) ?? 'disk';
  const target = find(device, 'target');
  const dev = attribute(target, 'dev');
  if (target === undefined || dev === undefined) throw new HypervisorError('target-missing', 'definition');
  const bus = oneOf(target, 'bus', buses) ?? busOf(dev, kind);
  const driver = find(device, 'driver');
  const completed: Readonly<Record<string, XmlElement>> = {
    driver: element('driver', { name: 'qemu', type: 'raw', ...driver?.attributes }, ...(driver?.children ?? [])),
    target: element('target', { dev, bus, ...rest(target) }),
    ...(kind === 'cdrom' ? { readonly: element('readonly') } : {}),
    ...addressOf(device, dev, bus),
  };
  const children = order.flatMap((name) => {
    const made = completed[name];
    return made === undefined ? elements(device, name) : [made];
  });
  const { type: _type, device: _device, ...others } = device.attributes;
  return element('disk', { type, device: kind, ...others }, ...children);
}

function rest(target: XmlElement): Readonly<Record<string, string>> {
  const { dev: _dev, bus: _bus, ...others } = target.attributes;
  return others;
}

function busOf(dev: string, kind: string): string {
  if (kind === 'floppy' || dev.startsWith('fd')) return 'fdc';
  if (dev.startsWith('hd')) return 'ide';
  if (dev.startsWith('sd')) return 'scsi';
  if (dev.startsWith('vd')) return 'virtio';
  return dev.startsWith('xvd') ? 'xen' : 'ide';
}

const DRIVES: readonly string[] = ['ide', 'sata', 'scsi', 'fdc'];

/** Drives hang on a controller by bus and unit; virtio disks are PCI devices of their own. */
function addressOf(device: XmlElement, dev: string, bus: string): { readonly address?: XmlElement } {
  if (find(device, 'address') !== undefined) return {};
  const index = targetIndex(dev);
  if (DRIVES.includes(bus) && index / 7 >= disk_controllers_max) throw invalid(`Unknown disk name '${dev}' and no address specified`);
  const drive = (controller: number, busNumber: number, target: number, unit: number): { readonly address: XmlElement } => ({
    address: element('address', {
      type: 'drive',
      controller: String(controller),
      bus: String(busNumber),
      target: String(target),
      unit: String(unit),
    }),
  });
  if (bus === 'ide') return drive(Math.floor(index / 4), Math.floor(index / 2) % 2, 0, index % 2);
  if (bus === 'sata') return drive(Math.floor(index / 6), 0, 0, index % 6);
  if (bus === 'scsi') return drive(Math.floor(index / 7), 0, 0, index % 7);
  if (bus === 'fdc') return drive(0, 0, 0, index % 2);
  return {};
}

/** What `virsh domblklist` shows as the source. */
export function sourceOf(disk: XmlElement): string {
  const source = find(disk, 'source');
  return (
    attribute(source, 'file') ??
    attribute(source, 'dev') ??
    attribute(source, 'dir') ??
    attribute(source, 'name') ??
    attribute(source, 'volume') ??
    '(null)'
  );
}
