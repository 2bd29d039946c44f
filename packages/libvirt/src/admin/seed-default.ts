import { element, type Hypervisor } from '../model/index.ts';
import { domainDocument } from './domain-document.ts';

/** Two that run and one that does not: enough to list, start and stop. */
export function seedDefault(model: Hypervisor): void {
  const web = { name: 'web-1', memory_mib: 512, vcpus: 1, title: 'Web server' };
  const db = { name: 'db-1', memory_mib: 2_048, vcpus: 2, title: 'Database' };
  const build = { name: 'build-1', memory_mib: 4_096, vcpus: 4, title: 'Build machine' };
  for (const domain of [web, db, build]) {
    const disk = element(
      'disk',
      { type: 'file', device: 'disk' },
      element('driver', { name: 'qemu', type: 'qcow2' }),
      element('source', { file: `/var/lib/libvirt/images/${domain.name}.qcow2` }),
      element('target', { dev: 'vda', bus: 'virtio' }),
    );
    const network = element('interface', { type: 'user' }, element('model', { type: 'virtio' }));
    const defined = model.define(domainDocument(domain, [disk, network, element('console', { type: 'pty' })]));
    if (domain !== build) model.start(defined);
  }
}
