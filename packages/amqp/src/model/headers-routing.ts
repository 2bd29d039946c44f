import type { Binding } from './binding.ts';
import type { Condition } from './condition.ts';
import { equalTerm, sameTerm, timestamp, valueTerm } from './erlang-term.ts';
import { type Field, stringOf, type Table } from './field-table.ts';
import { type MessageHeader, routingHeaders } from './message.ts';
import type { Persona } from './persona.ts';
import type { Routing } from './routing.ts';

/** Bindings match by their arguments (AMQP 0-9-1 §3.1.3.4, RabbitMQ's rabbit_exchange_type_headers). */
export class HeadersRouting implements Routing {
  readonly byKey = false;
  readonly firstKeyOnly = true;
  readonly #bindings = new Set<Binding>();
  readonly #equal: Equality;

  constructor(persona: Persona) {
    this.#equal = persona === '3.10' ? alike : identical;
  }

  add(binding: Binding): void {
    this.#bindings.add(binding);
  }

  remove(binding: Binding): void {
    this.#bindings.delete(binding);
  }

  route(_routingKey: string, header: MessageHeader, visit: (binding: Binding) => void): void {
    const headers = routingHeaders(header);
    for (const binding of this.#bindings) if (matches(binding.arguments, headers, this.#equal)) visit(binding);
  }
}

/** `all` unless the binding says otherwise; `x-` arguments count only in the `-with-x` modes. */
export function matches(args: Table, headers: Table, equal: Equality): boolean {
  const mode = stringOf(args.get('x-match')) ?? 'all';
  const any = mode === 'any' || mode === 'any-with-x';
  const withX = mode === 'any-with-x' || mode === 'all-with-x';
  for (const [name, wanted] of args) {
    if (name === 'x-match' || (!withX && name.startsWith('x-'))) continue;
    if (satisfied(wanted, headers.get(name), equal) === any) return any;
  }
  return !any;
}

/** An argument of a binding, and a header of a message. */
export type Equality = (wanted: Field, found: Field) => boolean;

/** A void argument asks only that the header is there. Types do not matter, but for those inside tables and arrays. */
function satisfied(wanted: Field, found: Field | undefined, equal: Equality): boolean {
  return found !== undefined && (wanted.type === 'V' || equal(wanted, found));
}

/** Up to 3.12. Tables have an order. */
function alike(wanted: Field, found: Field): boolean {
  return areTexts(wanted, found) ? wanted.value === found.value : equalTerm(valueTerm(wanted), valueTerm(found));
}

/** Since 3.13, where 1 is not 1.0. A message's timestamps are then in milliseconds, but not those of bindings (mc_amqpl:routing_headers/2). */
function identical(wanted: Field, found: Field): boolean {
  if (areTexts(wanted, found)) return wanted.value === found.value;
  return sameTerm(valueTerm(wanted), found.type === 'T' ? timestamp(found.value) : valueTerm(found));
}

function areTexts(wanted: Field, found: Field): boolean {
  return wanted.type === 'S' && found.type === 'S' && typeof wanted.value === 'string' && typeof found.value === 'string';
}

const MODES: ReadonlySet<string> = new Set(['all', 'any', 'all-with-x', 'any-with-x']);

/** What is wrong with the `x-match` argument of a binding. */
export function checkMatchArgument(args: Table): Condition | undefined {
  const field = args.get('x-match');
  if (field === undefined) return undefined;
  const mode = stringOf(field);
  if (mode === undefined) return { kind: 'invalid-x-match-type', field };
  return MODES.has(mode) ? undefined : { kind: 'invalid-x-match-value', value: mode };
}
