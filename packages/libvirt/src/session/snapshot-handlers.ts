// libvirt-domain-snapshot.c, libvirt-domain-checkpoint.c, managed save: these hosts hold none yet, and clients like to ask.
import type { Caller, Handlers } from './caller.ts';

function none(caller: Caller, dom: { readonly name: string; readonly uuid: string }): void {
  caller.model.domain(dom);
}

export const snapshotHandlers: Handlers = {
  DOMAIN_HAS_MANAGED_SAVE_IMAGE(caller, { dom }) {
    none(caller, dom);
    return { result: 0 };
  },
  DOMAIN_HAS_CURRENT_SNAPSHOT(caller, { dom }) {
    none(caller, dom);
    return { result: 0 };
  },
  DOMAIN_SNAPSHOT_NUM(caller, { dom }) {
    none(caller, dom);
    return { num: 0 };
  },
  DOMAIN_SNAPSHOT_LIST_NAMES(caller, { dom }) {
    none(caller, dom);
    return { names: [] };
  },
  DOMAIN_LIST_ALL_SNAPSHOTS(caller, { dom }) {
    none(caller, dom);
    return { snapshots: [], ret: 0 };
  },
  DOMAIN_LIST_ALL_CHECKPOINTS(caller, { dom }) {
    none(caller, dom);
    return { checkpoints: [], ret: 0 };
  },
};
