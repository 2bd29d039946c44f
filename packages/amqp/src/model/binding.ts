import { wholeHash } from './erlang-hash.ts';
import { sortedTableTerm } from './erlang-term.ts';
import type { Exchange } from './exchange.ts';
import { FIELD_TYPE_NAMES, type Field, type Table } from './field-table.ts';
import type { Queue } from './queue.ts';

/** Messages flow from `source` to a queue or to another exchange. */
export class Binding {
  readonly source: Exchange;
  readonly destination: Queue | Exchange;
  readonly routingKey: string;
  readonly arguments: Table;
  /** Bindings that agree in all of it are the same binding. */
  readonly identity: string;

  constructor(source: Exchange, destination: Queue | Exchange, routingKey: string, args: Table) {
    this.source = source;
    this.destination = destination;
    this.routingKey = routingKey;
    this.arguments = args;
    this.identity = bindingIdentity(destination.kind, destination.name, routingKey, args);
  }

  /**
   * What the management API calls it: the routing key, or for bindings with arguments the key, `~` and
   * a digest of the arguments.
   */
  get propertiesKey(): string {
    if (this.arguments.size === 0) return this.routingKey === '' ? '~' : this.routingKey.replaceAll('~', '%7E');
    return `${this.routingKey.replaceAll('~', '%7E')}~${digest(this.arguments)}`;
  }
}

/** With lengths, because names and keys may have any character in them. */
export function bindingIdentity(kind: 'queue' | 'exchange', name: string, routingKey: string, args: Table): string {
  return `${kind === 'queue' ? 'q' : 'x'}${name.length},${routingKey.length},${name}${routingKey}${args.size === 0 ? '' : fingerprint(args)}`;
}

function fingerprint(table: Table): string {
  return listed([...table].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function listed(fields: readonly (readonly [string, Field])[]): string {
  return fields.map(([name, field]) => `${JSON.stringify(name)}:${print(field)}`).join(',');
}

function print(field: Field): string {
  switch (field.type) {
    case 'F':
      return `F{${listed([...field.value])}}`;
    case 'A':
      return `A[${field.value.map(print).join(',')}]`;
    case 'D':
      return `D${field.value.scale}e${field.value.unscaled}`;
    case 'V':
      return 'V';
    case 'S':
    case 'x':
      return `${field.type}${typeof field.value === 'string' ? JSON.stringify(field.value) : field.value.join('.')}`;
    default:
      // Both letters for a long are one type.
      return `${FIELD_TYPE_NAMES[field.type]}${field.value}`;
  }
}

/** rabbit_mgmt_format:args_hash/1. */
function digest(args: Table): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(wholeHash(sortedTableTerm(args)));
  return bytes.toString('base64url');
}
