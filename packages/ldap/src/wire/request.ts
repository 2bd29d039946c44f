// RFC 4511 §4: what clients send. Responses are in response.ts.
import protocol from '@ldapjs/protocol';
import { WireError } from '@wirelike/kernel';
import { BerReader, ENUMERATED, SEQUENCE, SET, type Value } from './ber-reader.ts';
import { readFilter, type WireFilter } from './filter.ts';

export interface WireAttribute {
  readonly name: string;
  readonly values: readonly Value[];
}

export interface WireChange {
  readonly kind: 'add' | 'delete' | 'replace' | 'increment' | 'unknown';
  readonly attribute: string;
  readonly values: readonly Value[];
}

export interface BindRequest {
  readonly is: 'bind';
  readonly version: number;
  readonly name: string;
  readonly authentication:
    | { readonly is: 'simple'; readonly password: Value }
    | { readonly is: 'sasl'; readonly mechanism: string; readonly credentials: Value | undefined }
    | { readonly is: 'unknown' };
}

export interface SearchOperation {
  readonly is: 'search';
  readonly base: string;
  /** As sent; 0 to 3 are base, one, sub, children. */
  readonly scope: number;
  readonly deref: number;
  readonly size_limit_entries: number;
  readonly time_limit_seconds: number;
  readonly typesOnly: boolean;
  readonly filter: WireFilter;
  readonly attributes: readonly string[];
}

export type Request =
  | BindRequest
  | { readonly is: 'unbind' }
  | SearchOperation
  | { readonly is: 'modify'; readonly name: string; readonly changes: readonly WireChange[] }
  | { readonly is: 'add'; readonly name: string; readonly attributes: readonly WireAttribute[] }
  | { readonly is: 'delete'; readonly name: string }
  | {
      readonly is: 'modifyDN';
      readonly name: string;
      readonly newRdn: string;
      readonly deleteOldRdn: boolean;
      readonly newSuperior: string | undefined;
    }
  | { readonly is: 'compare'; readonly name: string; readonly attribute: string; readonly value: Value }
  | { readonly is: 'abandon'; readonly messageId: number }
  | { readonly is: 'extended'; readonly oid: string; readonly value: Value | undefined };

export interface Control {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: Buffer | undefined;
}

export interface Message {
  readonly id: number;
  readonly request: Request;
  readonly controls: readonly Control[];
}

const { operations, core } = protocol;

/** One LDAPMessage; or the words with which slapd hangs up. `bytes` from `start` to `end`, as cut by `messageLength`. */
export function decodeMessage(bytes: Buffer, start: number, end: number): Message | WireError {
  const reader = new BerReader(bytes, start, end);
  reader.enter(SEQUENCE);
  const id = reader.integer();
  const { tag } = reader;
  // 0 is for what the server says unasked (RFC 4511 §4.1.1.1).
  if (reader.failed || id < 1) return new WireError('decoding error');
  const read = READERS.get(tag);
  if (read === undefined) return new WireError('unknown LDAP request');
  const request = read(reader, tag);
  if (reader.failed) return new WireError('decoding error');
  const controls = reader.tag === core.LDAP_CONTROLS ? readControls(reader) : [];
  return reader.failed ? new WireError('decoding controls error') : { id, request, controls };
}

const READERS: ReadonlyMap<number, (reader: BerReader, tag: number) => Request> = new Map<
  number,
  (reader: BerReader, tag: number) => Request
>([
  [operations.LDAP_REQ_BIND, readBind],
  [operations.LDAP_REQ_UNBIND, readUnbind],
  [operations.LDAP_REQ_SEARCH, readSearch],
  [operations.LDAP_REQ_MODIFY, readModify],
  [operations.LDAP_REQ_ADD, readAdd],
  [operations.LDAP_REQ_DELETE, (reader, tag) => ({ is: 'delete', name: reader.text(tag) })],
  [operations.LDAP_REQ_MODRDN, readModifyDn],
  [operations.LDAP_REQ_COMPARE, readCompare],
  [operations.LDAP_REQ_ABANDON, (reader, tag) => ({ is: 'abandon', messageId: reader.integer(tag) })],
  [operations.LDAP_REQ_EXTENSION, readExtended],
]);

/** RFC 4511 §4.2. */
function readBind(reader: BerReader, tag: number): Request {
  const outer = reader.enter(tag);
  const version = reader.integer();
  const name = reader.text();
  const authentication = readAuthentication(reader);
  reader.leave(outer);
  return { is: 'bind', version, name, authentication };
}

const SIMPLE = 0x80;
const SASL = 0xa3;

function readAuthentication(reader: BerReader): BindRequest['authentication'] {
  if (reader.tag === SIMPLE) return { is: 'simple', password: reader.value(SIMPLE) };
  if (reader.tag !== SASL) {
    reader.skip();
    return { is: 'unknown' };
  }
  const outer = reader.enter(SASL);
  const mechanism = reader.text();
  const credentials = reader.more ? reader.value() : undefined;
  reader.leave(outer);
  return { is: 'sasl', mechanism, credentials };
}

function readUnbind(reader: BerReader): Request {
  reader.skip();
  return { is: 'unbind' };
}

/** RFC 4511 §4.5.1. */
function readSearch(reader: BerReader, tag: number): Request {
  const outer = reader.enter(tag);
  const base = reader.text();
  const scope = reader.integer(ENUMERATED);
  const deref = reader.integer(ENUMERATED);
  const size_limit_entries = reader.integer();
  const time_limit_seconds = reader.integer();
  const typesOnly = reader.boolean();
  const filter = readFilter(reader);
  const attributes: string[] = [];
  const list = reader.enter(SEQUENCE);
  while (reader.more) attributes.push(reader.text());
  reader.leave(list);
  reader.leave(outer);
  return { is: 'search', base, scope, deref, size_limit_entries, time_limit_seconds, typesOnly, filter, attributes };
}

function readAttribute(reader: BerReader): WireAttribute {
  const outer = reader.enter(SEQUENCE);
  const name = reader.text();
  const values: Value[] = [];
  const set = reader.enter(SET);
  while (reader.more) values.push(reader.value());
  reader.leave(set);
  reader.leave(outer);
  return { name, values };
}

const CHANGES: readonly WireChange['kind'][] = ['add', 'delete', 'replace', 'increment'];

/** RFC 4511 §4.6. */
function readModify(reader: BerReader, tag: number): Request {
  const outer = reader.enter(tag);
  const name = reader.text();
  const changes: WireChange[] = [];
  const list = reader.enter(SEQUENCE);
  while (reader.more) {
    const change = reader.enter(SEQUENCE);
    const kind = CHANGES[reader.integer(ENUMERATED)] ?? 'unknown';
    const { name: attribute, values } = readAttribute(reader);
    reader.leave(change);
    changes.push({ kind, attribute, values });
  }
  reader.leave(list);
  reader.leave(outer);
  return { is: 'modify', name, changes };
}

/** RFC 4511 §4.7. */
function readAdd(reader: BerReader, tag: number): Request {
  const outer = reader.enter(tag);
  const name = reader.text();
  const attributes: WireAttribute[] = [];
  const list = reader.enter(SEQUENCE);
  while (reader.more) attributes.push(readAttribute(reader));
  reader.leave(list);
  reader.leave(outer);
  return { is: 'add', name, attributes };
}

const NEW_SUPERIOR = 0x80;

/** RFC 4511 §4.9. */
function readModifyDn(reader: BerReader, tag: number): Request {
  const outer = reader.enter(tag);
  const name = reader.text();
  const newRdn = reader.text();
  const deleteOldRdn = reader.boolean();
  const newSuperior = reader.tag === NEW_SUPERIOR ? reader.text(NEW_SUPERIOR) : undefined;
  reader.leave(outer);
  return { is: 'modifyDN', name, newRdn, deleteOldRdn, newSuperior };
}

/** RFC 4511 §4.10. */
function readCompare(reader: BerReader, tag: number): Request {
  const outer = reader.enter(tag);
  const name = reader.text();
  const assertion = reader.enter(SEQUENCE);
  const attribute = reader.text();
  const value = reader.value();
  reader.leave(assertion);
  reader.leave(outer);
  return { is: 'compare', name, attribute, value };
}

const REQUEST_NAME = 0x80;
const REQUEST_VALUE = 0x81;

/** RFC 4511 §4.12. */
function readExtended(reader: BerReader, tag: number): Request {
  const outer = reader.enter(tag);
  const oid = reader.text(REQUEST_NAME);
  const value = reader.tag === REQUEST_VALUE ? reader.value(REQUEST_VALUE) : undefined;
  reader.leave(outer);
  return { is: 'extended', oid, value };
}

/** RFC 4511 §4.1.11. */
function readControls(reader: BerReader): readonly Control[] {
  const controls: Control[] = [];
  const outer = reader.enter(core.LDAP_CONTROLS);
  while (reader.more) {
    const control = reader.enter(SEQUENCE);
    const oid = reader.text();
    const critical = reader.tag === 0x01 ? reader.boolean() : false;
    const value = reader.more ? reader.octets() : undefined;
    reader.leave(control);
    controls.push({ oid, critical, value });
  }
  reader.leave(outer);
  return controls;
}
