import { type Condition, condition } from './condition.ts';
import { type Dn, isBelow, parentKey, parseDn } from './dn.ts';
import type { Entry } from './entry.ts';
import type { EntryStore } from './entry-store.ts';
import { type Identity, nameOf } from './identity.ts';
import { type Stamp, type Stamps, SUBSCHEMA_DN } from './operational-attributes.ts';
import type { Schema } from './schema/schema.ts';

/** What the operations of a directory share. */
export interface DirectoryState {
  readonly schema: Schema;
  readonly store: EntryStore;
  /** The one naming context. */
  readonly suffix: Dn;
  readonly adminDn: Dn;
  readonly stamps: Stamps;
  now(): number;
  uuid(): string;
  nextId(): number;
}

export type TreeAction = 'add' | 'delete' | 'modify' | 'rename';

/** A name that an update is about, once it is known to be one and to belong to this directory. */
export function updatable(state: DirectoryState, text: string, action: TreeAction): Dn | Condition {
  const dn = parseDn(text, state.schema);
  if (dn === undefined) return condition('invalidName', { what: 'DN' });
  if (dn.key === '') return condition('reservedName', { name: 'rootDse', action });
  if (dn.key === SUBSCHEMA_DN.toLowerCase()) return condition('reservedName', { name: 'subschema', action });
  return dn;
}

/** Whether an update by `identity` of something at `dn` is to be looked at at all. */
export function refusal(state: DirectoryState, identity: Identity, dn: Dn): Condition | undefined {
  if (!contains(state, dn.key)) return condition('notInDirectory', {});
  return identity.is === 'anonymous' ? condition('updateNeedsBind', {}) : undefined;
}

export function contains(state: DirectoryState, key: string): boolean {
  return key === state.suffix.key || isBelow(key, state.suffix.key);
}

/** RFC 4511 §4.1.9: names the closest entry that does exist. */
export function missing(state: DirectoryState, key: string): Condition<'noSuchObject'> {
  let above = key;
  while (above !== '' && above !== state.suffix.key) {
    above = parentKey(above);
    const entry = state.store.get(above);
    if (entry !== undefined) return condition('noSuchObject', { matched: entry.dn });
  }
  return condition('noSuchObject', { matched: '' });
}

export function findEntry(state: DirectoryState, key: string): Entry | Condition<'noSuchObject'> {
  return state.store.get(key) ?? missing(state, key);
}

export function stamp(state: DirectoryState, identity: Identity): Stamp {
  return state.stamps.next(state.now(), nameOf(identity));
}
