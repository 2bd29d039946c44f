import { element, type XmlElement } from '../model/index.ts';

export interface DomainOutline {
  readonly name: string;
  readonly memory_mib: number;
  readonly vcpus: number;
  readonly title?: string | undefined;
}

/** A domain's document from the little that a person says of it. */
export function domainDocument(outline: DomainOutline, devices: readonly XmlElement[] = [element('console', { type: 'pty' })]): XmlElement {
  return element(
    'domain',
    { type: 'qemu' },
    element('name', {}, outline.name),
    ...(outline.title === undefined ? [] : [element('title', {}, outline.title)]),
    element('memory', { unit: 'MiB' }, String(outline.memory_mib)),
    element('vcpu', {}, String(outline.vcpus)),
    element('os', {}, element('type', {}, 'hvm')),
    element('devices', {}, ...devices),
  );
}
