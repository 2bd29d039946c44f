import type { DescriptionProblem } from './schema/schema.ts';

/** How the directory refuses something, in its own terms. `session/errors.ts` has slapd's code and text for each. */
export interface Conditions {
  // Names
  readonly invalidName: { readonly what: 'DN' | 'new RDN' | 'newSuperior' };
  readonly noSuchObject: { readonly matched: string };
  readonly notInDirectory: Nothing;
  readonly entryExists: Nothing;
  readonly reservedName: { readonly name: 'rootDse' | 'subschema'; readonly action: 'add' | 'delete' | 'modify' | 'rename' };
  readonly hasSubordinates: Nothing;
  readonly newSuperiorMissing: Nothing;
  readonly outOfDirectory: Nothing;
  readonly belowItself: Nothing;
  // Identities
  readonly invalidCredentials: Nothing;
  readonly passwordMissing: Nothing;
  readonly updateNeedsBind: Nothing;
  readonly accessDenied: { readonly to: 'entry' | 'parent' | 'children' };
  // Attributes and values
  readonly badDescription: { readonly name: string; readonly problem: DescriptionProblem };
  readonly invalidValue: { readonly attribute: string; readonly index: number };
  readonly repeatedValue: { readonly attribute: string; readonly index: number };
  readonly repeatedAttribute: { readonly attribute: string };
  readonly severalValues: { readonly attribute: string };
  readonly singleValued: { readonly attribute: string };
  readonly notForUsers: { readonly attribute: string };
  // Classes
  readonly noObjectClass: Nothing;
  readonly noStructuralClass: Nothing;
  readonly unknownClass: { readonly objectClass: string };
  readonly unrelatedClasses: { readonly one: string; readonly other: string };
  readonly attributeMissing: { readonly objectClass: string; readonly attribute: string };
  readonly attributeNotAllowed: { readonly attribute: string };
  readonly structuralClassChanged: { readonly from: string; readonly to: string };
  readonly namingAttributeMissing: { readonly attribute: string };
  readonly namingValueMissing: { readonly attribute: string };
  // Modifications
  readonly valueExists: { readonly attribute: string; readonly index: number };
  readonly noSuchValue: { readonly attribute: string };
  readonly noSuchAttribute: { readonly change: 'delete' | 'increment'; readonly attribute: string };
  readonly noEqualityRule: { readonly change: 'add' | 'delete'; readonly attribute: string };
  readonly notIncrementable: { readonly attribute: string };
  readonly valuesMissing: { readonly change: 'add' | 'increment' };
  readonly oneValueExpected: Nothing;
  readonly unknownChange: Nothing;
  // Comparisons
  readonly attributeAbsent: Nothing;
  readonly attributeUnknown: Nothing;
  readonly invalidAssertion: Nothing;
  readonly notComparable: Nothing;
  readonly comparisonUnsupported: { readonly attribute: string };
}

type Nothing = Readonly<Record<never, never>>;

export type ConditionName = keyof Conditions;

export class Condition<Name extends ConditionName = ConditionName> {
  readonly name: Name;
  readonly details: Conditions[Name];

  constructor(name: Name, details: Conditions[Name]) {
    this.name = name;
    this.details = details;
  }
}

export function condition<Name extends ConditionName>(name: Name, details: Conditions[Name]): Condition<Name> {
  return new Condition(name, details);
}
