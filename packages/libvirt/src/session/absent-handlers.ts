// What a host has besides domains. This one has none of it yet, and says so when asked for lists; clients ask when they start.
import type { Handlers } from './caller.ts';

const none = (): { readonly num: number } => ({ num: 0 });
const noNames = (): { readonly names: readonly string[] } => ({ names: [] });

export const absentHandlers: Handlers = {
  CONNECT_NUM_OF_NETWORKS: none,
  CONNECT_NUM_OF_DEFINED_NETWORKS: none,
  CONNECT_LIST_NETWORKS: noNames,
  CONNECT_LIST_DEFINED_NETWORKS: noNames,
  CONNECT_LIST_ALL_NETWORKS: () => ({ nets: [], ret: 0 }),
  CONNECT_NUM_OF_STORAGE_POOLS: none,
  CONNECT_NUM_OF_DEFINED_STORAGE_POOLS: none,
  CONNECT_LIST_STORAGE_POOLS: noNames,
  CONNECT_LIST_DEFINED_STORAGE_POOLS: noNames,
  CONNECT_LIST_ALL_STORAGE_POOLS: () => ({ pools: [], ret: 0 }),
  CONNECT_NUM_OF_INTERFACES: none,
  CONNECT_NUM_OF_DEFINED_INTERFACES: none,
  CONNECT_LIST_INTERFACES: noNames,
  CONNECT_LIST_DEFINED_INTERFACES: noNames,
  CONNECT_LIST_ALL_INTERFACES: () => ({ ifaces: [], ret: 0 }),
};
