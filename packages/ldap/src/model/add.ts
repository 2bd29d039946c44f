// RFC 4511 §4.7.
import { mayChangeTree } from './access.ts';
import { Condition, condition } from './condition.ts';
import { checkContent, classNames, structuralClass } from './content-rules.ts';
import { type DirectoryState, missing, refusal, stamp, updatable } from './directory-state.ts';
import { type Dn, parentKey } from './dn.ts';
import { type Attribute, attributeOf, findAttribute, withAttribute } from './entry.ts';
import type { Identity } from './identity.ts';
import { checkValues, type GivenAttribute } from './modification.ts';
import { creationAttributes, sharedAttribute } from './operational-attributes.ts';
import type { Schema } from './schema/schema.ts';

export interface AddOptions {
  /** Operational attributes are taken as given: a seed or a restored backup has them (slapadd). */
  readonly asGiven?: boolean;
}

export function addEntry(
  state: DirectoryState,
  identity: Identity,
  name: string,
  given: readonly GivenAttribute[],
  options: AddOptions = {},
): Condition | undefined {
  const { schema, store } = state;
  const dn = updatable(state, name, 'add');
  if (dn instanceof Condition) return dn;
  const attributes = collect(given, schema, options.asGiven ?? false);
  if (attributes instanceof Condition) return attributes;
  const refused = refusal(state, identity, dn);
  if (refused !== undefined) return refused;
  const whole = complete(attributes, dn, state, identity);
  const wrong = checkContent(whole, rdnOf(dn), schema);
  if (wrong !== undefined) return wrong;
  if (store.get(dn.key) !== undefined) return condition('entryExists', {});
  const parent = parentKey(dn.key);
  if (dn.key !== state.suffix.key && store.get(parent) === undefined) return missing(state, dn.key);
  if (!mayChangeTree(identity)) return condition('accessDenied', { to: 'parent' });
  store.set(dn.key, { id: state.nextId(), dn: dn.text, key: dn.key, rdn: rdnOf(dn), attributes: whole });
  return undefined;
}

function rdnOf(dn: Dn): Dn['rdns'][number] {
  const [rdn] = dn.rdns;
  if (rdn === undefined) throw new Error('the root has no RDN');
  return rdn;
}

function collect(given: readonly GivenAttribute[], schema: Schema, asGiven: boolean): readonly Attribute[] | Condition {
  const attributes: Attribute[] = [];
  const keys = new Set<string>();
  for (const each of given) {
    const checked = checkValues(each, schema);
    if (checked instanceof Condition) return checked;
    const { description, values } = checked;
    if (keys.has(description.key)) return condition('repeatedAttribute', { attribute: description.name });
    keys.add(description.key);
    if (description.type.noUserModification && !asGiven) return condition('notForUsers', { attribute: description.name });
    attributes.push(attributeOf(description, values, schema));
  }
  return attributes;
}

/** With the structural class, the values of the RDN, and who added it when, in the order that slapd stores them. */
function complete(given: readonly Attribute[], dn: Dn, state: DirectoryState, identity: Identity): readonly Attribute[] {
  const { schema } = state;
  let attributes = given;
  const structural = structuralClass(classNames(given), schema);
  if (!(structural instanceof Condition) && findAttribute({ attributes }, 'structuralobjectclass') === undefined) {
    const declared = sharedAttribute(schema, 'structuralObjectClass', structural.name);
    if (declared !== undefined) attributes = [...attributes, declared];
  }
  for (const ava of rdnOf(dn).avas) {
    const description = schema.find(ava.type.name);
    if (description === undefined) continue;
    const existing = findAttribute({ attributes }, description.key);
    if (existing?.keys.includes(ava.key)) continue;
    attributes = withAttribute(attributes, description, [...(existing?.values ?? []), ava.value], schema);
  }
  const created = creationAttributes(stamp(state, identity), state.uuid(), schema);
  return [...attributes, ...created.filter(({ description }) => findAttribute({ attributes }, description.key) === undefined)];
}
