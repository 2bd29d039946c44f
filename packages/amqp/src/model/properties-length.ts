import type { Field, Table } from './field-table.ts';
import type { BasicProperties } from './message.ts';

/** Bytes of the properties in a content header, the 16 bits of their flags included (AMQP 0-9-1 §4.2.6.1). */
export function propertiesLength(properties: BasicProperties): number {
  const { headers, deliveryMode, priority, timestamp, ...strings } = properties;
  let length = 2;
  for (const text of Object.values(strings)) if (text !== undefined) length += 1 + Buffer.byteLength(text);
  if (headers !== undefined) length += tableLength(headers);
  if (deliveryMode !== undefined) length += 1;
  if (priority !== undefined) length += 1;
  if (timestamp !== undefined) length += 8;
  return length;
}

function tableLength(table: Table): number {
  let length = 4;
  for (const [name, field] of table) length += 1 + Buffer.byteLength(name) + fieldLength(field);
  return length;
}

/** With the letter of its type. */
function fieldLength({ type, value }: Field): number {
  switch (type) {
    case 'V':
      return 1;
    case 't':
    case 'b':
    case 'B':
      return 2;
    case 's':
    case 'u':
      return 3;
    case 'I':
    case 'i':
    case 'f':
      return 5;
    case 'D':
      return 6;
    case 'd':
    case 'l':
    case 'L':
    case 'T':
      return 9;
    case 'S':
      return 5 + (typeof value === 'string' ? Buffer.byteLength(value) : value.length);
    case 'x':
      return 5 + value.length;
    case 'F':
      return 1 + tableLength(value);
    case 'A':
      return value.reduce((length, each) => length + fieldLength(each), 5);
  }
}
