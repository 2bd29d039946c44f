import type { Condition, ConditionName, Conditions } from '../model/condition.ts';

/** What the schema calls what is wrong with a seed, for somebody who has never seen a result code. */
type Explanations = { readonly [Name in ConditionName]?: (details: Conditions[Name]) => string };

const EXPLANATIONS: Explanations = {
  invalidName: () => 'expected a distinguished name of attributes that the schema knows',
  noSuchObject: ({ matched }) => `expected the entry above to exist${matched === '' ? '' : ` (the nearest that does is ${matched})`}`,
  notInDirectory: () => "expected a name at or below the directory's base (--set ldap.base_dn=… changes it)",
  entryExists: () => 'expected a new name: the entry exists already',
  badDescription: ({ name }) => `expected an attribute that the schema knows, found "${name}" (--set ldap.schema=lenient allows any)`,
  invalidValue: ({ attribute, index }) => `expected another syntax in value ${index + 1} of ${attribute}`,
  repeatedValue: ({ attribute, index }) => `expected value ${index + 1} of ${attribute} only once`,
  severalValues: ({ attribute }) => `expected one value of ${attribute}`,
  singleValued: ({ attribute }) => `expected one value of ${attribute}`,
  noObjectClass: () => 'expected "objectClass: …"',
  noStructuralClass: () => 'expected a structural object class',
  unrelatedClasses: ({ one, other }) => `expected one structural object class, found ${one} and ${other}`,
  attributeMissing: ({ objectClass, attribute }) => `expected ${attribute}, which ${objectClass} requires`,
  attributeNotAllowed: ({ attribute }) => `expected no ${attribute}: none of the object classes allows it`,
  namingAttributeMissing: ({ attribute }) => `expected ${attribute}, which is in the name`,
  valueExists: ({ attribute }) => `expected new values of ${attribute}`,
  noSuchAttribute: ({ attribute }) => `expected the entry to have ${attribute}`,
  noSuchValue: ({ attribute }) => `expected the entry to have this value of ${attribute}`,
  hasSubordinates: () => 'expected no entries below the one to delete',
};

export function explain<Name extends ConditionName>(condition: Condition<Name>): string {
  const explanation: ((details: Conditions[Name]) => string) | undefined = EXPLANATIONS[condition.name];
  return explanation?.(condition.details) ?? `refused: ${condition.name} ${JSON.stringify(condition.details)}`;
}
