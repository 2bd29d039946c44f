import { ControlError, type ControlOperation } from '@wirelike/kernel';
import { type Domain, type Hypervisor, HypervisorError } from '../model/index.ts';

/** What can be done to the host's domains from outside the protocol. */
export function controlOperations(model: Hypervisor): readonly ControlOperation[] {
  const onDomain = (name: string, help: string, act: (domain: Domain) => void): ControlOperation => ({
    name,
    help: `${help} ({ name })`,
    run(parameters) {
      const domain = model.byName(nameIn(parameters));
      if (domain === undefined) throw new ControlError(`no domain with the name ${nameIn(parameters)}`);
      try {
        act(domain);
      } catch (error) {
        if (error instanceof HypervisorError) throw new ControlError(`${domain.name}: ${error.message}`);
        throw error;
      }
      return view(model.find(domain.uuid));
    },
  });
  return [
    { name: 'domains', help: 'every domain, its state and its size', run: () => [...model.domains()].map(view) },
    onDomain('domain.crash', "a domain's QEMU dies", (domain) => model.crash(domain)),
    onDomain('domain.start', 'starts a domain', (domain) => model.start(domain)),
    onDomain('domain.destroy', 'pulls the plug of a domain', (domain) => model.destroy(domain)),
  ];
}

function nameIn(parameters: unknown): string {
  if (typeof parameters === 'object' && parameters !== null && 'name' in parameters && typeof parameters.name === 'string')
    return parameters.name;
  throw new ControlError('say which domain: { "name": "web-1" }');
}

function view(domain: Domain | undefined): unknown {
  if (domain === undefined) return null;
  const definition = domain.life?.definition ?? domain.persistent;
  return {
    name: domain.name,
    uuid: domain.uuid,
    id: domain.life?.id ?? -1,
    state: domain.state,
    reason: domain.reason,
    persistent: domain.persistent !== undefined,
    autostart: domain.autostart,
    memory_kib: definition?.memory_kib,
    vcpus: definition?.vcpus,
  };
}
