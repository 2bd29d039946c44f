// RFC 4517 §3.3: which values a syntax admits. Laxities are slapd's.
import { isText, type Value } from '../value.ts';

export interface Syntax {
  readonly oid: string;
  readonly name: string;
  /** Values of this syntax are transferred with the option `;binary` (RFC 4522). */
  readonly binaryTransfer: boolean;
  /** Does not look into names within the value: see `Schema.validate`. */
  admits(value: Value): boolean;
}

const RFC4517 = '1.3.6.1.4.1.1466.115.121.1.';

export const DN_SYNTAX: string = `${RFC4517}12`;
export const NAME_AND_UID_SYNTAX: string = `${RFC4517}34`;
export const DIRECTORY_STRING_SYNTAX: string = `${RFC4517}15`;
export const INTEGER_SYNTAX: string = `${RFC4517}27`;
export const OID_SYNTAX: string = `${RFC4517}38`;

const PRINTABLE = /^[A-Za-z0-9'()+,\-./:? ]+$/;
const GENERALIZED_TIME =
  /^\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])([0-5]\d([0-5]\d|60)?)?([.,]\d+)?(Z|[+-]([01]\d|2[0-3])([0-5]\d)?)$/;

const anything = (): boolean => true;
const matching =
  (pattern: RegExp) =>
  (value: Value): boolean =>
    isText(value) && pattern.test(value);

/** A BER SEQUENCE whose length fits: as far as anybody here looks into certificates. */
function isSequence(value: Value): boolean {
  return (isText(value) ? value.charCodeAt(0) : value[0]) === 0x30;
}

const TABLE: readonly (readonly [oid: string, name: string, admits: (value: Value) => boolean, binaryTransfer?: boolean])[] = [
  [`${RFC4517}4`, 'Audio', anything],
  [`${RFC4517}5`, 'Binary', anything],
  [`${RFC4517}6`, 'Bit String', matching(/^'[01]*'B$/)],
  [`${RFC4517}7`, 'Boolean', matching(/^(TRUE|FALSE)$/)],
  [`${RFC4517}8`, 'Certificate', isSequence, true],
  [`${RFC4517}9`, 'Certificate List', isSequence, true],
  [`${RFC4517}10`, 'Certificate Pair', isSequence, true],
  [`${RFC4517}11`, 'Country String', matching(/^[A-Za-z0-9'()+,\-./:? ]{2}$/)],
  [DN_SYNTAX, 'Distinguished Name', isText],
  [`${RFC4517}14`, 'Delivery Method', matching(/./)],
  [DIRECTORY_STRING_SYNTAX, 'Directory String', (value) => isText(value) && value !== ''],
  [`${RFC4517}22`, 'Facsimile Telephone Number', matching(/^[A-Za-z0-9'()+,\-./:? $]+$/)],
  [`${RFC4517}24`, 'Generalized Time', matching(GENERALIZED_TIME)],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: IA5 is ASCII with its control characters
  [`${RFC4517}26`, 'IA5 String', matching(/^[\x00-\x7f]*$/)],
  [INTEGER_SYNTAX, 'Integer', matching(/^(0|-?[1-9]\d*)$/)],
  [`${RFC4517}28`, 'JPEG', anything],
  [NAME_AND_UID_SYNTAX, 'Name And Optional UID', isText],
  [`${RFC4517}36`, 'Numeric String', matching(/^[0-9 ]+$/)],
  [OID_SYNTAX, 'OID', matching(/^([A-Za-z][A-Za-z0-9-]*|[0-9]+(\.[0-9]+)*)$/)],
  [`${RFC4517}39`, 'Other Mailbox', matching(/^[^$]+\$[^$]+$/)],
  [`${RFC4517}40`, 'Octet String', anything],
  [`${RFC4517}41`, 'Postal Address', (value) => isText(value) && value !== ''],
  [`${RFC4517}44`, 'Printable String', matching(PRINTABLE)],
  [`${RFC4517}45`, 'SubtreeSpecification', isText],
  [`${RFC4517}49`, 'Supported Algorithm', anything, true],
  [`${RFC4517}50`, 'Telephone Number', matching(PRINTABLE)],
  [`${RFC4517}52`, 'Telex Number', matching(/^[A-Za-z0-9'()+,\-./:? $]+$/)],
  ['1.3.6.1.1.1.0.0', 'RFC2307 NIS Netgroup Triple', matching(/^\([^,()]*,[^,()]*,[^,()]*\)$/)],
  ['1.3.6.1.1.1.0.1', 'RFC2307 Boot Parameter', matching(/^[^=]+=[^:]+:.+$/)],
  ['1.3.6.1.1.16.1', 'UUID', matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)],
  ['1.3.6.1.4.1.4203.666.11.2.1', 'CSN', matching(/^\d{14}(\.\d+)?Z#[0-9a-f]{6}#[0-9a-f]{2,3}#[0-9a-f]{6}$/i)],
  ['1.2.840.113549.1.8.1.1', 'PKCS#8 PrivateKeyInfo', isSequence],
];

const BY_OID: ReadonlyMap<string, Syntax> = new Map(
  TABLE.map(([oid, name, admits, binaryTransfer = false]) => [oid, { oid, name, admits, binaryTransfer }]),
);

/** Those that `cn=Subschema` lists. */
export const SYNTAXES: readonly Syntax[] = [...BY_OID.values()];

/** Syntaxes that nobody knows admit everything. */
export function syntaxOf(oid: string): Syntax {
  return BY_OID.get(oid) ?? { oid, name: '', admits: anything, binaryTransfer: false };
}
