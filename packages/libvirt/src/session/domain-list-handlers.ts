// libvirt-domain.c: finding domains.
import { counts, message_max_bytes } from '../limits.ts';
import { type Domain, type DomainReference, type Hypervisor, referenceTo } from '../model/index.ts';
import type { TypedParameter } from '../wire/typed-parameter.ts';
import { checkFlags, type Handlers } from './caller.ts';
import { domainStats } from './domain-stats.ts';
import { CallError, failures } from './errors.ts';

export const domainListHandlers: Handlers = {
  CONNECT_NUM_OF_DOMAINS: ({ model }) => ({ num: [...model.domains()].filter((domain) => domain.life !== undefined).length }),

  CONNECT_LIST_DOMAINS({ model }, { maxids }) {
    checkCount(maxids, 'maxids');
    const ids = [...model.domains()].flatMap((domain) => (domain.life === undefined ? [] : [domain.life.id]));
    return { ids: ids.slice(0, maxids) };
  },

  CONNECT_NUM_OF_DEFINED_DOMAINS: ({ model }) => ({ num: [...model.domains()].filter((domain) => domain.life === undefined).length }),

  CONNECT_LIST_DEFINED_DOMAINS({ model }, { maxnames }) {
    checkCount(maxnames, 'maxnames');
    const names = [...model.domains()].flatMap((domain) => (domain.life === undefined ? [domain.name] : []));
    return { names: names.slice(0, maxnames) };
  },

  CONNECT_LIST_ALL_DOMAINS({ model }, { need_results, flags }) {
    checkFlags(flags, LIST_ALL_FLAGS, 'qemuConnectListAllDomains');
    const domains = [...model.domains()].filter((domain) => selected(domain, flags));
    if (domains.length > DOMAIN_LIST_MAX) {
      throw new CallError(failures.rpc(`Too many domains '${domains.length}' for limit '${DOMAIN_LIST_MAX}'`));
    }
    return { domains: need_results === 0 ? [] : domains.map(referenceTo), ret: domains.length };
  },

  CONNECT_GET_ALL_DOMAIN_STATS({ model }, { doms, stats, flags }) {
    checkFlags(flags, LIST_ALL_FLAGS | STATS_FLAGS, 'qemuConnectGetAllDomainStats');
    const domains =
      doms.length > 0
        ? doms.flatMap(({ uuid }) => model.find(uuid) ?? [])
        : [...model.domains()].filter((domain) => selected(domain, flags));
    return { retStats: statsOf(model, domains, stats) };
  },

  DOMAIN_LOOKUP_BY_ID({ model }, { id }) {
    const domain = model.byId(id);
    if (domain === undefined) throw new CallError(failures.domainNotFound(`no domain with matching id ${id}`));
    return { dom: referenceTo(domain) };
  },

  DOMAIN_LOOKUP_BY_UUID: ({ model }, { uuid }) => ({ dom: referenceTo(model.domain({ uuid })) }),

  DOMAIN_LOOKUP_BY_NAME({ model }, { name }) {
    const domain = model.byName(name);
    if (domain === undefined) throw new CallError(failures.domainNotFound(`no domain with matching name '${name}'`));
    return { dom: referenceTo(domain) };
  },
};

const { DOMAIN_LIST_MAX } = counts;

interface DomainStats {
  readonly dom: DomainReference;
  readonly params: readonly TypedParameter[];
}

/** A caller may name one domain 16,384 times: its statistics are made once, and end where the reply would. */
function statsOf(model: Hypervisor, domains: readonly Domain[], wanted: number): readonly DomainStats[] {
  const known = new Map<Domain, DomainStats>();
  let bytes = 0;
  return domains.map((domain) => {
    const made = known.get(domain) ?? { dom: referenceTo(domain), params: domainStats(model, domain, wanted) };
    known.set(domain, made);
    for (const { field } of made.params) bytes += field.length + PARAMETER_LEAST_BYTES;
    if (bytes > message_max_bytes) throw new CallError(failures.tooLong());
    return made;
  });
}

/** A length, a type and a word. */
const PARAMETER_LEAST_BYTES = 12;

/** virConnectListAllDomainsFlags, all of them. */
const LIST_ALL_FLAGS = 0xffff;
/** VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT, _BACKING and _ENFORCE_STATS. */
const STATS_FLAGS = 0xe000_0000;

type Filter = readonly [number, (domain: Domain) => boolean];

/** Flags come in groups: within one, any that is set may hold; of every group with one set, one must. */
const groups: readonly (readonly Filter[])[] = [
  [
    [1 << 0, (domain) => domain.life !== undefined],
    [1 << 1, (domain) => domain.life === undefined],
  ],
  [
    [1 << 2, (domain) => domain.persistent !== undefined],
    [1 << 3, (domain) => domain.persistent === undefined],
  ],
  [
    [1 << 4, (domain) => domain.state === 'running'],
    [1 << 5, (domain) => domain.state === 'paused'],
    [1 << 6, (domain) => domain.state === 'shutoff'],
    [1 << 7, (domain) => domain.state === 'crashed'],
  ],
  [
    [1 << 8, () => false],
    [1 << 9, () => true],
  ],
  [
    [1 << 10, (domain) => domain.autostart],
    [1 << 11, (domain) => !domain.autostart],
  ],
  [
    [1 << 12, () => false],
    [1 << 13, () => true],
  ],
  [
    [1 << 14, () => false],
    [1 << 15, () => true],
  ],
];

function selected(domain: Domain, flags: number): boolean {
  return groups.every((group) => {
    const asked = group.filter(([flag]) => (flags & flag) !== 0);
    return asked.length === 0 || asked.some(([, holds]) => holds(domain));
  });
}

/** gendispatch.pl's checks of a caller's limit. */
function checkCount(count: number, name: string): void {
  if (count > DOMAIN_LIST_MAX) throw new CallError(failures.rpc(`${name} > REMOTE_DOMAIN_LIST_MAX`));
  if (count < 0) throw new CallError(failures.rpc(`${name} must be non-negative`));
}
