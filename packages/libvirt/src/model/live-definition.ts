// What QEMU's driver adds to a document while the domain runs: ids, aliases, ptys, ports, labels.

import { targetIndex } from './disks.ts';
import type { DomainDefinition } from './domain.ts';
import { attribute, element, elements, find, withAttributes, withChildren, type XmlElement } from './xml-tree.ts';

/** What the host hands out to a domain that starts. */
export interface LiveResources {
  readonly id: number;
  /** The number of the next free `/dev/pts`. */
  readonly pty: number;
  /** Another free port for a graphics server. */
  readonly graphicsPort: () => number;
}

/** How many ptys {@link liveDefinition} uses up. */
export function ptysOf(definition: DomainDefinition): number {
  const devices = elements(find(definition.xml, 'devices') ?? definition.xml);
  return devices.filter((device) => ['serial', 'parallel'].includes(device.name) && attribute(device, 'type') === 'pty').length;
}

/** The ports that a running domain's graphics servers listen on. */
export function graphicsPortsOf(definition: DomainDefinition): readonly number[] {
  const graphics = elements(find(definition.xml, 'devices') ?? definition.xml, 'graphics');
  return graphics.map((device) => Number(attribute(device, 'port') ?? -1));
}

export function liveDefinition(definition: DomainDefinition, resources: LiveResources): DomainDefinition {
  const children = definition.xml.children.flatMap((child) => {
    if (typeof child === 'string') return [];
    if (child.name === 'vcpu')
      return find(definition.xml, 'resource') === undefined
        ? [child, element('resource', {}, element('partition', {}, '/machine'))]
        : [child];
    if (child.name === 'cpu') return [liveCpu(child, definition)];
    if (child.name === 'devices') return [liveDevices(child, definition, resources)];
    return child.name === 'seclabel' ? [] : [child];
  });
  const labels = elements(definition.xml, 'seclabel').filter((label) => attribute(label, 'model') === 'dac');
  const dac = labels[0]?.attributes ?? { type: 'dynamic', model: 'dac', relabel: 'yes' };
  const label = element('seclabel', dac, element('label', {}, '+0:+0'), element('imagelabel', {}, '+0:+0'));
  const { type, ...rest } = definition.xml.attributes;
  return { ...definition, xml: element('domain', { type, id: String(resources.id), ...rest }, ...children, label) };
}

function liveCpu(cpu: XmlElement, definition: DomainDefinition): XmlElement {
  const model = find(cpu, 'model');
  if (attribute(cpu, 'mode') !== 'custom' || definition.arch === 'aarch64' || model === undefined) return cpu;
  const given = elements(cpu, 'feature').map((feature) => attribute(feature, 'name'));
  const added = ['hypervisor', 'lahf_lm']
    .filter((name) => !given.includes(name))
    .map((name) => element('feature', { policy: 'require', name }));
  return element('cpu', { ...cpu.attributes, check: 'full' }, ...cpu.children, ...added);
}

function liveDevices(devices: XmlElement, definition: DomainDefinition, resources: LiveResources): XmlElement {
  const counts = new Map<string, number>();
  const count = (kind: string): number => {
    const index = counts.get(kind) ?? 0;
    counts.set(kind, index + 1);
    return index;
  };
  let pty = resources.pty;
  const disks = elements(devices, 'disk').length;
  const first = pty;
  const alive = elements(devices).map((device): XmlElement => {
    switch (device.name) {
      case 'disk':
        return liveDisk(device, disks - count('disk'));
      case 'controller':
        return aliased(device, controllerAlias(device));
      case 'interface':
        return aliased(device, `net${count('net')}`);
      case 'serial':
      case 'parallel': {
        const source = attribute(device, 'type') === 'pty' ? [element('source', { path: `/dev/pts/${pty++}` })] : [];
        return aliased(withChildren(device, ...source, ...device.children), `${device.name}${count(device.name)}`);
      }
      case 'console':
        return liveConsole(device, first, count('console'));
      case 'channel':
        return liveChannel(device, definition, resources.id, count('channel'));
      case 'graphics':
        return liveGraphics(device, resources.graphicsPort);
      case 'emulator':
      case 'audio':
      case 'memory':
        return device;
      default:
        return aliased(device, `${aliases[device.name] ?? device.name}${count(device.name)}`);
    }
  });
  return withChildren(devices, ...alive);
}

const aliases: Readonly<Record<string, string>> = { memballoon: 'balloon', filesystem: 'fs', hostdev: 'hostdev', redirdev: 'redir' };

/** The alias goes before the address, and after everything else. */
function aliased(device: XmlElement, name: string): XmlElement {
  if (find(device, 'alias') !== undefined) return device;
  const address = elements(device, 'address');
  return withChildren(device, ...elements(device).filter((child) => child.name !== 'address'), element('alias', { name }), ...address);
}

function liveDisk(disk: XmlElement, index: number): XmlElement {
  const target = find(disk, 'target');
  const bus = attribute(target, 'bus') ?? '';
  const address = find(disk, 'address');
  const drive = ['controller', 'bus', 'unit'].map((part) => attribute(address, part) ?? '0').join('-');
  const alias = bus === 'virtio' || bus === 'usb' ? `${bus}-disk${targetIndex(attribute(target, 'dev') ?? '')}` : `${bus}${drive}`;
  const empty = find(disk, 'source') === undefined;
  const children = elements(disk).flatMap((child) => {
    if (child.name === 'driver' && empty) return [element('driver', { name: attribute(child, 'name') })];
    if (child.name !== 'source') return [child];
    const backing = find(disk, 'backingStore') === undefined ? [element('backingStore')] : [];
    return [withAttributes(child, { index: String(index) }), ...backing];
  });
  return aliased(withChildren(disk, ...children), alias);
}

function controllerAlias(controller: XmlElement): string {
  const type = attribute(controller, 'type') ?? '';
  const index = attribute(controller, 'index') ?? '0';
  if (type === 'pci') return index === '0' && attribute(controller, 'model') === 'pcie-root' ? 'pcie.0' : `pci.${index}`;
  if (index === '0' && (type === 'usb' || type === 'ide')) return type;
  return `${type}${index}`;
}

/** The console is the serial port: same pty, same alias. */
function liveConsole(device: XmlElement, pty: number, index: number): XmlElement {
  if (attribute(find(device, 'target'), 'type') !== 'serial') return aliased(device, `console${index}`);
  if (attribute(device, 'type') !== 'pty') return aliased(device, 'serial0');
  const path = `/dev/pts/${pty}`;
  return aliased(
    withChildren(
      withAttributes(device, { tty: path }),
      element('source', { path }),
      ...elements(device).filter((child) => child.name !== 'source'),
    ),
    'serial0',
  );
}

function liveChannel(device: XmlElement, definition: DomainDefinition, id: number, index: number): XmlElement {
  const target = find(device, 'target');
  const name = attribute(target, 'name') ?? '';
  const directory = `/var/lib/libvirt/qemu/channel/target/domain-${id}-${definition.name.slice(0, 20)}`;
  const given = find(device, 'source');
  const source =
    attribute(device, 'type') === 'unix' && given === undefined ? [element('source', { mode: 'bind', path: `${directory}/${name}` })] : [];
  const children = elements(device).map((child) =>
    child.name === 'target' && attribute(child, 'type') === 'virtio' ? withAttributes(child, { state: 'disconnected' }) : child,
  );
  return aliased(withChildren(device, ...source, ...children), `channel${index}`);
}

function liveGraphics(device: XmlElement, nextPort: () => number): XmlElement {
  const type = attribute(device, 'type');
  if (type !== 'vnc' && type !== 'spice') return device;
  const port = attribute(device, 'autoport') === 'yes' ? String(nextPort()) : attribute(device, 'port');
  const address = attribute(find(device, 'listen'), 'address') ?? '127.0.0.1';
  const { type: _type, port: _port, autoport, listen: _listen, ...rest } = device.attributes;
  const listens = elements(device).map((child) =>
    child.name === 'listen' && attribute(child, 'type') === 'address' ? withAttributes(child, { address }) : child,
  );
  return element('graphics', { type, port, autoport, listen: address, ...rest }, ...listens);
}
