// qemuDomainDefAddDefaultDevices and virDomainDefAddImplicitControllers: the buses that devices need.
import { disk_controllers_max } from '../limits.ts';
import { unsupported } from './definition-values.ts';
import type { DeviceContext, DeviceList } from './devices.ts';
import { attribute, element, elements, find, withAttributes, type XmlElement } from './xml-tree.ts';

/** The given controllers, completed, and those that are implied, in libvirt's order. */
export function controllersFor(devices: DeviceList, context: DeviceContext): readonly XmlElement[] {
  const given = (devices.get('controller') ?? []).map((device) => complete(device, devices, context));
  const implied: XmlElement[] = [];
  const add = (type: string, index: number, model?: string): void => {
    const has = (list: readonly XmlElement[]): boolean =>
      list.some((device) => attribute(device, 'type') === type && attribute(device, 'index') === String(index));
    if (!has(given) && !has(implied)) implied.push(element('controller', { type, index: String(index), model }));
  };
  if (context.arch !== 'aarch64') add('usb', 0, usbModel(context));
  if (context.machine.name.includes('q35')) add('sata', 0);
  add('pci', 0, context.machine.bus === 'pci' ? 'pci-root' : 'pcie-root');
  const needed = driveControllers(devices);
  for (const type of ['scsi', 'fdc', 'ide', 'sata']) {
    for (let index = 0; index < (needed.get(type) ?? 0); index++) add(type, index, type === 'scsi' ? 'lsilogic' : undefined);
  }
  if ((devices.get('channel') ?? []).some((device) => attribute(find(device, 'target'), 'type') === 'virtio')) add('virtio-serial', 0);
  return [...given, ...implied];
}

function usbModel(context: DeviceContext): string {
  return context.machine.bus === 'pci' ? 'piix3-uhci' : 'qemu-xhci';
}

function complete(device: XmlElement, devices: DeviceList, context: DeviceContext): XmlElement {
  const type = attribute(device, 'type') ?? '';
  const same = (devices.get('controller') ?? []).filter((other) => attribute(other, 'type') === type);
  const index = attribute(device, 'index') ?? String(same.indexOf(device));
  const model = attribute(device, 'model') ?? (type === 'usb' ? usbModel(context) : type === 'scsi' ? 'lsilogic' : undefined);
  const { type: _type, index: _index, model: _model, ...others } = device.attributes;
  return withAttributes(element('controller', { type, index, model, ...others }, ...device.children), {});
}

/** How many controllers of each kind the drives' addresses need. */
function driveControllers(devices: DeviceList): ReadonlyMap<string, number> {
  const needed = new Map<string, number>();
  for (const disk of devices.get('disk') ?? []) {
    const bus = attribute(find(disk, 'target'), 'bus') ?? '';
    const address = elements(disk, 'address')[0];
    if (!['ide', 'sata', 'scsi', 'fdc'].includes(bus) || attribute(address, 'type') !== 'drive') continue;
    const controller = Number(attribute(address, 'controller') ?? 0);
    if (!(controller < disk_controllers_max)) throw unsupported(`controller ${controller} of a disk is not below ${disk_controllers_max}`);
    needed.set(bus, Math.max(needed.get(bus) ?? 0, controller + 1));
  }
  return needed;
}
