// libvirt-domain.h: enums and flags by number.
import type { DomainState, Lifecycle, StateReason } from '../model/index.ts';

/** virDomainState. */
export const states: Readonly<Record<DomainState, number>> = { running: 1, paused: 3, shutoff: 5, crashed: 6 };

/** virDomainRunningReason, virDomainPausedReason, virDomainShutoffReason, virDomainCrashedReason. */
export const reasons: Readonly<Record<DomainState, Partial<Readonly<Record<StateReason, number>>>>> = {
  running: { booted: 1, 'from-snapshot': 4, unpaused: 5 },
  paused: { user: 1, 'from-snapshot': 7, crashed: 10, 'starting-up': 11 },
  shutoff: { shutdown: 1, destroyed: 2, crashed: 3, 'from-snapshot': 7 },
  crashed: { panicked: 1 },
};

/** virDomainEventType, and the detail enum of each. */
export const lifecycleEvents: { readonly [E in Lifecycle['event']]: readonly [number, Readonly<Record<string, number>>] } = {
  defined: [0, { added: 0, updated: 1, renamed: 2, 'from-snapshot': 3 }],
  undefined: [1, { removed: 0, renamed: 1 }],
  started: [2, { booted: 0, 'from-snapshot': 3 }],
  suspended: [3, { paused: 0, 'from-snapshot': 5 }],
  resumed: [4, { unpaused: 0, 'from-snapshot': 2 }],
  stopped: [5, { shutdown: 0, destroyed: 1, crashed: 2, 'from-snapshot': 6 }],
  shutdown: [6, { finished: 0, guest: 1, host: 2 }],
  crashed: [8, { panicked: 0 }],
};

/** virDomainEventID. */
export const EVENT_LIFECYCLE = 0;
export const EVENT_REBOOT = 1;
export const EVENT_DEVICE_REMOVED = 15;
export const EVENT_METADATA_CHANGE = 23;
export const EVENT_LAST = 27;

/** virConnectFlags. */
export const CONNECT_RO = 1;

/** virDomainModificationImpact. */
export const AFFECT_LIVE = 1;
export const AFFECT_CONFIG = 2;

/** virDomainVcpuFlags. */
export const VCPU_MAXIMUM = 4;
export const VCPU_GUEST = 8;
export const VCPU_HOTPLUGGABLE = 16;

/** virDomainCreateFlags. */
export const START_PAUSED = 1;
export const START_AUTODESTROY = 2;

/** virDomainXMLFlags. */
export const XML_SECURE = 1;
export const XML_INACTIVE = 2;
export const XML_MIGRATABLE = 8;

/** virDomainMetadataType. */
export const METADATA_DESCRIPTION = 0;
export const METADATA_TITLE = 1;
export const METADATA_ELEMENT = 2;
