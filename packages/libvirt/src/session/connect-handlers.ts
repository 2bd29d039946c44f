// libvirt-host.c, remote_daemon_dispatch.c: calls on the connection itself.

import type { Handlers } from './caller.ts';
import { CONNECT_RO } from './constants.ts';
import { CallError, failures } from './errors.ts';

/** remote_auth_type. */
const AUTH_NONE = 0;

/** virDrvFeature. Those that the daemon answers before the connection is open, and those of the QEMU driver. */
const daemonFeatures: ReadonlySet<number> = new Set([10]);
const features: ReadonlySet<number> = new Set([3, 4, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16]);

export const connectHandlers: Handlers = {
  AUTH_LIST: () => ({ types: [AUTH_NONE] }),

  CONNECT_OPEN(caller, { name, flags }) {
    if (caller.uri !== undefined) throw new CallError(failures.alreadyOpen());
    caller.uri = openUri(name ?? '');
    caller.readOnly ||= (flags & CONNECT_RO) !== 0;
  },

  CONNECT_CLOSE(caller) {
    caller.leaving = true;
  },

  CONNECT_SUPPORTS_FEATURE(caller, { feature }) {
    if (daemonFeatures.has(feature)) return { supported: 1 };
    if (caller.uri === undefined) throw new CallError(failures.notOpen());
    // Feature 8, passing file descriptors, is the one that libvirtd has and we do not.
    return { supported: features.has(feature) ? 1 : 0 };
  },

  // The driver below never goes away, so the callback never fires; being asked is all there is to it.
  CONNECT_REGISTER_CLOSE_CALLBACK() {},
  CONNECT_UNREGISTER_CLOSE_CALLBACK() {},

  CONNECT_GET_TYPE: () => ({ type: 'QEMU' }),
  CONNECT_GET_VERSION: ({ model }) => ({ hv_ver: BigInt(model.host.hypervisor_version) }),
  CONNECT_GET_LIB_VERSION: ({ model }) => ({ lib_ver: BigInt(model.host.library_version) }),
  CONNECT_GET_HOSTNAME: ({ model }) => ({ hostname: model.host.hostname }),
  CONNECT_GET_URI: ({ uri }) => ({ uri: uri ?? '' }),
  // Whether the way from the driver to the hypervisor is: it is the same process.
  CONNECT_IS_SECURE: () => ({ secure: 1 }),
};

/** qemuConnectURIProbe and virConnectValidateURIPath: the driver's name and the path decide. */
function openUri(name: string): string {
  if (name === '') return 'qemu:///system';
  if (/^:|[\s<>"{}|\\^`]/.test(name)) throw new CallError(failures.uriMalformed(name));
  const parts = /^([^:/?#]+):(?:\/\/([^/?#]*))?([^?#]*)(.*)$/.exec(name);
  if (parts === null) throw new CallError(failures.noDriver(`URI '${name}' does not include a driver name`));
  const [, scheme, authority = '', path = '', rest = ''] = parts;
  if (scheme !== 'qemu') throw new CallError(failures.noDriver(name));
  if (path !== '/system' && path !== '/session') throw new CallError(failures.wrongPath(path));
  return `qemu://${authority}${path}${rest}`;
}
