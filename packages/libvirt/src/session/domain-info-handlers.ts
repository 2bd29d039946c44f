// libvirt-domain.c: what a domain is doing.
import { counts } from '../limits.ts';
import { currentDefinition, type Domain, HypervisorError } from '../model/index.ts';
import { type Caller, checkFlags, type Handlers } from './caller.ts';
import { AFFECT_CONFIG, AFFECT_LIVE, reasons, states, VCPU_GUEST, VCPU_HOTPLUGGABLE, VCPU_MAXIMUM } from './constants.ts';
import { definitionFor } from './domain-config-handlers.ts';
import { CallError, failures } from './errors.ts';

const VCPU_RUNNING = 1;

export const domainInfoHandlers: Handlers = {
  DOMAIN_GET_INFO({ model }, { dom }) {
    const domain = model.domain(dom);
    const definition = currentDefinition(domain);
    return {
      state: states[domain.state],
      maxMem: BigInt(definition.memory_kib),
      memory: BigInt(definition.current_memory_kib),
      nrVirtCpu: definition.vcpus,
      cpuTime: BigInt(model.cpuTime(domain)),
    };
  },

  DOMAIN_GET_STATE({ model }, { dom, flags }) {
    checkFlags(flags, 0, 'qemuDomainGetState');
    const { state, reason } = model.domain(dom);
    return { state: states[state], reason: reasons[state][reason] ?? 0 };
  },

  DOMAIN_GET_CONTROL_INFO({ model }, { dom, flags }) {
    checkFlags(flags, 0, 'qemuDomainGetControlInfo');
    running(model.domain(dom));
    return { state: 0, details: 0, stateTime: 0n };
  },

  DOMAIN_IS_ACTIVE: ({ model }, { dom }) => ({ active: model.domain(dom).life === undefined ? 0 : 1 }),
  DOMAIN_GET_MAX_MEMORY: ({ model }, { dom }) => ({ memory: BigInt(currentDefinition(model.domain(dom)).memory_kib) }),

  DOMAIN_GET_MAX_VCPUS: ({ model }, { dom }) => ({ num: definitionFor(model.domain(dom), AFFECT_LIVE).vcpus_max }),

  DOMAIN_GET_VCPUS_FLAGS(caller, { dom, flags }) {
    // Asking the guest changes nothing, but needs its agent.
    if (caller.readOnly && (flags & VCPU_GUEST) !== 0) {
      throw new CallError(failures.readOnly('DOMAIN_GET_VCPUS_FLAGS', 'virDomainGetVcpusFlags'));
    }
    checkFlags(flags, AFFECT_LIVE | AFFECT_CONFIG | VCPU_MAXIMUM | VCPU_GUEST | VCPU_HOTPLUGGABLE, 'qemuDomainGetVcpusFlags');
    const definition = definitionFor(caller.model.domain(dom), flags & (AFFECT_LIVE | AFFECT_CONFIG));
    if ((flags & VCPU_GUEST) !== 0) throw new HypervisorError('argument-unsupported', 'driver', 'QEMU guest agent is not configured');
    return { num: (flags & VCPU_MAXIMUM) !== 0 ? definition.vcpus_max : definition.vcpus };
  },

  DOMAIN_GET_VCPUS: (caller, args) => vcpus(caller, args),

  DOMAIN_GET_SCHEDULER_TYPE({ model }, { dom }) {
    model.domain(dom);
    // What QEMU's driver says on a host without cgroups, as this one is.
    throw new HypervisorError('operation-invalid', 'driver', 'cgroup CPU controller is not mounted');
  },

  DOMAIN_GET_SECURITY_LABEL({ model }, { dom }) {
    model.domain(dom);
    return { label: '', enforcing: 0 };
  },

  DOMAIN_GET_SECURITY_LABEL_LIST({ model }, { dom }) {
    const domain = model.domain(dom);
    // The drivers "none" and "dac".
    const labels = domain.life === undefined ? [] : ['', '+0:+0'].map((label) => ({ label, enforcing: 0 }));
    return { labels, ret: labels.length };
  },

  DOMAIN_GET_MESSAGES({ model }, { dom }) {
    model.domain(dom);
    return { msgs: [] };
  },
};

function running(domain: Domain): void {
  if (domain.life === undefined) throw new HypervisorError('operation-invalid', 'definition', 'domain is not running');
}

interface GetVcpus {
  readonly dom: { readonly name: string; readonly uuid: string };
  readonly maxinfo: number;
  readonly maplen: number;
}

function vcpus({ model }: Caller, { dom, maxinfo, maplen }: GetVcpus) {
  if (maxinfo > counts.VCPUINFO_MAX) throw new CallError(failures.internal('maxinfo > REMOTE_VCPUINFO_MAX'));
  if (maxinfo * maplen > counts.CPUMAPS_MAX) throw new CallError(failures.internal('maxinfo * maplen > REMOTE_CPUMAPS_MAX'));
  const domain = model.domain(dom);
  if (domain.life === undefined) {
    throw new HypervisorError('operation-invalid', 'driver', 'cannot retrieve vcpu information for inactive domain');
  }
  const count = Math.max(0, Math.min(maxinfo, domain.life.definition.vcpus));
  // Linux counts the time of a thread in ticks of 10 ms.
  const time = (BigInt(model.cpuTime(domain)) / BigInt(domain.life.definition.vcpus) / 10_000_000n) * 10_000_000n;
  const info = Array.from({ length: count }, (_, number) => ({
    number,
    state: VCPU_RUNNING,
    cpu_time: time,
    cpu: number % model.host.cpus,
  }));
  const cpumaps = new Uint8Array(Math.max(0, count * maplen));
  for (let vcpu = 0; vcpu < count; vcpu++) {
    for (let cpu = 0; cpu < Math.min(model.host.cpus, maplen * 8); cpu++) {
      const at = vcpu * maplen + (cpu >> 3);
      cpumaps[at] = (cpumaps[at] ?? 0) | (1 << (cpu & 7));
    }
  }
  return { info, cpumaps };
}
