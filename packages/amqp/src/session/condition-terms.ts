import {
  type ArgumentFault,
  type Condition,
  FIELD_TYPE_NAMES,
  type Field,
  type Release,
  type Resource,
  type Stated,
} from '../model/index.ts';
import { binary, string } from './erlang.ts';
import { plain, term } from './field-term.ts';

/** rabbit_misc:rs/1: `queue 'q' in vhost '/'`. */
export function name(resource: Resource): string {
  return `${resource.type} '${resource.name}' in vhost '${resource.vhost}'`;
}

/** rabbit_misc:val/1. */
export function stated(side: Stated): string {
  switch (side.is) {
    case 'none':
      return 'none';
    case 'typed':
      return `the value '${plain(side.field)}' of type '${FIELD_TYPE_NAMES[side.field.type]}'`;
    case 'value':
      return `'${plain(side.field)}'`;
    case 'property':
      return `'${atom(side.value)}'`;
  }
}

export function argumentFault(fault: ArgumentFault, release: Release): string {
  switch (fault.fault) {
    case 'value_negative':
    case 'value_zero':
    case 'max_value_exceeded':
    case 'value_too_large':
      return `{${fault.fault},${fault.value}}`;
    case 'expected_integer':
      return string(`expected integer, got ${fault.got}`);
    case 'unacceptable_type':
      return `{unacceptable_type,${fault.got}}`;
    case 'unsupported':
      return unsupported(fault.what, fault.value, release);
    case 'invalid_stream_offset_arg':
      return `{invalid_stream_offset_arg,{${FIELD_TYPE_NAMES[fault.field.type]},${printed(fault.field, release)}}}`;
    default:
      return fault.fault;
  }
}

export function expirationFault(fault: Extract<Condition, { readonly kind: 'invalid-expiration' }>['fault'], release: Release): string {
  switch (fault.fault) {
    case 'no_integer':
      return 'no_integer';
    case 'leftover_string':
      return `{leftover_string,${ofOctets(string(Buffer.from(fault.leftover).toString('latin1')), release)}}`;
    default:
      return `{${fault.fault},${fault.value}}`;
  }
}

function unsupported(what: string, value: string, release: Release): string {
  const told = release.has('unicode-texts') ? value : Buffer.from(value).toString('latin1');
  return ofOctets(string(`unsupported ${what} '${told}'`), release);
}

/** `~p` of a binary, whose octets it takes for characters of Latin-1; anything else as {@link term}. */
function printed(field: Field, release: Release): string {
  return field.type === 'S' ? ofOctets(binary(Buffer.from(field.value)), release) : term(field);
}

/** Releases whose texts are octets send those of a character that is UTF-8 as they came. */
function ofOctets(text: string, release: Release): string {
  return release.has('unicode-texts') ? text : Buffer.from(text, 'latin1').toString();
}

/** `~p` of an atom, such as the type of an exchange. */
function atom(name: string): string {
  return /^[a-z][\w@]*$/.test(name) ? name : `'${name}'`;
}
