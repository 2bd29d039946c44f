// libvirt-host.c: calls on the host.
import { capabilities } from '../model/capabilities.ts';
import { cpuModels } from '../model/cpu-models.ts';
import { domainCapabilities } from '../model/domain-capabilities.ts';
import type { Handlers } from './caller.ts';
import { CallError, failures } from './errors.ts';

const BYTES_PER_KIB = 1_024n;

export const hostHandlers: Handlers = {
  CONNECT_GET_CAPABILITIES: ({ model }) => ({ capabilities: capabilities(model.host) }),

  CONNECT_GET_DOMAIN_CAPABILITIES({ model }, { emulatorbin, arch, machine, virttype }) {
    return { capabilities: domainCapabilities(model.host, { emulator: emulatorbin, arch, machine, type: virttype }) };
  },

  // A host without SMBIOS, as containers are.
  CONNECT_GET_SYSINFO() {
    throw new CallError(failures.noSysinfo());
  },

  CONNECT_GET_MAX_VCPUS(_caller, { type }) {
    const kind = type ?? 'qemu';
    // qemuConnectGetMaxVcpus: KVM's own limit, and a fixed one without it.
    if (kind.toLowerCase() === 'qemu') return { max_vcpus: 16 };
    if (kind.toLowerCase() === 'kvm') return { max_vcpus: 1_024 };
    throw new CallError(failures.invalidArgument(`unknown type '${kind}'`));
  },

  CONNECT_GET_CPU_MODEL_NAMES(_caller, { arch, need_results }) {
    const models = cpuModels[arch];
    if (models === undefined) throw new CallError(failures.invalidArgument(`cannot find architecture ${arch}`));
    const names = models.map(({ name }) => name);
    return { models: need_results === 0 ? [] : names, ret: names.length };
  },

  NODE_GET_INFO({ model: { host } }) {
    return {
      model: host.arch,
      memory: BigInt(host.memory_kib),
      cpus: host.cpus,
      mhz: host.mhz,
      nodes: 1,
      sockets: 1,
      cores: host.cpus,
      threads: 1,
    };
  },

  NODE_GET_FREE_MEMORY: ({ model }) => ({ freeMem: BigInt(model.free_memory_kib) * BYTES_PER_KIB }),

  NODE_GET_CELLS_FREE_MEMORY({ model }, { startCell, maxcells }) {
    if (maxcells <= 0) throw new CallError(failures.invalidArgument(`maxcells in virNodeGetCellsFreeMemory must be greater than zero`));
    if (startCell > 0) throw new CallError(failures.internal(`start cell ${startCell} out of range (0-0)`));
    return { cells: [BigInt(model.free_memory_kib) * BYTES_PER_KIB] };
  },

  NODE_GET_CPU_MAP({ model: { host } }, { need_map, need_online }) {
    const map = new Uint8Array(Math.ceil(host.cpus / 8));
    for (let cpu = 0; cpu < host.cpus; cpu++) map[cpu >> 3] = (map[cpu >> 3] ?? 0) | (1 << (cpu & 7));
    return { cpumap: need_map === 0 ? new Uint8Array() : map, online: need_online === 0 ? 0 : host.cpus, ret: host.cpus };
  },

  NODE_GET_SECURITY_MODEL: () => ({ model: 'none', doi: '0' }),
};
