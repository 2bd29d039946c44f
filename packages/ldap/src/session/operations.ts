import type { Operation } from '@wirelike/kernel';

const asked = (name: string, reference: string): Operation => ({ name, direction: 'in', reference });

/** Everything that a client can ask for. The journal, the faults and the coverage page use these names. */
export const OPERATIONS: readonly Operation[] = [
  asked('bind', 'RFC 4511 §4.2'),
  asked('unbind', 'RFC 4511 §4.3'),
  asked('search', 'RFC 4511 §4.5'),
  asked('modify', 'RFC 4511 §4.6, RFC 4525'),
  asked('add', 'RFC 4511 §4.7'),
  asked('delete', 'RFC 4511 §4.8'),
  asked('modifyDN', 'RFC 4511 §4.9'),
  asked('compare', 'RFC 4511 §4.10'),
  asked('abandon', 'RFC 4511 §4.11'),
  asked('extended.whoami', 'RFC 4532'),
  { ...asked('extended.unknown', 'RFC 4511 §4.12'), unsupported: true },
  { name: 'extended.noticeOfDisconnection', direction: 'out', reference: 'RFC 4511 §4.4.1' },
];
