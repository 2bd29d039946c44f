import { ByteSink, ByteSource } from './bytes.ts';
import { type Plain, readTable, type Table, table, writeTable } from './fields.ts';
import { type Domain, methodById, methodNamed, property_domains } from './methods.ts';

export const frame_types = { method: 1, header: 2, body: 3, heartbeat: 8 } as const;
export const frame_end = 0xce;

export type Argument = string | number | bigint | boolean | Uint8Array | { readonly [key: string]: Plain };
export type Arguments = Readonly<Record<string, Argument>>;

/** A decoded argument or property. */
export type Value = string | number | bigint | boolean | Uint8Array | Table;
export type Values = readonly (readonly [string, Value])[];

export function frame(type: number, channel: number, payload: Uint8Array, end: number = frame_end): Buffer {
  const sink = new ByteSink();
  sink.uint(type, 1);
  sink.uint(channel, 2);
  sink.longString(payload);
  sink.uint(end, 1);
  return sink.bytes();
}

function writeArgument(sink: ByteSink, domain: Domain, value: Argument | undefined): void {
  if (domain === 'shortstr' || domain === 'longstr') {
    const bytes = typeof value === 'string' || value instanceof Uint8Array ? value : '';
    if (domain === 'shortstr') sink.shortString(bytes);
    else sink.longString(bytes);
  } else if (domain === 'table') {
    writeTable(sink, typeof value === 'object' && !(value instanceof Uint8Array) ? table(value) : []);
  } else if (domain === 'longlong') {
    sink.ulong(typeof value === 'bigint' ? value : BigInt(typeof value === 'number' ? value : 0));
  } else {
    const number = typeof value === 'number' ? value : 0;
    sink.uint(number, domain === 'octet' ? 1 : domain === 'short' ? 2 : 4);
  }
}

/** The payload of a method frame. Arguments not given are empty, zero, false. */
export function methodPayload(name: string, args: Arguments = {}): Buffer {
  const method = methodNamed(name);
  for (const key of Object.keys(args)) {
    if (!method.args.some(([label]) => label === key)) throw new Error(`${name} has no ${key}`);
  }
  const sink = new ByteSink();
  sink.uint(method.classId, 2);
  sink.uint(method.methodId, 2);
  let bits: number[] = [];
  const flush = (): void => {
    if (bits.length > 0)
      sink.uint(
        bits.reduce((octet, bit, index) => octet | (bit << index), 0),
        1,
      );
    bits = [];
  };
  for (const [label, domain] of method.args) {
    if (domain === 'bit') {
      bits.push(args[label] === true ? 1 : 0);
    } else {
      flush();
      writeArgument(sink, domain, args[label]);
    }
  }
  flush();
  return sink.bytes();
}

export function headerPayload(properties: Arguments, bodySize: number | bigint, classId = 60): Buffer {
  const sink = new ByteSink();
  sink.uint(classId, 2);
  sink.uint(0, 2);
  sink.ulong(BigInt(bodySize));
  const present = property_domains.map(([name]) => properties[name] !== undefined);
  sink.uint(
    present.reduce((flags, isPresent, index) => (isPresent ? flags | (1 << (15 - index)) : flags), 0),
    2,
  );
  property_domains.forEach(([name, domain], index) => {
    if (present[index]) writeArgument(sink, domain === 'timestamp' ? 'longlong' : domain, properties[name]);
  });
  return sink.bytes();
}

function readValue(source: ByteSource, domain: Domain | 'timestamp'): Value {
  switch (domain) {
    case 'shortstr':
      return source.shortString();
    case 'longstr':
      return source.take(source.uint(4));
    case 'table':
      return readTable(source);
    case 'longlong':
    case 'timestamp':
      return source.ulong();
    case 'octet':
      return source.uint(1);
    case 'short':
      return source.uint(2);
    case 'long':
      return source.uint(4);
    case 'bit':
      throw new Error('a bit is read with its octet');
  }
}

export interface ReceivedMethod {
  readonly name: string;
  readonly args: Values;
}

export function readMethod(payload: Uint8Array): ReceivedMethod {
  const source = new ByteSource(payload);
  const classId = source.uint(2);
  const methodId = source.uint(2);
  const method = methodById(classId, methodId);
  if (method === undefined) throw new Error(`method ${classId}.${methodId}`);
  const args: (readonly [string, Value])[] = [];
  let octet = 0;
  let bit = 8;
  for (const [label, domain] of method.args) {
    if (domain !== 'bit') {
      bit = 8;
      args.push([label, readValue(source, domain)]);
      continue;
    }
    if (bit === 8) {
      octet = source.uint(1);
      bit = 0;
    }
    args.push([label, ((octet >> bit++) & 1) === 1]);
  }
  if (!source.atEnd) throw new Error(`${method.name} is longer than its arguments`);
  return { name: method.name, args };
}

export function readHeader(payload: Uint8Array): { readonly bodySize: number; readonly properties: Values } {
  const source = new ByteSource(payload);
  if (source.uint(2) !== 60) throw new Error('content of another class than basic');
  if (source.uint(2) !== 0) throw new Error('the weight is not 0');
  const bodySize = Number(source.ulong());
  const flags = source.uint(2);
  const properties: (readonly [string, Value])[] = [];
  property_domains.forEach(([name, domain], index) => {
    if (((flags >> (15 - index)) & 1) === 1) properties.push([name, readValue(source, domain)]);
  });
  if (!source.atEnd) throw new Error('the header is longer than its properties');
  return { bodySize, properties };
}

export function argument(values: Values, name: string): Value | undefined {
  return values.find(([label]) => label === name)?.[1];
}

export type { Plain, Table };
