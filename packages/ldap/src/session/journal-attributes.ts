import type { Attributes } from '@wirelike/kernel';
import { formatFilter } from '../model/filter-string.ts';
import type { Message, Request } from '../wire/request.ts';

const SCOPES = ['base', 'one', 'sub', 'children'];

/** The operation's name for the journal and for fault rules. */
export function operationOf(request: Request): string {
  if (request.is !== 'extended') return request.is;
  return request.oid === WHOAMI ? 'extended.whoami' : 'extended.unknown';
}

/** RFC 4532. */
export const WHOAMI = '1.3.6.1.4.1.4203.1.11.3';

/** What an operation is about, as the journal shows it and fault rules match it. Never a password. */
export function journalAttributes({ id, request }: Message): Attributes {
  switch (request.is) {
    case 'bind':
      return { message_id: id, dn: request.name, authentication: request.authentication.is };
    case 'search':
      return {
        message_id: id,
        dn: request.base,
        scope: SCOPES[request.scope] ?? request.scope,
        filter: formatFilter(request.filter),
        attributes: request.attributes.join(' '),
      };
    case 'modify':
      return { message_id: id, dn: request.name, changes: request.changes.map(({ kind, attribute }) => `${kind} ${attribute}`).join(', ') };
    case 'add':
      return { message_id: id, dn: request.name, attributes: request.attributes.map(({ name }) => name).join(' ') };
    case 'delete':
      return { message_id: id, dn: request.name };
    case 'modifyDN':
      return { message_id: id, dn: request.name, new_rdn: request.newRdn, new_superior: request.newSuperior };
    case 'compare':
      return { message_id: id, dn: request.name, attribute: request.attribute };
    case 'abandon':
      return { message_id: id, abandoned_id: request.messageId };
    case 'extended':
      return { message_id: id, oid: request.oid };
    case 'unbind':
      return { message_id: id };
  }
}
