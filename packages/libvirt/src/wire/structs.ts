// remote_protocol.x and virnetprotocol.x: the structs that calls share. Names are libvirt's without `remote_` and `nonnull_`.

export const structs = {
  domain: { name: 'string', uuid: 'uuid', id: 'int' },
  network: { name: 'string', uuid: 'uuid' },
  interface: { name: 'string', mac: 'string' },
  storagePool: { name: 'string', uuid: 'uuid' },
  domainSnapshot: { name: 'string', dom: 'domain' },
  domainCheckpoint: { name: 'string', dom: 'domain' },
  vcpuInfo: { number: 'uint', state: 'int', cpu_time: 'uhyper', cpu: 'int' },
  securityLabel: { label: 'char<SECURITY_LABEL_MAX>', enforcing: 'int' },
  domainStatsRecord: { dom: 'domain', params: 'parameter<CONNECT_GET_ALL_DOMAIN_STATS_MAX>' },
  /** virNetMessageError. */
  error: {
    code: 'int',
    domain: 'int',
    message: 'string?',
    level: 'int',
    dom: 'domain?',
    str1: 'string?',
    str2: 'string?',
    str3: 'string?',
    int1: 'int',
    int2: 'int',
    net: 'network?',
  },
  lifecycle: { dom: 'domain', event: 'int', detail: 'int' },
  reboot: { dom: 'domain' },
} as const;
