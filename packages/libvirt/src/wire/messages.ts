// remote_protocol.x: messages that the server sends on its own.

export const messages = {
  DOMAIN_EVENT_LIFECYCLE: { dom: 'domain', event: 'int', detail: 'int' },
  DOMAIN_EVENT_REBOOT: { dom: 'domain' },
  DOMAIN_EVENT_CALLBACK_LIFECYCLE: { callbackID: 'int', msg: 'lifecycle' },
  DOMAIN_EVENT_CALLBACK_REBOOT: { callbackID: 'int', msg: 'reboot' },
  DOMAIN_EVENT_CALLBACK_METADATA_CHANGE: { callbackID: 'int', dom: 'domain', type: 'int', nsuri: 'string?' },
  CONNECT_EVENT_CONNECTION_CLOSED: { reason: 'int' },
} as const;
