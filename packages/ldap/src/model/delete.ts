// RFC 4511 §4.8.
import { mayChangeTree } from './access.ts';
import { Condition, condition } from './condition.ts';
import { type DirectoryState, findEntry, refusal, updatable } from './directory-state.ts';
import type { Identity } from './identity.ts';

export function deleteEntry(state: DirectoryState, identity: Identity, name: string): Condition | undefined {
  const dn = updatable(state, name, 'delete');
  if (dn instanceof Condition) return dn;
  const refused = refusal(state, identity, dn);
  if (refused !== undefined) return refused;
  const entry = findEntry(state, dn.key);
  if (entry instanceof Condition) return entry;
  if (!mayChangeTree(identity)) return condition('accessDenied', { to: 'parent' });
  if (state.store.hasChildren(entry.key)) return condition('hasSubordinates', {});
  state.store.set(entry.key, undefined);
  return undefined;
}
