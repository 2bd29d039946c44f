import { DumpError, type ModelDump } from '@wirelike/kernel';
import { parseDn } from './dn.ts';
import { type Attribute, attributeOf, type Entry } from './entry.ts';
import type { Schema } from './schema/schema.ts';
import type { Value } from './value.ts';

const VERSION = 1;

/** Text as it is; bytes that are no text as `{ base64 }`. */
type DumpedValue = string | { readonly base64: string };

function writeValue(value: Value): DumpedValue {
  return typeof value === 'string' ? value : { base64: Buffer.from(value).toString('base64') };
}

export function writeDump(entries: readonly Entry[], lastId: number): ModelDump {
  return {
    emulator: 'ldap',
    version: VERSION,
    state: {
      lastId,
      entries: entries.map(({ id, dn, attributes }) => ({
        id,
        dn,
        attributes: attributes.map(({ description, values }) => [description.name, values.map(writeValue)]),
      })),
    },
  };
}

export function readDump(dump: ModelDump, schema: Schema): { readonly entries: readonly Entry[]; readonly lastId: number } {
  if (dump.emulator !== 'ldap') throw new DumpError(`a dump of ${dump.emulator}, not of ldap`);
  if (dump.version !== VERSION) throw new DumpError(`version ${dump.version} of the dump; this wirelike reads version ${VERSION}`);
  const state = record(dump.state, 'state');
  const lastId = state.lastId;
  if (typeof lastId !== 'number') throw new DumpError('lastId is not a number');
  return { lastId, entries: list(state.entries, 'entries').map((each) => readEntry(each, schema)) };
}

function readEntry(value: unknown, schema: Schema): Entry {
  const { id, dn: name, attributes } = record(value, 'an entry');
  const dn = typeof name === 'string' ? parseDn(name, schema) : undefined;
  const rdn = dn?.rdns[0];
  if (typeof id !== 'number' || dn === undefined || rdn === undefined)
    throw new DumpError(`an entry without id or name: ${JSON.stringify(name)}`);
  return { id, dn: dn.text, key: dn.key, rdn, attributes: list(attributes, dn.text).map((each) => readAttribute(each, schema)) };
}

function readAttribute(value: unknown, schema: Schema): Attribute {
  const [name, values] = list(value, 'an attribute');
  const description = typeof name === 'string' ? schema.find(name) : undefined;
  if (description === undefined) throw new DumpError(`no attribute type ${JSON.stringify(name)}`);
  return attributeOf(description, list(values, description.name).map(readValue), schema);
}

function readValue(value: unknown): Value {
  if (typeof value === 'string') return value;
  const { base64 } = record(value, 'a value');
  if (typeof base64 !== 'string') throw new DumpError('a value is neither text nor base64');
  return Uint8Array.from(Buffer.from(base64, 'base64'));
}

function record(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new DumpError(`${what} is not an object`);
  return { ...value };
}

function list(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new DumpError(`${what} is not a list`);
  return value;
}
