// remote_protocol.x: lists of what a host has besides domains.

export const objectProcedures = {
  CONNECT_NUM_OF_NETWORKS: { args: {}, ret: { num: 'int' } },
  CONNECT_NUM_OF_DEFINED_NETWORKS: { args: {}, ret: { num: 'int' } },
  CONNECT_LIST_NETWORKS: { args: { maxnames: 'int' }, ret: { names: 'string<NETWORK_LIST_MAX>' } },
  CONNECT_LIST_DEFINED_NETWORKS: { args: { maxnames: 'int' }, ret: { names: 'string<NETWORK_LIST_MAX>' } },
  CONNECT_LIST_ALL_NETWORKS: { args: { need_results: 'int', flags: 'uint' }, ret: { nets: 'network<NETWORK_LIST_MAX>', ret: 'uint' } },
  CONNECT_NUM_OF_STORAGE_POOLS: { args: {}, ret: { num: 'int' } },
  CONNECT_NUM_OF_DEFINED_STORAGE_POOLS: { args: {}, ret: { num: 'int' } },
  CONNECT_LIST_STORAGE_POOLS: { args: { maxnames: 'int' }, ret: { names: 'string<STORAGE_POOL_LIST_MAX>' } },
  CONNECT_LIST_DEFINED_STORAGE_POOLS: { args: { maxnames: 'int' }, ret: { names: 'string<STORAGE_POOL_LIST_MAX>' } },
  CONNECT_LIST_ALL_STORAGE_POOLS: {
    args: { need_results: 'int', flags: 'uint' },
    ret: { pools: 'storagePool<STORAGE_POOL_LIST_MAX>', ret: 'uint' },
  },
  CONNECT_NUM_OF_INTERFACES: { args: {}, ret: { num: 'int' } },
  CONNECT_NUM_OF_DEFINED_INTERFACES: { args: {}, ret: { num: 'int' } },
  CONNECT_LIST_INTERFACES: { args: { maxnames: 'int' }, ret: { names: 'string<INTERFACE_LIST_MAX>' } },
  CONNECT_LIST_DEFINED_INTERFACES: { args: { maxnames: 'int' }, ret: { names: 'string<INTERFACE_LIST_MAX>' } },
  CONNECT_LIST_ALL_INTERFACES: {
    args: { need_results: 'int', flags: 'uint' },
    ret: { ifaces: 'interface<INTERFACE_LIST_MAX>', ret: 'uint' },
  },
} as const;
