// How libvirt reads the simple values of a definition (virXMLPropEnum, virDomainParseMemory and their like).
import { HypervisorError } from './conditions.ts';
import { attribute, textOf, type XmlElement } from './xml-tree.ts';

export function invalid(detail: string): HypervisorError {
  return new HypervisorError('xml-invalid', 'definition', detail);
}

export function unsupported(detail: string): HypervisorError {
  return new HypervisorError('configuration-unsupported', 'definition', detail);
}

/** An attribute that is one of a few words. */
export function oneOf(parent: XmlElement, name: string, words: readonly string[]): string | undefined {
  const value = attribute(parent, name);
  if (value === undefined || words.includes(value)) return value;
  throw new HypervisorError('xml-invalid', 'document', `Invalid value for attribute '${name}' in element '${parent.name}': '${value}'.`);
}

const KIB_PER_UNIT: Readonly<Record<string, number>> = {
  b: 1 / 1024,
  bytes: 1 / 1024,
  kb: 1000 / 1024,
  k: 1,
  kib: 1,
  mb: 1e6 / 1024,
  m: 1024,
  mib: 1024,
  gb: 1e9 / 1024,
  g: 1024 ** 2,
  gib: 1024 ** 2,
  tb: 1e12 / 1024,
  t: 1024 ** 3,
  tib: 1024 ** 3,
};

/** A memory size in KiB, rounded up (virDomainParseMemory). `xpath` is how libvirt calls it in errors. */
export function memoryKib(parent: XmlElement | undefined, xpath: string): number | undefined {
  if (parent === undefined) return undefined;
  const text = textOf(parent)?.trim() ?? '';
  const unit = (attribute(parent, 'unit') ?? 'KiB').toLowerCase();
  const factor = KIB_PER_UNIT[unit];
  const wrong = `Invalid value '${text}' for element or attribute '${xpath}'`;
  if (!/^\+?\d+$/.test(text)) throw new HypervisorError('xml-invalid', 'document', wrong);
  if (factor === undefined) throw new HypervisorError('argument-invalid', 'document', `unknown suffix '${attribute(parent, 'unit')}'`);
  const kib = Math.ceil(Number(text) * factor);
  // Beyond what a JavaScript number holds exactly: 8 ZiB of memory, which no host has.
  if (!Number.isSafeInteger(kib)) throw new HypervisorError('xml-invalid', 'document', wrong);
  return kib;
}

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** virUUIDParse takes dashes or leaves them. */
export function uuidOf(text: string): string | undefined {
  if (!UUID.test(text.trim())) return undefined;
  const hex = text.trim().replaceAll('-', '').toLowerCase();
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
