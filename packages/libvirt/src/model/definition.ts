// libvirt.org/formatdomain: a domain's document, checked, put into libvirt's order, and completed as its QEMU driver does.
import { HypervisorError } from './conditions.ts';
import { invalid, memoryKib, unsupported, uuidOf } from './definition-values.ts';
import { completeDevices } from './devices.ts';
import type { DomainDefinition } from './domain.ts';
import { domainTypes, emulators, foreignArchitectures, foreignDomainTypes, type Machine, machineNamed } from './machines.ts';
import { parseXml } from './xml-parse.ts';
import { attribute, element, elements, find, textOf, withAttributes, type XmlElement } from './xml-tree.ts';

/** Where values come from that the document leaves open. */
export interface Defaults {
  readonly arch: string;
  uuid(): string;
  /** `52:54:00:…` */
  mac(): string;
}

/** Parses and completes a domain's document. Throws a {@link HypervisorError} in libvirt's words. */
export function parseDefinition(text: string, defaults: Defaults): DomainDefinition {
  return completeDefinition(parseXml(text, { title: '(domain_definition)', origin: 'definition' }), defaults);
}

export function completeDefinition(document: XmlElement, defaults: Defaults): DomainDefinition {
  if (document.name !== 'domain') {
    throw new HypervisorError('xml-invalid', 'document', `expecting root element of 'domain', not '${document.name}'`);
  }
  const type = domainType(document);
  const name = domainName(document);
  const uuid = domainUuid(document) ?? defaults.uuid();
  const title = textOf(find(document, 'title'));
  if (title?.includes('\n')) throw invalid("Domain title can't contain newlines");
  const memory = memoryOf(document);
  const vcpu = vcpusOf(document);
  const os = osOf(document, defaults);
  if (foreignDomainTypes.includes(type)) {
    const emulator = emulators[os.arch] ?? '';
    throw new HypervisorError('configuration-unsupported', 'driver', `Emulator '${emulator}' does not support virt type '${type}'`);
  }
  if (vcpu.max > os.machine.vcpus_max) {
    const detail = `Maximum CPUs greater than specified machine type limit ${os.machine.vcpus_max}`;
    throw new HypervisorError('configuration-unsupported', 'driver', detail);
  }
  const devices = completeDevices(find(document, 'devices') ?? element('devices'), {
    arch: os.arch,
    machine: os.machine,
    mac: defaults.mac,
  });
  const made: Readonly<Record<string, XmlElement | undefined>> = {
    name: element('name', {}, name),
    uuid: element('uuid', {}, uuid),
    memory: element('memory', { unit: 'KiB' }, String(memory.total)),
    currentMemory: element('currentMemory', { unit: 'KiB' }, String(memory.current)),
    vcpu: vcpu.xml,
    os: os.xml,
    cpu: cpuOf(document, os.arch),
    clock: clockOf(document),
    on_poweroff: actionOf(document, 'on_poweroff', 'destroy'),
    on_reboot: actionOf(document, 'on_reboot', 'restart'),
    on_crash: actionOf(document, 'on_crash', 'destroy'),
    devices,
  };
  const children = order.flatMap((child) => {
    const completed = made[child];
    if (completed !== undefined) return [completed];
    return child in made ? [] : elements(document, child).slice(0, child === 'seclabel' ? undefined : 1);
  });
  return {
    name,
    uuid,
    type,
    os_type: 'hvm',
    arch: os.arch,
    machine: os.machine.name,
    memory_kib: memory.total,
    current_memory_kib: memory.current,
    vcpus: vcpu.current,
    vcpus_max: vcpu.max,
    xml: { name: 'domain', attributes: { type, ...namespacesOf(document) }, children },
  };
}

/** virDomainDefFormatInternal's order. What is not here libvirt does not know, and drops. */
const order: readonly string[] = [
  ...['name', 'uuid', 'genid', 'title', 'description', 'metadata', 'maxMemory', 'memory', 'currentMemory', 'blkiotune', 'memtune'],
  ...['memoryBacking', 'vcpu', 'vcpus', 'iothreads', 'iothreadids', 'defaultiothread', 'cputune', 'numatune', 'resource', 'sysinfo'],
  ...['bootloader', 'bootloader_args', 'os', 'idmap', 'features', 'cpu', 'clock', 'on_poweroff', 'on_reboot', 'on_crash'],
  ...['on_lockfailure', 'pm', 'perf', 'devices', 'seclabel', 'keywrap', 'launchSecurity', 'qemu:commandline', 'qemu:capabilities'],
];

function namespacesOf(document: XmlElement): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(document.attributes).filter(([name]) => name.startsWith('xmlns:')));
}

function domainType(document: XmlElement): string {
  const type = attribute(document, 'type');
  if (type === undefined) {
    if (find(document, 'name') === undefined) throw new HypervisorError('name-missing', 'definition');
    throw unsupported('missing domain type attribute');
  }
  if (!domainTypes.includes(type) && !foreignDomainTypes.includes(type)) throw unsupported(`invalid domain type ${type}`);
  return type;
}

function domainName(document: XmlElement): string {
  const name = textOf(find(document, 'name'));
  if (name === undefined || name === '') throw new HypervisorError('name-missing', 'definition');
  if (name.includes('/')) throw invalid(`name ${name} cannot contain '/'`);
  if (name.includes('\n')) throw new HypervisorError('xml-malformed', 'document', 'invalid char in name: \n');
  return name;
}

function domainUuid(document: XmlElement): string | undefined {
  const text = textOf(find(document, 'uuid'));
  if (text === undefined) return undefined;
  const uuid = uuidOf(text);
  if (uuid === undefined) throw new HypervisorError('internal', 'definition', 'malformed uuid element');
  return uuid;
}

function memoryOf(document: XmlElement): { readonly total: number; readonly current: number } {
  const total = memoryKib(find(document, 'memory'), './memory[1]') ?? 0;
  const current = memoryKib(find(document, 'currentMemory'), './currentMemory[1]') ?? 0;
  if (total === 0 && find(document, 'os', 'type') !== undefined) {
    throw invalid('Memory size must be specified via <memory> or in the <numa> configuration');
  }
  return { total, current: current === 0 || current > total ? total : current };
}

function vcpusOf(document: XmlElement): { readonly max: number; readonly current: number; readonly xml: XmlElement } {
  const given = find(document, 'vcpu');
  const text = textOf(given)?.trim() ?? '1';
  if (!/^\d+$/.test(text)) throw invalid('maximum vcpus count must be an integer');
  const max = Number(text);
  const currentText = attribute(given, 'current');
  if (currentText !== undefined && !/^\d+$/.test(currentText)) throw invalid('current vcpus count must be an integer');
  const current = currentText === undefined ? max : Number(currentText);
  if (max === 0) throw new HypervisorError('internal', 'definition', 'CPU IDs in <numa> exceed the <vcpu> count');
  if (max < current) throw unsupported('maximum vCPU count must not be less than current vCPU count');
  const attributes = {
    placement: attribute(given, 'placement') ?? 'static',
    cpuset: attribute(given, 'cpuset'),
    current: current === max ? undefined : String(current),
  };
  return { max, current, xml: element('vcpu', attributes, String(max)) };
}

interface OsPart {
  readonly arch: string;
  readonly machine: Machine;
  readonly xml: XmlElement;
}

function osOf(document: XmlElement, defaults: Defaults): OsPart {
  const os = find(document, 'os');
  const type = find(os ?? element('os'), 'type');
  const words = textOf(type)?.trim();
  if (os === undefined || type === undefined || words === undefined || words === '') throw invalid('an os <type> must be specified');
  if (!['hvm', 'xen', 'xenpvh', 'linux', 'exe', 'uml'].includes(words)) throw unsupported(`unknown OS type '${words}'`);
  const arch = attribute(type, 'arch') ?? defaults.arch;
  const emulated = emulators[arch] !== undefined && words === 'hvm';
  if (emulators[arch] === undefined && !foreignArchitectures.includes(arch)) throw unsupported(`Unknown architecture ${arch}`);
  const kind = attribute(document, 'type') ?? '';
  if (!emulated) {
    throw new HypervisorError(
      'argument-invalid',
      'driver',
      `could not find capabilities for ${words === 'hvm' ? `arch=${arch} domaintype=${kind}` : `ostype=${words} arch=${arch} domaintype=${kind}`} `.trimEnd(),
    );
  }
  const machine = machineNamed(arch, attribute(type, 'machine'));
  // What libvirt says of a machine that it does not know: it has no buses to put devices on.
  if (machine === undefined) throw invalid('No PCI buses available');
  const rest = elements(os).filter((child) => child.name !== 'type');
  const boots = rest.some((child) => child.name === 'boot') || bootsByDevice(document);
  const completed = element('type', { arch, machine: machine.name }, 'hvm');
  const loaders = rest.filter((child) => child.name !== 'boot' && bootMenu.indexOf(child.name) < 0);
  const xml = element(
    'os',
    os.attributes,
    completed,
    ...loaders,
    ...rest.filter((child) => child.name === 'boot'),
    ...(boots ? [] : [element('boot', { dev: 'hd' })]),
    ...rest.filter((child) => bootMenu.includes(child.name)),
  );
  return { arch, machine, xml };
}

const bootMenu: readonly string[] = ['bootmenu', 'bios', 'smbios'];

function bootsByDevice(document: XmlElement): boolean {
  const devices = find(document, 'devices');
  return devices !== undefined && elements(devices).some((device) => find(device, 'boot') !== undefined);
}

/** Without a `<cpu>`, libvirt writes down the machine's own default so that it never changes under the guest. */
function cpuOf(document: XmlElement, arch: string): XmlElement | undefined {
  const given = find(document, 'cpu');
  const mode = attribute(given, 'mode');
  if (given !== undefined && mode === 'host-passthrough')
    return element('cpu', { mode, check: 'none', migratable: 'on', ...given.attributes }, ...given.children);
  if (given !== undefined && mode === 'host-model')
    return element('cpu', { mode, check: 'partial', ...given.attributes }, ...given.children);
  if (given !== undefined && find(given, 'model') !== undefined) {
    const { match, check, ...rest } = given.attributes;
    const children = elements(given).map((child) =>
      child.name === 'model' ? element('model', { fallback: 'allow', ...child.attributes }, ...child.children) : child,
    );
    return element('cpu', { mode: 'custom', match: match ?? 'exact', check: check ?? 'partial', ...rest }, ...children);
  }
  if (arch === 'aarch64') {
    return element('cpu', { mode: 'custom', match: 'exact', check: 'none' }, element('model', { fallback: 'forbid' }, 'cortex-a15'));
  }
  const model = element('model', { fallback: 'forbid' }, arch === 'i686' ? 'qemu32' : 'qemu64');
  return element('cpu', { mode: 'custom', match: 'exact', check: 'none' }, model, ...(given === undefined ? [] : elements(given)));
}

function clockOf(document: XmlElement): XmlElement {
  const given = find(document, 'clock');
  if (given === undefined) return element('clock', { offset: 'utc' });
  return attribute(given, 'offset') === undefined ? withAttributes(given, { offset: 'utc' }) : given;
}

const actions: Readonly<Record<string, readonly string[]>> = {
  on_poweroff: ['destroy', 'restart', 'rename-restart', 'preserve'],
  on_reboot: ['destroy', 'restart', 'rename-restart', 'preserve'],
  on_crash: ['destroy', 'restart', 'rename-restart', 'preserve', 'coredump-destroy', 'coredump-restart'],
};

function actionOf(document: XmlElement, name: string, otherwise: string): XmlElement {
  const action = textOf(find(document, name)) ?? otherwise;
  if (!actions[name]?.includes(action)) throw unsupported(`unknown ${name} action: ${action}`);
  return element(name, {}, action);
}
