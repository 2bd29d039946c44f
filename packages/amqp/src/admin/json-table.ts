import { byName, type Field, type Table } from '../model/index.ts';

/** JSON as RabbitMQ's HTTP API and definitions read it into a table (rabbit_misc:to_amqp_table/1). */
export function tableFromJson(values: Readonly<Record<string, unknown>>): Table {
  return new Map(Object.entries(values).map(([name, value]) => [name, fieldFromJson(value)]));
}

function fieldFromJson(value: unknown): Field {
  if (typeof value === 'string') return { type: 'S', value };
  if (typeof value === 'boolean') return { type: 't', value };
  if (typeof value === 'number') return Number.isSafeInteger(value) ? { type: 'l', value: BigInt(value) } : { type: 'd', value };
  if (Array.isArray(value)) return { type: 'A', value: value.map(fieldFromJson) };
  if (typeof value === 'object' && value !== null) return { type: 'F', value: tableFromJson({ ...value }) };
  return { type: 'V', value: undefined };
}

/** And the other way round (rabbit_misc:amqp_table/1): types other than JSON's are lost, and names are in order, as in an Erlang map. */
export function tableToJson(table: Table): Record<string, unknown> {
  return tableAsSent(byName(table));
}

/** As {@link tableToJson}, but with the names as the client had them, which is how rabbitmqctl lists them. */
export function tableAsSent(table: Table): Record<string, unknown> {
  return Object.fromEntries(Array.from(table, ([name, field]) => [name, fieldToJson(field)]));
}

function fieldToJson(field: Field): unknown {
  switch (field.type) {
    case 'l':
    case 'L':
    case 'T':
      return Number(field.value);
    case 'D':
      return field.value.unscaled / 10 ** field.value.scale;
    case 'S':
    case 'x':
      return typeof field.value === 'string' ? field.value : Buffer.from(field.value).toString();
    case 'F':
      return tableToJson(field.value);
    case 'A':
      return field.value.map(fieldToJson);
    case 'V':
      return null;
    default:
      return field.value;
  }
}
