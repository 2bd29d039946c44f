// RFC 4511 §4: what the server sends.
import protocol from '@ldapjs/protocol';
import { Writer } from '@wirelike/kernel';
import { ENUMERATED, OCTET_STRING, SEQUENCE, SET, type Value } from './ber-reader.ts';
import { closeElement, headerBytes, integerBytes, openElement, writeHeader, writeInteger, writeValue } from './ber-writer.ts';

const { operations, core } = protocol;

/** Unbind and abandon have no answer. */
export type Answered = 'bind' | 'search' | 'modify' | 'add' | 'delete' | 'modifyDN' | 'compare' | 'extended';

const RESPONSE_TAGS: Readonly<Record<Answered, number>> = {
  bind: operations.LDAP_RES_BIND,
  search: operations.LDAP_RES_SEARCH_DONE,
  modify: operations.LDAP_RES_MODIFY,
  add: operations.LDAP_RES_ADD,
  delete: operations.LDAP_RES_DELETE,
  modifyDN: operations.LDAP_RES_MODRDN,
  compare: operations.LDAP_RES_COMPARE,
  extended: operations.LDAP_RES_EXTENSION,
};

/** RFC 4511 §4.1.9. */
export interface LdapResult {
  readonly code: number;
  readonly matchedDn?: string | undefined;
  readonly text?: string | undefined;
}

export interface ResponseControl {
  readonly oid: string;
  readonly value: Value | Buffer;
}

const NO_CONTROLS: readonly ResponseControl[] = [];

/** Bind, search, modify, add, delete, modify DN, compare: all have the same answer. */
export function writeResult(
  writer: Writer,
  id: number,
  operation: Answered,
  result: LdapResult,
  controls: readonly ResponseControl[] = NO_CONTROLS,
): void {
  const message = openElement(writer, SEQUENCE);
  writeInteger(writer, id);
  const answer = openElement(writer, RESPONSE_TAGS[operation]);
  writeResultFields(writer, result);
  closeElement(writer, answer);
  if (controls.length > 0) writeControls(writer, controls);
  closeElement(writer, message);
}

function writeResultFields(writer: Writer, { code, matchedDn = '', text = '' }: LdapResult): void {
  writeInteger(writer, code, ENUMERATED);
  writeValue(writer, matchedDn);
  writeValue(writer, text);
}

const RESPONSE_NAME = 0x8a;
const RESPONSE_VALUE = 0x8b;

/** RFC 4511 §4.12. */
export function writeExtended(writer: Writer, id: number, result: LdapResult, oid?: string | undefined, value?: Value | undefined): void {
  const message = openElement(writer, SEQUENCE);
  writeInteger(writer, id);
  const answer = openElement(writer, operations.LDAP_RES_EXTENSION);
  writeResultFields(writer, result);
  if (oid !== undefined) writeValue(writer, oid, RESPONSE_NAME);
  if (value !== undefined) writeValue(writer, value, RESPONSE_VALUE);
  closeElement(writer, answer);
  closeElement(writer, message);
}

/** RFC 4511 §4.4.1. */
export const NOTICE_OF_DISCONNECTION = '1.3.6.1.4.1.1466.20036';

function writeControls(writer: Writer, controls: readonly ResponseControl[]): void {
  const list = openElement(writer, core.LDAP_CONTROLS);
  for (const { oid, value } of controls) {
    const control = openElement(writer, SEQUENCE);
    writeValue(writer, oid);
    writeValue(writer, value);
    closeElement(writer, control);
  }
  closeElement(writer, list);
}

export interface ResponseAttribute {
  readonly name: string;
  readonly values: readonly Value[];
}

/**
 * The content of a SearchResultEntry (RFC 4511 §4.5.2): the same for everyone who asks for the same,
 * so it can be kept and sent with {@link writeEntry}.
 */
export function encodeEntry(dn: string, attributes: readonly ResponseAttribute[], typesOnly: boolean): Buffer {
  const writer = new Writer(512);
  writeValue(writer, dn);
  const list = openElement(writer, SEQUENCE);
  for (const { name, values } of attributes) {
    const attribute = openElement(writer, SEQUENCE);
    writeValue(writer, name);
    const set = openElement(writer, SET);
    if (!typesOnly) for (const value of values) writeValue(writer, value);
    closeElement(writer, set);
    closeElement(writer, attribute);
  }
  closeElement(writer, list);
  return Buffer.from(writer.view());
}

export function writeEntry(writer: Writer, id: number, content: Buffer): void {
  const entry = headerBytes(content.length) + content.length;
  writeHeader(writer, SEQUENCE, 2 + integerBytes(id) + entry);
  writeInteger(writer, id);
  writeHeader(writer, operations.LDAP_RES_SEARCH_ENTRY, content.length);
  writer.copy(content);
}

/** RFC 2696 §2: the value of the control that ends a page. */
export function encodePagedResults(size: number, cookie: Buffer): Buffer {
  const writer = new Writer(32);
  const sequence = openElement(writer, SEQUENCE);
  writeInteger(writer, size);
  writeValue(writer, cookie, OCTET_STRING);
  closeElement(writer, sequence);
  return Buffer.from(writer.view());
}
