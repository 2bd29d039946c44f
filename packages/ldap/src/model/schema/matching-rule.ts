// RFC 4517 §4.2: how values are compared. Every rule turns a value into a key; equal values have equal keys.
import { parseDn } from '../dn.ts';
import {
  prepareExact,
  prepareFragment,
  prepareIgnoringCase,
  prepareList,
  prepareNumericString,
  prepareTelephoneNumber,
} from '../string-preparation.ts';
import { isText, octetKey, type Value } from '../value.ts';
import type { Schema } from './schema.ts';

export interface MatchingRule {
  readonly oid: string;
  readonly name: string;
  /** Of the assertion, as published. */
  readonly syntax: string;
  readonly use: 'equality' | 'ordering' | 'substrings' | 'bits';
  /** `undefined` if the value can't be compared by this rule. */
  key(value: Value, schema: Schema): string | undefined;
  /** For substring rules: how a part of the assertion is prepared. */
  fragment(value: Value): string | undefined;
  /** Less than, equal, greater: negative, zero, positive. By code point unless the rule knows better. */
  compare(one: string, other: string): number;
}

type Key = MatchingRule['key'];

const text =
  (prepare: (text: string) => string): Key =>
  (value) =>
    isText(value) ? prepare(value) : undefined;

const integerKey: Key = (value) => (isText(value) && /^(0|-?[1-9]\d*)$/.test(value) ? value : undefined);

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** As integerKey leaves them, the longer is the greater: a client's may have a quarter million digits. */
function compareIntegers(one: string, other: string): number {
  const [oneIsNegative, otherIsNegative] = [one.startsWith('-'), other.startsWith('-')];
  if (oneIsNegative !== otherIsNegative) return oneIsNegative ? -1 : 1;
  const magnitude = one.length - other.length || compareText(one, other);
  return oneIsNegative ? -magnitude : magnitude;
}

const TIME = /^(\d{10})(\d\d)?(\d\d)?(?:[.,](\d+))?(Z|[+-]\d{2,4})$/;

/** RFC 4517 §4.2.16: 20240101000000Z, with the fraction's zeros gone. Offsets are rare: slapd compares only UTC, too. */
const timeKey: Key = (value) => {
  const match = isText(value) ? TIME.exec(value) : null;
  if (match === null) return undefined;
  const digits = match[4] ?? '';
  // A regular expression for the zeros at the end would start at each zero before them.
  let end = digits.length;
  while (digits[end - 1] === '0') end -= 1;
  const fraction = digits.slice(0, end);
  return `${match[1]}${match[2] ?? '00'}${match[3] ?? '00'}${fraction === '' ? '' : `.${fraction}`}${match[5]}`;
};

const dnKey: Key = (value, schema) => (isText(value) ? parseDn(value, schema)?.key : undefined);

const nameAndUidKey: Key = (value, schema) => {
  if (!isText(value)) return undefined;
  const match = /^(.*)#('[01]*'B)$/s.exec(value);
  if (match === null) return dnKey(value, schema);
  const name = dnKey(match[1] ?? '', schema);
  return name === undefined ? undefined : `${name}#${match[2]}`;
};

/** Names and OIDs of the same class or attribute type are equal (RFC 4517 §4.2.26). */
const oidKey: Key = (value, schema) => {
  if (!isText(value)) return undefined;
  return schema.objectClass(value)?.oid ?? schema.knownType(value)?.oid ?? (/^[\w.-]+$/.test(value) ? value.toLowerCase() : undefined);
};

const uuidKey: Key = (value) =>
  isText(value) && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value) ? value.toLowerCase() : undefined;
const csnKey: Key = (value) => (isText(value) && /^\d{14}\.?\d*Z#/.test(value) ? value : undefined);
const ia5 =
  (prepare: (text: string) => string): Key =>
  (value) =>
    // biome-ignore lint/suspicious/noControlCharactersInRegex: IA5 is ASCII with its control characters
    isText(value) && /^[\x00-\x7f]*$/.test(value) ? prepare(value) : undefined;

const exactFragment = (value: Value): string | undefined => (isText(value) ? prepareFragment(value, false) : undefined);
const ignoreFragment = (value: Value): string | undefined => (isText(value) ? prepareFragment(value, true) : undefined);
const telephoneFragment = (value: Value): string | undefined => (isText(value) ? prepareTelephoneNumber(value) : undefined);
const noFragment = (): undefined => undefined;

// Rules that prepare values alike share the function, so that prepared values can be shared too: see `keysBy`.
const ignoreCaseKey = text(prepareIgnoringCase);
const exactKey = text(prepareExact);
const telephoneKey = text(prepareTelephoneNumber);
const listKey = text(prepareList);
const numericKey = text(prepareNumericString);
const ignoreCaseIa5Key = ia5(prepareIgnoringCase);
const exactIa5Key = ia5(prepareExact);

type Row = readonly [oid: string, name: string, syntax: string, use: MatchingRule['use'], key: Key, fragment?: MatchingRule['fragment']];

const S = '1.3.6.1.4.1.1466.115.121.1.';

const TABLE: readonly Row[] = [
  ['1.3.6.1.1.16.3', 'UUIDOrderingMatch', '1.3.6.1.1.16.1', 'ordering', uuidKey],
  ['1.3.6.1.1.16.2', 'UUIDMatch', '1.3.6.1.1.16.1', 'equality', uuidKey],
  ['1.3.6.1.4.1.4203.666.11.2.2', 'CSNMatch', '1.3.6.1.4.1.4203.666.11.2.1', 'equality', csnKey],
  ['1.3.6.1.4.1.4203.666.11.2.3', 'CSNOrderingMatch', '1.3.6.1.4.1.4203.666.11.2.1', 'ordering', csnKey],
  ['1.2.840.113556.1.4.804', 'integerBitOrMatch', `${S}27`, 'bits', integerKey],
  ['1.2.840.113556.1.4.803', 'integerBitAndMatch', `${S}27`, 'bits', integerKey],
  ['1.3.6.1.4.1.4203.1.2.1', 'caseExactIA5SubstringsMatch', `${S}26`, 'substrings', exactIa5Key, exactFragment],
  ['1.3.6.1.4.1.1466.109.114.3', 'caseIgnoreIA5SubstringsMatch', `${S}26`, 'substrings', ignoreCaseIa5Key, ignoreFragment],
  ['1.3.6.1.4.1.1466.109.114.2', 'caseIgnoreIA5Match', `${S}26`, 'equality', ignoreCaseIa5Key],
  ['1.3.6.1.4.1.1466.109.114.1', 'caseExactIA5Match', `${S}26`, 'equality', exactIa5Key],
  ['2.5.13.38', 'certificateListExactMatch', '1.3.6.1.1.15.5', 'equality', octetKey],
  ['2.5.13.34', 'certificateExactMatch', '1.3.6.1.1.15.1', 'equality', octetKey],
  ['2.5.13.30', 'objectIdentifierFirstComponentMatch', `${S}38`, 'equality', oidKey],
  ['2.5.13.29', 'integerFirstComponentMatch', `${S}27`, 'equality', integerKey],
  ['2.5.13.28', 'generalizedTimeOrderingMatch', `${S}24`, 'ordering', timeKey],
  ['2.5.13.27', 'generalizedTimeMatch', `${S}24`, 'equality', timeKey],
  ['2.5.13.23', 'uniqueMemberMatch', `${S}34`, 'equality', nameAndUidKey],
  ['2.5.13.21', 'telephoneNumberSubstringsMatch', `${S}58`, 'substrings', telephoneKey, telephoneFragment],
  ['2.5.13.20', 'telephoneNumberMatch', `${S}50`, 'equality', telephoneKey],
  ['2.5.13.19', 'octetStringSubstringsMatch', `${S}40`, 'substrings', octetKey, octetKey],
  ['2.5.13.18', 'octetStringOrderingMatch', `${S}40`, 'ordering', octetKey],
  ['2.5.13.17', 'octetStringMatch', `${S}40`, 'equality', octetKey],
  ['2.5.13.16', 'bitStringMatch', `${S}6`, 'equality', text((value) => value)],
  ['2.5.13.15', 'integerOrderingMatch', `${S}27`, 'ordering', integerKey],
  ['2.5.13.14', 'integerMatch', `${S}27`, 'equality', integerKey],
  ['2.5.13.13', 'booleanMatch', `${S}7`, 'equality', (value) => (value === 'TRUE' || value === 'FALSE' ? value : undefined)],
  ['2.5.13.12', 'caseIgnoreListSubstringsMatch', `${S}58`, 'substrings', listKey, ignoreFragment],
  ['2.5.13.11', 'caseIgnoreListMatch', `${S}41`, 'equality', listKey],
  ['2.5.13.10', 'numericStringSubstringsMatch', `${S}58`, 'substrings', numericKey, ignoreFragment],
  ['2.5.13.9', 'numericStringOrderingMatch', `${S}36`, 'ordering', numericKey],
  ['2.5.13.8', 'numericStringMatch', `${S}36`, 'equality', numericKey],
  ['2.5.13.7', 'caseExactSubstringsMatch', `${S}58`, 'substrings', exactKey, exactFragment],
  ['2.5.13.6', 'caseExactOrderingMatch', `${S}15`, 'ordering', exactKey],
  ['2.5.13.5', 'caseExactMatch', `${S}15`, 'equality', exactKey],
  ['2.5.13.4', 'caseIgnoreSubstringsMatch', `${S}58`, 'substrings', ignoreCaseKey, ignoreFragment],
  ['2.5.13.3', 'caseIgnoreOrderingMatch', `${S}15`, 'ordering', ignoreCaseKey],
  ['2.5.13.2', 'caseIgnoreMatch', `${S}15`, 'equality', ignoreCaseKey],
  ['2.5.13.1', 'distinguishedNameMatch', `${S}12`, 'equality', dnKey],
  ['2.5.13.0', 'objectIdentifierMatch', `${S}38`, 'equality', oidKey],
];

const BY_NAME: ReadonlyMap<string, MatchingRule> = new Map(
  TABLE.flatMap(([oid, name, syntax, use, key, fragment = noFragment]): [string, MatchingRule][] => {
    const compare = name.startsWith('integer') ? compareIntegers : compareText;
    const rule = { oid, name, syntax, use, key, fragment, compare };
    return [
      [oid, rule],
      [name.toLowerCase(), rule],
    ];
  }),
);

/** Those that `cn=Subschema` lists, in its order. */
export const MATCHING_RULES: readonly MatchingRule[] = [...new Set(BY_NAME.values())].filter((rule) => !rule.name.startsWith('CSN'));

/** By name or OID. */
export function matchingRule(name: string): MatchingRule | undefined {
  return BY_NAME.get(name.toLowerCase());
}
