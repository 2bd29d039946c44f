// RFC 4512 §5.1 (root DSE) and §4.2 (subschema subentry): entries that no directory stores.
import type { DirectoryState } from './directory-state.ts';
import { parseDn, type Rdn } from './dn.ts';
import { type Attribute, attributeOf, type Entry } from './entry.ts';
import type { GivenAttribute } from './modification.ts';
import { SUBSCHEMA_DN } from './operational-attributes.ts';
import { MATCHING_RULES } from './schema/matching-rule.ts';
import { SYNTAXES } from './schema/syntax.ts';

const NO_RDN: Rdn = { avas: [], text: '', key: '' };

function attributes(state: DirectoryState, given: readonly GivenAttribute[]): readonly Attribute[] {
  return given.flatMap(({ name, values }) => {
    const description = state.schema.find(name);
    return description === undefined || values.length === 0 ? [] : [attributeOf(description, values, state.schema)];
  });
}

/** `features` is what the server in front can do: `supportedControl` and the like. */
export function rootDse(state: DirectoryState, features: readonly GivenAttribute[]): Entry {
  return {
    id: 0,
    dn: '',
    key: '',
    rdn: NO_RDN,
    attributes: attributes(state, [
      { name: 'objectClass', values: ['top', 'OpenLDAProotDSE'] },
      { name: 'structuralObjectClass', values: ['OpenLDAProotDSE'] },
      { name: 'namingContexts', values: [state.suffix.text] },
      ...features,
    ]),
  };
}

export function subschema(state: DirectoryState, created: string): Entry {
  const { schema } = state;
  const dn = parseDn(SUBSCHEMA_DN, schema);
  return {
    id: 0,
    dn: SUBSCHEMA_DN,
    key: SUBSCHEMA_DN.toLowerCase(),
    rdn: dn?.rdns[0] ?? NO_RDN,
    attributes: attributes(state, [
      { name: 'objectClass', values: ['top', 'subentry', 'subschema', 'extensibleObject'] },
      { name: 'structuralObjectClass', values: ['subentry'] },
      { name: 'cn', values: ['Subschema'] },
      { name: 'createTimestamp', values: [created] },
      { name: 'modifyTimestamp', values: [created] },
      { name: 'ldapSyntaxes', values: SYNTAXES.map(syntaxText) },
      { name: 'matchingRules', values: MATCHING_RULES.map(({ oid, name, syntax }) => `( ${oid} NAME '${name}' SYNTAX ${syntax} )`) },
      { name: 'attributeTypes', values: schema.attributeTypes.map(({ text }) => text) },
      { name: 'objectClasses', values: schema.objectClasses.map(({ text }) => text) },
    ]),
  };
}

function syntaxText({ oid, name, binaryTransfer }: (typeof SYNTAXES)[number]): string {
  return `( ${oid} DESC '${name}'${binaryTransfer ? " X-BINARY-TRANSFER-REQUIRED 'TRUE' X-NOT-HUMAN-READABLE 'TRUE'" : ''} )`;
}
