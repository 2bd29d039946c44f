// RFC 4511 §4.5.1.7.
import type { Value } from './value.ts';

export type Filter =
  | { readonly is: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly is: 'not'; readonly filter: Filter }
  | { readonly is: 'present'; readonly attribute: string }
  | {
      readonly is: 'equality' | 'greaterOrEqual' | 'lessOrEqual' | 'approximate';
      readonly attribute: string;
      readonly value: Value;
    }
  | SubstringsFilter
  | ExtensibleFilter;

export interface SubstringsFilter {
  readonly is: 'substrings';
  readonly attribute: string;
  readonly initial: Value | undefined;
  readonly any: readonly Value[];
  readonly final: Value | undefined;
}

export interface ExtensibleFilter {
  readonly is: 'extensible';
  readonly rule: string | undefined;
  readonly attribute: string | undefined;
  readonly value: Value;
  /** Values in the entry's distinguished name count too. */
  readonly dnAttributes: boolean;
}

/** `(objectClass=*)`: every entry. */
export const EVERYTHING: Filter = { is: 'present', attribute: 'objectClass' };
