// RFC 4511 §4.9: Modify DN, whole subtrees included.
import { mayChangeTree } from './access.ts';
import { Condition, condition } from './condition.ts';
import { checkContent } from './content-rules.ts';
import { contains, type DirectoryState, findEntry, missing, refusal, stamp, updatable } from './directory-state.ts';
import { type Dn, dnOf, isBelow, parseDn, type Rdn } from './dn.ts';
import { type Attribute, type Entry, findAttribute, withAttribute } from './entry.ts';
import type { Identity } from './identity.ts';
import { modified } from './operational-attributes.ts';
import type { Schema } from './schema/schema.ts';

export interface Renaming {
  readonly newRdn: string;
  readonly deleteOldRdn: boolean;
  readonly newSuperior?: string | undefined;
}

export function renameEntry(state: DirectoryState, identity: Identity, name: string, renaming: Renaming): Condition | undefined {
  const { schema, store } = state;
  const dn = updatable(state, name, 'rename');
  if (dn instanceof Condition) return dn;
  const target = targetOf(dn, renaming, schema);
  if (target instanceof Condition) return target;
  const { rdn, superior } = target;
  const refused = refusal(state, identity, dn);
  if (refused !== undefined) return refused;
  const newDn = dnOf([rdn, ...superior.rdns]);
  if (!contains(state, superior.key)) return condition('outOfDirectory', {});
  const entry = findEntry(state, dn.key);
  if (entry instanceof Condition) return entry;
  if (!mayChangeTree(identity)) return condition('accessDenied', { to: 'children' });
  if (superior.key === dn.key || isBelow(superior.key, dn.key)) return condition('belowItself', {});
  const above = store.get(superior.key);
  if (above === undefined) return renaming.newSuperior === undefined ? missing(state, dn.key) : condition('newSuperiorMissing', {});
  if (newDn.key !== dn.key && store.get(newDn.key) !== undefined) return condition('entryExists', {});
  const attributes = renamedAttributes(entry, rdn, renaming.deleteOldRdn, schema);
  const wrong = checkContent(attributes, rdn, schema);
  if (wrong !== undefined) return wrong;
  move(state, entry, {
    ...entry,
    id: above.id < entry.id ? entry.id : state.nextId(),
    dn: `${rdn.text},${above.dn}`,
    key: newDn.key,
    rdn,
    attributes: modified(attributes, stamp(state, identity), schema),
  });
  return undefined;
}

function targetOf(dn: Dn, renaming: Renaming, schema: Schema): { rdn: Rdn; superior: Dn } | Condition {
  const newRdn = parseDn(renaming.newRdn, schema);
  const rdn = newRdn?.rdns[0];
  if (rdn === undefined || newRdn?.rdns.length !== 1) return condition('invalidName', { what: 'new RDN' });
  if (renaming.newSuperior === undefined) return { rdn, superior: dnOf(dn.rdns.slice(1)) };
  const superior = parseDn(renaming.newSuperior, schema);
  return superior === undefined ? condition('invalidName', { what: 'newSuperior' }) : { rdn, superior };
}

function renamedAttributes(entry: Entry, rdn: Rdn, deleteOldRdn: boolean, schema: Schema): readonly Attribute[] {
  let { attributes } = entry;
  const stays = (key: string, name: string): boolean => rdn.avas.some((ava) => ava.type.name === name && ava.key === key);
  for (const ava of deleteOldRdn ? entry.rdn.avas : []) {
    const existing = findAttribute({ attributes }, ava.type.name.toLowerCase());
    if (existing === undefined || stays(ava.key, ava.type.name)) continue;
    const left = existing.values.filter((_, index) => existing.keys[index] !== ava.key);
    attributes = withAttribute(attributes, existing.description, left, schema);
  }
  for (const ava of rdn.avas) {
    const description = schema.find(ava.type.name);
    if (description === undefined) continue;
    const existing = findAttribute({ attributes }, description.key);
    const others = existing?.values.filter((_, index) => existing.keys[index] !== ava.key) ?? [];
    // The spelling of the new RDN wins, as in slapd.
    attributes = withAttribute(attributes, description, [...others, ava.value], schema);
  }
  return attributes;
}

function move(state: DirectoryState, from: Entry, to: Entry): void {
  const { store } = state;
  const below = store.within(from, 'children');
  if (from.key !== to.key) store.set(from.key, undefined);
  store.set(to.key, to);
  if (from.dn === to.dn) return;
  for (const entry of below) {
    const dn = entry.dn.slice(0, entry.dn.length - from.dn.length) + to.dn;
    const key = entry.key.slice(0, entry.key.length - from.key.length) + to.key;
    // Parents are older than their children, so that whoever reads in the order of ids can add as he reads.
    const id = to.id === from.id ? entry.id : state.nextId();
    if (key !== entry.key) store.set(entry.key, undefined);
    store.set(key, { ...entry, id, dn, key });
  }
}
