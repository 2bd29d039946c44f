// virConnectGetAllDomainStats (libvirt-domain.c names the parameters): groups of statistics as typed parameters.

import { sourceOf } from '../model/disks.ts';
import { attribute, currentDefinition, type Domain, elements, find, type Hypervisor } from '../model/index.ts';
import type { TypedParameter } from '../wire/typed-parameter.ts';
import { reasons, states } from './constants.ts';

type Group = (model: Hypervisor, domain: Domain) => readonly TypedParameter[];

const int = (field: string, value: number): TypedParameter => ({ field, type: 'int', value });
const uint = (field: string, value: number): TypedParameter => ({ field, type: 'uint', value });
const ullong = (field: string, value: number): TypedParameter => ({ field, type: 'ullong', value: BigInt(Math.floor(value)) });
const text = (field: string, value: string): TypedParameter => ({ field, type: 'string', value });

/** By the bits of virDomainStatsTypes. */
const groups: readonly (readonly [number, Group])[] = [
  [1, (_model, domain) => [int('state.state', states[domain.state]), int('state.reason', reasons[domain.state][domain.reason] ?? 0)]],
  [2, cpu],
  [4, balloon],
  [8, vcpu],
  [16, net],
  [32, block],
];

/** `wanted` 0 means everything. */
export function domainStats(model: Hypervisor, domain: Domain, wanted: number): readonly TypedParameter[] {
  return groups.flatMap(([bit, group]) => (wanted === 0 || (wanted & bit) !== 0 ? group(model, domain) : []));
}

function cpu(model: Hypervisor, domain: Domain): readonly TypedParameter[] {
  if (domain.life === undefined) return [];
  const time = model.cpuTime(domain);
  return [ullong('cpu.time', time), ullong('cpu.user', time * 0.55), ullong('cpu.system', time * 0.45), uint('cpu.cache.monitor.count', 0)];
}

function balloon(_model: Hypervisor, domain: Domain): readonly TypedParameter[] {
  const { current_memory_kib, memory_kib } = currentDefinition(domain);
  if (domain.life === undefined) return [ullong('balloon.maximum', memory_kib)];
  return [ullong('balloon.current', current_memory_kib), ullong('balloon.maximum', memory_kib)];
}

function vcpu(model: Hypervisor, domain: Domain): readonly TypedParameter[] {
  const { vcpus, vcpus_max } = currentDefinition(domain);
  const counted = [uint('vcpu.current', vcpus), uint('vcpu.maximum', vcpus_max)];
  if (domain.life === undefined) return counted;
  const time = model.cpuTime(domain) / vcpus;
  return [
    ...counted,
    ...Array.from({ length: vcpus }, (_, index) => [int(`vcpu.${index}.state`, 1), ullong(`vcpu.${index}.time`, time)]).flat(),
  ];
}

function net(_model: Hypervisor, domain: Domain): readonly TypedParameter[] {
  if (domain.life === undefined) return [];
  const count = elements(find(currentDefinition(domain).xml, 'devices') ?? currentDefinition(domain).xml, 'interface').length;
  return [uint('net.count', count)];
}

function block(_model: Hypervisor, domain: Domain): readonly TypedParameter[] {
  if (domain.life === undefined) return [];
  const disks = elements(find(currentDefinition(domain).xml, 'devices') ?? currentDefinition(domain).xml, 'disk');
  const named = disks.flatMap((disk, index) => {
    const name = text(`block.${index}.name`, attribute(find(disk, 'target'), 'dev') ?? '');
    return find(disk, 'source') === undefined ? [name] : [name, text(`block.${index}.path`, sourceOf(disk))];
  });
  return [uint('block.count', disks.length), ...named];
}
