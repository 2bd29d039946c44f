// RFC 4511 §4.6.
import { mayWrite } from './access.ts';
import { AttributesDraft } from './attributes-draft.ts';
import { Condition, condition } from './condition.ts';
import { checkContent } from './content-rules.ts';
import { type DirectoryState, findEntry, refusal, stamp, updatable } from './directory-state.ts';
import type { Identity } from './identity.ts';
import { type Change, checkChanges } from './modification.ts';
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
  const draft = new AttributesDraft(entry.attributes, schema);
  for (const change of checked) {
    const wrong = draft.apply(change);
    if (wrong !== undefined) return wrong;
  }
  const attributes = draft.finish();
  const wrong = checkContent(attributes, entry.rdn, schema);
  if (wrong !== undefined) return wrong;
  store.set(entry.key, { ...entry, attributes: modified(attributes, stamp(state, identity), schema) });
  return undefined;
}
