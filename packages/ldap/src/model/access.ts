// Who may do what: the rules that Debian's slapd starts with.
//   access to attrs=userPassword by self write by anonymous auth by * none
//   access to * by * read
import type { Identity } from './identity.ts';
import type { AttributeType } from './schema/attribute-type.ts';

const SECRETS: ReadonlySet<string> = new Set(['userPassword']);

function isOwner(identity: Identity, entryKey: string): boolean {
  return identity.is === 'administrator' || (identity.is === 'entry' && identity.key === entryKey);
}

/** Whether the entry makes no difference. */
export function mayReadAnywhere(identity: Identity, type: AttributeType): boolean {
  return identity.is === 'administrator' || !SECRETS.has(type.name);
}

/** Reading, searching and comparing. */
export function mayRead(identity: Identity, entryKey: string, type: AttributeType): boolean {
  return !SECRETS.has(type.name) || isOwner(identity, entryKey);
}

export function mayWrite(identity: Identity, entryKey: string, type: AttributeType): boolean {
  return identity.is === 'administrator' || (SECRETS.has(type.name) && isOwner(identity, entryKey));
}

/** Adding, deleting and renaming entries. */
export function mayChangeTree(identity: Identity): boolean {
  return identity.is === 'administrator';
}
