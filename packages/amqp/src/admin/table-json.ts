import type { Field, Table } from '../model/index.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

/** A field table as the management API shows it (rabbit_mgmt_format:amqp_table/1): types are lost. */
export function tableToJson(table: Table): JsonObject {
  return Object.fromEntries([...table].map(([name, field]) => [name, fieldToJson(field)]));
}

function fieldToJson(field: Field): Json {
  switch (field.type) {
    case 'F':
      return tableToJson(field.value);
    case 'A':
      return field.value.map(fieldToJson);
    case 'D':
      return field.value.unscaled / 10 ** field.value.scale;
    case 'V':
      return null;
    case 'S':
    case 'x':
      return typeof field.value === 'string' ? field.value : Buffer.from(field.value).toString('latin1');
    default:
      return typeof field.value === 'bigint' ? Number(field.value) : field.value;
  }
}

/** What the management API makes of JSON (rabbit_misc:to_amqp_table/1): whole numbers are `long`, others `double`. */
export function jsonToTable(value: unknown): Table {
  if (!isObject(value)) return new Map();
  return new Map(Object.entries(value).map(([name, member]) => [name, jsonToField(member)]));
}

function jsonToField(value: unknown): Field {
  if (typeof value === 'string') return { type: 'S', value };
  if (typeof value === 'boolean') return { type: 't', value };
  if (typeof value === 'number') return Number.isInteger(value) ? { type: 'l', value: BigInt(value) } : { type: 'd', value };
  if (Array.isArray(value)) return { type: 'A', value: value.map(jsonToField) };
  if (isObject(value)) return { type: 'F', value: jsonToTable(value) };
  return { type: 'V', value: undefined };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
