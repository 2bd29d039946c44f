// RFC 4515: filters as text. @ldapjs/filter's parser knows neither attribute options nor OIDs nor bytes
// that are not UTF-8, so this is our own; the tests compare the two on what both know.
import { filter_depth_max } from '../limits.ts';
import type { Filter } from './filter.ts';
import type { Value } from './value.ts';

/** A text that is no filter: `expected ")" at 12`. */
export class FilterStringError extends Error {
  override readonly name = 'FilterStringError';
}

/** Throws a {@link FilterStringError}. */
export function parseFilter(text: string): Filter {
  const reader = new FilterStringReader(text.startsWith('(') ? text : `(${text})`);
  return reader.whole();
}

const ITEM = /([A-Za-z0-9][A-Za-z0-9.;-]*)?((?::dn)?(?::[A-Za-z0-9][A-Za-z0-9.-]*)?:=|[~<>]?=)([^()]*)/iy;

class FilterStringReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Filter {
    const filter = this.#filter(0);
    if (this.#at < this.#text.length) throw this.#expected('the end');
    return filter;
  }

  #filter(depth: number): Filter {
    if (depth > filter_depth_max) throw this.#expected(`at most ${filter_depth_max} filters within each other`);
    this.#eat('(');
    const filter = this.#content(depth);
    this.#eat(')');
    return filter;
  }

  #content(depth: number): Filter {
    const sign = this.#text[this.#at];
    if (sign === '!') {
      this.#at += 1;
      return { is: 'not', filter: this.#filter(depth + 1) };
    }
    if (sign !== '&' && sign !== '|') return this.#item();
    this.#at += 1;
    const filters: Filter[] = [];
    while (this.#text[this.#at] === '(') filters.push(this.#filter(depth + 1));
    return { is: sign === '&' ? 'and' : 'or', filters };
  }

  #item(): Filter {
    ITEM.lastIndex = this.#at;
    const match = ITEM.exec(this.#text);
    if (match === null) throw this.#expected('an attribute and a value');
    this.#at += match[0].length;
    const [, attribute, operator = '', raw = ''] = match;
    if (operator.endsWith(':=')) return this.#extensible(attribute, operator, raw);
    if (attribute === undefined) throw this.#expected('an attribute');
    if (operator === '>=') return { is: 'greaterOrEqual', attribute, value: this.#value(raw) };
    if (operator === '<=') return { is: 'lessOrEqual', attribute, value: this.#value(raw) };
    if (operator === '~=') return { is: 'approximate', attribute, value: this.#value(raw) };
    if (raw === '*') return { is: 'present', attribute };
    if (!raw.includes('*')) return { is: 'equality', attribute, value: this.#value(raw) };
    const parts = raw.split('*').map((part) => (part === '' ? undefined : this.#value(part)));
    return {
      is: 'substrings',
      attribute,
      initial: parts[0],
      any: parts.slice(1, -1).filter((part) => part !== undefined),
      final: parts.at(-1),
    };
  }

  #extensible(attribute: string | undefined, operator: string, raw: string): Filter {
    const words = operator
      .slice(1, -2)
      .split(':')
      .filter((word) => word !== '');
    const dnAttributes = words[0]?.toLowerCase() === 'dn';
    const rule = words[dnAttributes ? 1 : 0];
    if (attribute === undefined && rule === undefined) throw this.#expected('an attribute or a matching rule');
    return { is: 'extensible', attribute, rule, dnAttributes, value: this.#value(raw) };
  }

  #value(raw: string): Value {
    if (!raw.includes('\\')) return raw;
    const bytes: number[] = [];
    const encoder = new TextEncoder();
    for (const part of raw.match(/\\[0-9A-Fa-f]{2}|\\|[^\\]+/g) ?? []) {
      if (part === '\\') throw this.#expected('two hexadecimal digits after a backslash');
      if (part[0] === '\\') bytes.push(Number.parseInt(part.slice(1), 16));
      else bytes.push(...encoder.encode(part));
    }
    const octets = Uint8Array.from(bytes);
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
    } catch {
      return octets;
    }
  }

  #eat(character: string): void {
    if (this.#text[this.#at] !== character) throw this.#expected(`"${character}"`);
    this.#at += 1;
  }

  #expected(what: string): FilterStringError {
    return new FilterStringError(`expected ${what} at ${this.#at} of ${this.#text}`);
  }
}

/** A filter as people write it: for the journal. */
export function formatFilter(filter: Filter): string {
  switch (filter.is) {
    case 'and':
    case 'or':
      return `(${filter.is === 'and' ? '&' : '|'}${filter.filters.map(formatFilter).join('')})`;
    case 'not':
      return `(!${formatFilter(filter.filter)})`;
    case 'present':
      return `(${filter.attribute}=*)`;
    case 'substrings': {
      const parts = [filter.initial, ...filter.any, filter.final];
      return `(${filter.attribute}=${parts.map((part) => (part === undefined ? '' : escapeAssertion(part))).join('*')})`;
    }
    case 'extensible': {
      const rule = filter.rule === undefined ? '' : `:${filter.rule}`;
      return `(${filter.attribute ?? ''}${filter.dnAttributes ? ':dn' : ''}${rule}:=${escapeAssertion(filter.value)})`;
    }
    default:
      return `(${filter.attribute}${OPERATORS[filter.is]}${escapeAssertion(filter.value)})`;
  }
}

const OPERATORS = { equality: '=', greaterOrEqual: '>=', lessOrEqual: '<=', approximate: '~=' } as const;

function escapeAssertion(value: Value): string {
  const hex = (byte: number): string => `\\${byte.toString(16).padStart(2, '0')}`;
  if (typeof value !== 'string') return Array.from(value, hex).join('');
  return value.replace(/[\0()*\\]/g, (character) => hex(character.charCodeAt(0)));
}
