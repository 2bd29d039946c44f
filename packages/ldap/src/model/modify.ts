// RFC 4511 §4.6.
import { mayWrite } from './access.ts';
import { Condition, condition } from './condition.ts';
import { checkContent } from './content-rules.ts';
import { type DirectoryState, findEntry, refusal, stamp, updatable } from './directory-state.ts';
import type { Attribute } from './entry.ts';
import type { Identity } from './identity.ts';
import { applyChange, type Change, checkChanges } from './modification.ts';
import { modified } from './operational-attributes.ts';

export function modifyEntry(state: DirectoryState, identity: Identity, name: string, changes: readonly Change[]): Condition | undefined {
  const { schema, store } = state;
  const dn = updatable(state, name, 'modify');
  if (dn instanceof Condition) return dn;
  const checked = checkChanges(changes, schema);
  if (checked instanceof Condition) return checked;
  const refused = refusal(state, identity, dn);
  if (refused !== undefined) return refused;
  const entry = findEntry(state, dn.key);
  if (entry instanceof Condition) return entry;
  if (!checked.every(({ description }) => mayWrite(identity, entry.key, description.type)))
    return condition('accessDenied', { to: 'entry' });
  let attributes: readonly Attribute[] = entry.attributes;
  for (const change of checked) {
    const changed = applyChange(attributes, change, schema);
    if (changed instanceof Condition) return changed;
    attributes = changed;
  }
  const wrong = checkContent(attributes, entry.rdn, schema);
  if (wrong !== undefined) return wrong;
  store.set(entry.key, { ...entry, attributes: modified(attributes, stamp(state, identity), schema) });
  return undefined;
}
