// The one place that knows result codes and slapd's words for them (slapd 2.5).
import protocol from '@ldapjs/protocol';
import type { Condition, ConditionName, Conditions } from '../model/condition.ts';
import type { DescriptionProblem } from '../model/schema/schema.ts';
import type { LdapResult } from '../wire/response.ts';

/** Values of RFC 4511 §4.1.9 by @ldapjs/protocol's names. */
function code(name: string): number {
  const value = protocol.resultCodes[name];
  if (value === undefined) throw new Error(`no result code ${name}`);
  return value;
}

const PROTOCOL_ERROR = code('PROTOCOL_ERROR');
const NO_SUCH_OBJECT = code('NO_SUCH_OBJECT');
const NO_SUCH_ATTRIBUTE = code('NO_SUCH_ATTRIBUTE');
const VALUE_EXISTS = code('ATTRIBUTE_OR_VALUE_EXISTS');
const CONSTRAINT = code('CONSTRAINT_VIOLATION');
const CLASS_VIOLATION = code('OBJECT_CLASS_VIOLATION');
const UNWILLING = code('UNWILLING_TO_PERFORM');
const NAMING = code('NAMING_VIOLATION');
const UNDEFINED_TYPE = code('UNDEFINED_ATTRIBUTE_TYPE');
const INVALID_SYNTAX = code('INVALID_ATTRIBUTE_SYNTAX');
const INAPPROPRIATE_MATCHING = code('INAPPROPRIATE_MATCHING');
const EXISTS = code('ENTRY_ALREADY_EXISTS');
const AUTH_METHOD = code('AUTH_METHOD_NOT_SUPPORTED');
const UNAVAILABLE_EXTENSION = code('UNAVAILABLE_CRITICAL_EXTENSION');

const PROBLEMS: Readonly<Record<DescriptionProblem, string>> = {
  undefined: 'attribute type undefined',
  inappropriateCharacters: 'AttributeDescription contains inappropriate characters',
  unrecognizedOption: 'unrecognized option',
  binaryNotSupported: 'option "binary" not supported with type',
};

const ACCESS = { entry: '', parent: 'no write access to parent', children: "no write access to parent's children" } as const;

type Table = { readonly [Name in ConditionName]: (details: Conditions[Name]) => LdapResult };

const TABLE: Table = {
  invalidName: ({ what }) => ({ code: code('INVALID_DN_SYNTAX'), text: `invalid ${what}` }),
  noSuchObject: ({ matched }) => ({ code: NO_SUCH_OBJECT, matchedDn: matched }),
  notInDirectory: () => ({ code: UNWILLING, text: 'no global superior knowledge' }),
  entryExists: () => ({ code: EXISTS }),
  reservedName: ({ name, action }) => RESERVED[name][action],
  hasSubordinates: () => ({ code: code('NOT_ALLOWED_ON_NON_LEAF'), text: 'subordinate objects must be deleted first' }),
  newSuperiorMissing: () => ({ code: NO_SUCH_OBJECT, text: 'new superior not found' }),
  outOfDirectory: () => ({ code: code('AFFECTS_MULTIPLE_DSAS'), text: 'cannot rename between DSAs' }),
  belowItself: () => ({ code: UNWILLING, text: 'cannot place an entry below itself' }),

  invalidCredentials: () => ({ code: code('INVALID_CREDENTIALS') }),
  passwordMissing: () => ({ code: UNWILLING, text: 'unauthenticated bind (DN with no password) disallowed' }),
  updateNeedsBind: () => ({ code: code('STRONGER_AUTH_REQUIRED'), text: 'modifications require authentication' }),
  accessDenied: ({ to }) => ({ code: code('INSUFFICIENT_ACCESS_RIGHTS'), text: ACCESS[to] }),

  badDescription: ({ name, problem }) => ({ code: UNDEFINED_TYPE, text: `${name}: ${PROBLEMS[problem]}` }),
  invalidValue: ({ attribute, index }) => ({ code: INVALID_SYNTAX, text: `${attribute}: value #${index} invalid per syntax` }),
  repeatedValue: ({ attribute, index }) => ({ code: VALUE_EXISTS, text: `${attribute}: value #${index} provided more than once` }),
  repeatedAttribute: ({ attribute }) => ({ code: VALUE_EXISTS, text: `attribute '${attribute}' provided more than once` }),
  severalValues: ({ attribute }) => ({ code: CONSTRAINT, text: `${attribute}: multiple values provided` }),
  singleValued: ({ attribute }) => ({ code: CONSTRAINT, text: `attribute '${attribute}' cannot have multiple values` }),
  notForUsers: ({ attribute }) => ({ code: CONSTRAINT, text: `${attribute}: no user modification allowed` }),

  noObjectClass: () => ({ code: CLASS_VIOLATION, text: 'no objectClass attribute' }),
  noStructuralClass: () => ({ code: CLASS_VIOLATION, text: 'no structural object class provided' }),
  unknownClass: ({ objectClass }) => ({ code: CLASS_VIOLATION, text: `unrecognized objectClass '${objectClass}'` }),
  unrelatedClasses: ({ one, other }) => ({ code: CLASS_VIOLATION, text: `invalid structural object class chain (${one}/${other})` }),
  attributeMissing: ({ objectClass, attribute }) => ({
    code: CLASS_VIOLATION,
    text: `object class '${objectClass}' requires attribute '${attribute}'`,
  }),
  attributeNotAllowed: ({ attribute }) => ({ code: CLASS_VIOLATION, text: `attribute '${attribute}' not allowed` }),
  structuralClassChanged: ({ from, to }) => ({
    code: code('OBJECT_CLASS_MODS_PROHIBITED'),
    text: `structural object class modification from '${from}' to '${to}' not allowed`,
  }),
  namingAttributeMissing: ({ attribute }) => ({ code: NAMING, text: `naming attribute '${attribute}' is not present in entry` }),
  namingValueMissing: ({ attribute }) => ({ code: NAMING, text: `value of naming attribute '${attribute}' is not present in entry` }),

  valueExists: ({ attribute, index }) => ({ code: VALUE_EXISTS, text: `modify/add: ${attribute}: value #${index} already exists` }),
  noSuchValue: ({ attribute }) => ({ code: NO_SUCH_ATTRIBUTE, text: `modify/delete: ${attribute}: no such value` }),
  noSuchAttribute: ({ change, attribute }) => ({ code: NO_SUCH_ATTRIBUTE, text: `modify/${change}: ${attribute}: no such attribute` }),
  noEqualityRule: ({ change, attribute }) => ({
    code: INAPPROPRIATE_MATCHING,
    text: `modify/${change}: ${attribute}: no equality matching rule`,
  }),
  notIncrementable: ({ attribute }) => ({ code: CONSTRAINT, text: `${attribute}: attribute syntax inappropriate for increment` }),
  valuesMissing: ({ change }) => ({
    code: PROTOCOL_ERROR,
    text: `modify/${change} operation requires value${change === 'add' ? 's' : ''}`,
  }),
  oneValueExpected: () => ({ code: PROTOCOL_ERROR, text: 'modify/increment operation requires single value' }),
  unknownChange: () => ({ code: PROTOCOL_ERROR, text: 'unrecognized modify operation' }),

  attributeAbsent: () => ({ code: NO_SUCH_ATTRIBUTE }),
  attributeUnknown: () => ({ code: UNDEFINED_TYPE }),
  invalidAssertion: () => ({ code: INVALID_SYNTAX, text: 'value does not conform to assertion syntax' }),
  notComparable: () => ({ code: INAPPROPRIATE_MATCHING, text: 'inappropriate matching request' }),
  comparisonUnsupported: ({ attribute }) => ({ code: UNWILLING, text: `${attribute} compare not supported` }),
};

type Action = Conditions['reservedName']['action'];

const RESERVED: Readonly<Record<'rootDse' | 'subschema', Readonly<Record<Action, LdapResult>>>> = {
  rootDse: {
    add: { code: EXISTS, text: 'root DSE already exists' },
    delete: { code: UNWILLING, text: 'cannot delete the root DSE' },
    modify: { code: UNWILLING, text: 'modify upon the root DSE not supported' },
    rename: { code: UNWILLING, text: 'cannot rename the root DSE' },
  },
  subschema: {
    add: { code: EXISTS, text: 'subschema subentry already exists' },
    delete: { code: UNWILLING, text: 'cannot delete the subschema subentry' },
    modify: { code: UNWILLING, text: 'modification of subschema subentry not supported' },
    rename: { code: UNWILLING, text: 'cannot rename subschema subentry' },
  },
};

export function resultOf<Name extends ConditionName>(condition: Condition<Name>): LdapResult {
  return TABLE[condition.name](condition.details);
}

export const SUCCESS: LdapResult = { code: 0 };
export const COMPARE_FALSE: LdapResult = { code: code('COMPARE_FALSE') };
export const COMPARE_TRUE: LdapResult = { code: code('COMPARE_TRUE') };

type Refusal =
  | 'historicalVersion'
  | 'unknownVersion'
  | 'unknownAuthentication'
  | 'noMechanism'
  | 'invalidScope'
  | 'invalidDeref'
  | 'noAttributes'
  | 'noValues'
  | 'unknownExtension'
  | 'noDataExpected'
  | 'unknownControl'
  | 'unsuitableControl'
  | 'pagedTwice'
  | 'pagedWithoutValue'
  | 'pagedGarbage'
  | 'pagedCookie'
  | 'pagedOldCookie'
  | 'sizeLimit'
  | 'timeLimit';

/** What the session itself finds wrong, before the directory hears of it. */
export const REFUSALS: Readonly<Record<Refusal, LdapResult>> = {
  historicalVersion: { code: PROTOCOL_ERROR, text: 'historical protocol version requested, use LDAPv3 instead' },
  unknownVersion: { code: PROTOCOL_ERROR, text: 'requested protocol version not supported' },
  unknownAuthentication: { code: AUTH_METHOD, text: 'unknown authentication method' },
  noMechanism: { code: AUTH_METHOD, text: 'no SASL mechanism provided' },
  invalidScope: { code: PROTOCOL_ERROR, text: 'invalid scope' },
  invalidDeref: { code: PROTOCOL_ERROR, text: 'invalid deref' },
  noAttributes: { code: PROTOCOL_ERROR, text: 'no attributes provided' },
  noValues: { code: PROTOCOL_ERROR, text: 'no values for attribute type' },
  unknownExtension: { code: PROTOCOL_ERROR, text: 'unsupported extended operation' },
  noDataExpected: { code: PROTOCOL_ERROR, text: 'no request data expected' },
  unknownControl: { code: UNAVAILABLE_EXTENSION, text: 'critical extension is not recognized' },
  unsuitableControl: { code: UNAVAILABLE_EXTENSION, text: 'critical extension is unavailable' },
  pagedTwice: { code: PROTOCOL_ERROR, text: 'paged results control specified multiple times' },
  pagedWithoutValue: { code: PROTOCOL_ERROR, text: 'paged results control value is absent' },
  pagedGarbage: { code: PROTOCOL_ERROR, text: 'paged results control could not be decoded' },
  pagedCookie: { code: PROTOCOL_ERROR, text: 'paged results cookie is invalid' },
  pagedOldCookie: { code: UNWILLING, text: 'paged results cookie is invalid or old' },
  sizeLimit: { code: code('SIZE_LIMIT_EXCEEDED') },
  timeLimit: { code: code('TIME_LIMIT_EXCEEDED') },
};

/** There are none yet; Cyrus SASL's words, with the spaces that it leaves where it has nothing to add. */
export function noSuchMechanism(mechanism: string): LdapResult {
  const detail = mechanism === 'EXTERNAL' ? '' : `Couldn't find mech ${mechanism}`;
  return { code: AUTH_METHOD, text: `SASL(-4): no mechanism available: ${detail}` };
}

/** Notices of disconnection (RFC 4511 §4.4.1). */
export function protocolError(text: string): LdapResult {
  return { code: PROTOCOL_ERROR, text };
}

export const SHUTDOWN: LdapResult = { code: code('UNAVAILABLE'), text: 'server shutting down' };

/** `NO_SUCH_OBJECT`, `noSuchObject` or 32 from a fault rule; `undefined` if there is no such code. */
export function faultCode(given: number | string | undefined): number | undefined {
  if (given === undefined) return code('OTHER');
  const number = typeof given === 'number' ? given : /^\d+$/.test(given) ? Number(given) : undefined;
  if (number !== undefined) return Number.isInteger(number) && number >= 0 && number < 0x7fff_ffff ? number : undefined;
  const wanted = String(given).replaceAll(/[-_ ]/g, '').toUpperCase();
  return Object.entries(protocol.resultCodes).find(([name]) => name.replaceAll('_', '') === wanted)?.[1];
}

/** `noSuchObject`: how RFC 4511 spells a code. */
export function codeName(number: number): string {
  const name = protocol.resultCodeToName(number) ?? String(number);
  return name.toLowerCase().replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
