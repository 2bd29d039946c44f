/**
 * Field tables as AMQP 0-9-1 clients send them: the types are kept, because RabbitMQ's equivalence
 * checks and its error texts name them ("received the value '5' of type 'signedint'").
 *
 * The letters are RabbitMQ's (https://www.rabbitmq.com/amqp-0-9-1-errata, section 3).
 */
export type Field =
  | { readonly type: 't'; readonly value: boolean }
  /** b signed 8 bit, B unsigned 8, s signed 16, u unsigned 16, I signed 32, i unsigned 32, f float, d double. */
  | { readonly type: 'b' | 'B' | 's' | 'u' | 'I' | 'i' | 'f' | 'd'; readonly value: number }
  /** Both are signed 64 bit. */
  | { readonly type: 'l' | 'L'; readonly value: bigint }
  | { readonly type: 'D'; readonly value: Decimal }
  /** A string when its bytes are valid UTF-8. */
  | { readonly type: 'S'; readonly value: string | Uint8Array }
  | { readonly type: 'x'; readonly value: Uint8Array }
  /** Seconds since 1970. */
  | { readonly type: 'T'; readonly value: bigint }
  | { readonly type: 'F'; readonly value: Table }
  | { readonly type: 'A'; readonly value: readonly Field[] }
  | { readonly type: 'V'; readonly value: undefined };

export interface Decimal {
  readonly scale: number;
  readonly unscaled: number;
}

export type Table = ReadonlyMap<string, Field>;

export type FieldType = Field['type'];

export const EMPTY_TABLE: Table = new Map();

/** What RabbitMQ's texts call the types (rabbit_binary_parser). */
export const FIELD_TYPE_NAMES: Readonly<Record<FieldType, string>> = {
  t: 'bool',
  b: 'byte',
  B: 'unsignedbyte',
  s: 'short',
  u: 'unsignedshort',
  I: 'signedint',
  i: 'unsignedint',
  f: 'float',
  d: 'double',
  l: 'long',
  L: 'long',
  D: 'decimal',
  S: 'longstr',
  x: 'binary',
  T: 'timestamp',
  F: 'table',
  A: 'array',
  V: 'void',
};

export function text(value: string): Field {
  return { type: 'S', value };
}

export function long(value: number | bigint): Field {
  return { type: 'l', value: BigInt(value) };
}

/** Sorted, as RabbitMQ leaves tables in which it put something itself (rabbit_misc:set_table_value/4). */
export function byName(table: Table): Table {
  return new Map([...table].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The string of a `longstr` field. */
export function stringOf(field: Field | undefined): string | undefined {
  return field?.type === 'S' && typeof field.value === 'string' ? field.value : undefined;
}

/** The number of a field of one of RabbitMQ's integer types (rabbit_amqqueue, INTEGER_ARG_TYPES). */
export function integerOf(field: Field | undefined): number | undefined {
  switch (field?.type) {
    case 'b':
    case 'B':
    case 's':
    case 'u':
    case 'I':
    case 'i':
      return field.value;
    case 'l':
    case 'L':
      return Number(field.value);
    default:
      return undefined;
  }
}

export function booleanOf(field: Field | undefined): boolean | undefined {
  return field?.type === 't' ? field.value : undefined;
}

/** Same type and same value, tables and arrays compared deeply. */
function sameField(one: Field | undefined, other: Field | undefined): boolean {
  if (one === other) return true;
  if (one === undefined || other === undefined) return false;
  return FIELD_TYPE_NAMES[one.type] === FIELD_TYPE_NAMES[other.type] && sameValue(one, other);
}

/** Same value, whatever the integer type it was sent in. */
function sameValue(one: Field, other: Field): boolean {
  switch (one.type) {
    case 'D':
      return other.type === 'D' && one.value.scale === other.value.scale && one.value.unscaled === other.value.unscaled;
    case 'S':
    case 'x':
      return (other.type === 'S' || other.type === 'x') && sameBytes(one.value, other.value);
    case 'F':
      return other.type === 'F' && sameTable(one.value, other.value);
    case 'A':
      return other.type === 'A' && sameArray(one.value, other.value);
    case 'l':
    case 'L':
    case 'T':
      return typeof other.value === 'number' ? Number(one.value) === other.value : one.value === other.value;
    default:
      return typeof other.value === 'bigint' ? one.value === Number(other.value) : one.value === other.value;
  }
}

export function sameTable(one: Table, other: Table): boolean {
  if (one === other) return true;
  if (one.size !== other.size) return false;
  for (const [name, field] of one) if (!sameField(field, other.get(name))) return false;
  return true;
}

function sameArray(one: readonly Field[], other: readonly Field[]): boolean {
  return one.length === other.length && one.every((field, index) => sameField(field, other[index]));
}

function sameBytes(one: string | Uint8Array, other: string | Uint8Array): boolean {
  if (typeof one === 'string' && typeof other === 'string') return one === other;
  return Buffer.from(one).equals(Buffer.from(other));
}
