import { isUtf8 } from 'node:buffer';
import { FIELD_TYPE_NAMES, type Field } from '../model/index.ts';
import { binary, binaryText, float } from './erlang.ts';

/** A binary with ~ts, anything else with ~tp. */
export function plain(field: Field): string {
  if (field.type === 'S' || field.type === 'x') {
    if (typeof field.value === 'string') return field.value;
    const bytes = Buffer.from(field.value);
    return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
  }
  return term(field);
}

/** `~tp` of a table's value. */
export function term(field: Field): string {
  switch (field.type) {
    case 'S':
    case 'x':
      return typeof field.value === 'string' ? binaryText(field.value) : binary(field.value);
    case 'D':
      return `{${field.value.scale},${field.value.unscaled}}`;
    case 'F':
      return `[${Array.from(field.value, ([key, value]) => `{${binaryText(key)},${FIELD_TYPE_NAMES[value.type]},${term(value)}}`).join(',')}]`;
    case 'A':
      return `[${field.value.map((item) => `{${FIELD_TYPE_NAMES[item.type]},${term(item)}}`).join(',')}]`;
    case 'f':
    case 'd':
      return float(field.value);
    case 'V':
      return 'undefined';
    default:
      return String(field.value);
  }
}
