// libvirt-domain.c: virConnectDomainEventRegister and its successors.
import type { Handlers } from './caller.ts';
import { EVENT_LIFECYCLE } from './constants.ts';

export const eventHandlers: Handlers = {
  CONNECT_DOMAIN_EVENT_REGISTER({ events }) {
    events.registerLegacy(EVENT_LIFECYCLE);
    // libvirtd never filled this in.
    return { cb_registered: 0 };
  },
  CONNECT_DOMAIN_EVENT_DEREGISTER({ events }) {
    events.deregisterLegacy(EVENT_LIFECYCLE);
    return { cb_registered: 0 };
  },
  CONNECT_DOMAIN_EVENT_REGISTER_ANY: ({ events }, { eventID }) => events.registerLegacy(eventID),
  CONNECT_DOMAIN_EVENT_DEREGISTER_ANY: ({ events }, { eventID }) => events.deregisterLegacy(eventID),
  CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY({ model, events }, { eventID, dom }) {
    const uuid = dom === undefined ? undefined : model.domain(dom).uuid;
    return { callbackID: events.register(eventID, uuid) };
  },
  CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY: ({ events }, { callbackID }) => events.deregister(callbackID),
};
