import type { X509Certificate } from 'node:crypto';
import { ControlError } from '@wirelike/kernel';
import type { CertificateLogin, Release } from '../model/index.ts';

/** One attribute of a subject. */
interface Attribute {
  /** Dotted decimal. */
  readonly type: string;
  /** UTF-8, or what else the certificate says. */
  readonly value: Buffer;
  /** As DER has it. */
  readonly encoded: Buffer;
}

export const CERTIFICATE_LOGINS: readonly CertificateLogin[] = ['distinguished_name', 'common_name', 'subject_alternative_name'];

/** Of the emulator's setting `ssl_cert_login_from`. Throws a {@link ControlError} if it is none. */
export function certificateLoginOf(setting: string): CertificateLogin {
  const login = CERTIFICATE_LOGINS.find((name) => name === setting);
  if (login !== undefined) return login;
  throw new ControlError(`amqp.ssl_cert_login_from: expected ${CERTIFICATE_LOGINS.join(', ')}, found "${setting}"`);
}

const COMMON_NAME = '2.5.4.3';

/** What RabbitMQ calls attributes; others show their number (rabbit_cert_info:format_rdn/1). */
const NAMES: Readonly<Record<string, string>> = {
  '2.5.4.4': 'SN',
  '2.5.4.42': 'GIVENNAME',
  '2.5.4.43': 'INITIALS',
  '2.5.4.44': 'GENERATIONQUALIFIER',
  [COMMON_NAME]: 'CN',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'TITLE',
  '2.5.4.6': 'C',
  '2.5.4.5': 'SERIALNUMBER',
  '2.5.4.65': 'PSEUDONYM',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'EMAILADDRESS',
  '0.9.2342.19200300.100.1.1': 'UID',
};

/** Who a client is by its certificate (`ssl_cert_login_from`); undefined if it does not say (rabbit_ssl:peer_cert_auth_name/2). */
export function userOf(certificate: X509Certificate, from: CertificateLogin, release: Release): string | undefined {
  switch (from) {
    case 'distinguished_name':
      return distinguishedName(subjectOf(certificate.raw), release.has('undecoded-attributes'));
    case 'common_name': {
      const names = subjectOf(certificate.raw).flatMap((set) => set.filter(({ type }) => type === COMMON_NAME));
      return names.length === 0 ? undefined : names.map(({ value }) => value.toString()).join(',');
    }
    case 'subject_alternative_name':
      // Of the type DNS, the first (ssl_cert_login_san_type, ssl_cert_login_san_index).
      return /(?:^|, )DNS:([^,"]+)/.exec(certificate.subjectAltName ?? '')?.[1];
  }
}

/** Types of attributes that Erlang 28 decodes (RFC 5912 §14, SupportedAttributes): those with names, but one, and two more. */
const DECODED: ReadonlySet<string> = new Set([...Object.keys(NAMES).filter((type) => NAMES[type] !== 'UID'), '2.5.4.41', '2.5.4.46']);

/** RFC 4514, the last relative name first. */
function distinguishedName(subject: readonly (readonly Attribute[])[], leavesUndecoded: boolean): string {
  const printed = ({ type, value, encoded }: Attribute): Buffer =>
    leavesUndecoded && !DECODED.has(type) ? Buffer.from(`{asn1_OPENTYPE,<<${encoded.join(',')}>>}`) : value;
  return subject
    .map((set) => set.map((attribute) => `${NAMES[attribute.type] ?? attribute.type}=${escaped(printed(attribute))}`).join('+'))
    .reverse()
    .join(',');
}

/** RFC 4514 §2.4; RabbitMQ writes everything in hexadecimal that is not printable ASCII, and `~`. */
function escaped(value: Buffer): string {
  const last = value.length - 1;
  return Array.from(value, (octet, index) => {
    const character = String.fromCharCode(octet);
    if (index === 0 && (character === ' ' || character === '#')) return `\\${character}`;
    if (index === last && character === ' ') return '\\ ';
    if ('"+,;<>\\'.includes(character)) return `\\${character}`;
    return octet < 32 || octet >= 126 ? `\\${octet.toString(16).toUpperCase().padStart(2, '0')}` : character;
  }).join('');
}

/** RFC 5280 §4.1: the subject follows version, serial number, algorithm, issuer and validity. Node has parsed all of it already. */
function subjectOf(certificate: Buffer): readonly (readonly Attribute[])[] {
  const [body] = membersOf(contentOf(certificate));
  const members = membersOf(body?.content ?? NOTHING);
  const version = members[0]?.tag === TAG_VERSION ? 1 : 0;
  return membersOf(members[version + 4]?.content ?? NOTHING).map(({ content }) => membersOf(content).map(attributeOf));
}

function attributeOf({ content }: Member): Attribute {
  const [type, value] = membersOf(content);
  return { type: objectIdentifier(type?.content ?? NOTHING), value: text(value), encoded: value?.encoded ?? NOTHING };
}

const NOTHING = Buffer.alloc(0);
const TAG_VERSION = 0xa0;
const TAG_TELETEX = 0x14;
const TAG_BMP = 0x1e;

/** X.690 §8.19.4: the first number holds two. */
function objectIdentifier(content: Buffer): string {
  const numbers: number[] = [];
  let number = 0;
  for (const octet of content) {
    number = number * 128 + (octet & 0x7f);
    if (octet >= 0x80) continue;
    if (numbers.length === 0) numbers.push(Math.min(2, Math.floor(number / 40)), number - 40 * Math.min(2, Math.floor(number / 40)));
    else numbers.push(number);
    number = 0;
  }
  return numbers.join('.');
}

function text(value: Member | undefined): Buffer {
  const content = value?.content ?? NOTHING;
  if (value?.tag === TAG_TELETEX) return Buffer.from(content.toString('latin1'));
  return value?.tag === TAG_BMP && content.length % 2 === 0 ? Buffer.from(Buffer.from(content).swap16().toString('utf16le')) : content;
}

interface Member {
  readonly tag: number;
  readonly content: Buffer;
  readonly encoded: Buffer;
}

function contentOf(bytes: Buffer): Buffer {
  return membersOf(bytes)[0]?.content ?? NOTHING;
}

/** The values that follow each other in DER (X.690 §8.1). */
function membersOf(bytes: Buffer): readonly Member[] {
  const members: Member[] = [];
  for (let at = 0; at + 1 < bytes.length; ) {
    const short = bytes[at + 1] ?? 0;
    const size = short < 0x80 ? 0 : short & 0x7f;
    if (size > 4 || at + 2 + size > bytes.length) break;
    const length = size === 0 ? short : bytes.readUIntBE(at + 2, size);
    const start = at + 2 + size;
    members.push({ tag: bytes[at] ?? 0, content: bytes.subarray(start, start + length), encoded: bytes.subarray(at, start + length) });
    at = start + length;
  }
  return members;
}
