// RFC 4511 §4.5.
import { mayRead, mayReadAnywhere } from './access.ts';
import { type Condition, condition } from './condition.ts';
import { contains, type DirectoryState, findEntry, missing } from './directory-state.ts';
import { parseDn } from './dn.ts';
import type { Attribute, Entry } from './entry.ts';
import type { Scope } from './entry-store.ts';
import type { Filter } from './filter.ts';
import { compileFilter, type FilterContext, type Test } from './filter-evaluation.ts';
import type { Identity } from './identity.ts';
import { computedAttributes } from './operational-attributes.ts';
import { parseSelection, type Selection, select } from './selection.ts';

export interface SearchRequest {
  readonly base: string;
  readonly scope: Scope;
  readonly filter: Filter;
  /** As the client names them: `*`, `+`, `1.1`, `@person`, `cn;lang-de`. Empty: all user attributes. */
  readonly attributes: readonly string[];
}

/** A search under way: a picture of the entries at its start. Who runs it decides how fast. */
export interface Search {
  /** In the order of their ids. Those that match are among them. */
  readonly candidates: readonly Entry[];
  readonly matches: Test;
  /** Which attributes were asked for; the same object for all searches that ask for just the user attributes. */
  readonly selection: Selection;
  /** Whether every attribute that is not operational may be read: then all who may get the same. */
  mayReadAll(entry: Entry): boolean;
  attributesOf(entry: Entry): readonly Attribute[];
}

/** Entries that are made up on demand, by key: the root DSE, the subschema subentry. */
export type SpecialEntries = (key: string) => Entry | undefined;

export function startSearch(
  state: DirectoryState,
  identity: Identity,
  request: SearchRequest,
  special: SpecialEntries,
): Search | Condition<'invalidName' | 'noSuchObject'> {
  const { schema, store } = state;
  const dn = parseDn(request.base, schema);
  if (dn === undefined) return condition('invalidName', { what: 'DN' });
  const made = request.scope === 'base' ? special(dn.key) : undefined;
  const entry = made ?? (contains(state, dn.key) ? findEntry(state, dn.key) : missing(state, ''));
  if ('details' in entry) return entry;
  const hasSubordinates = (each: Entry): boolean => store.hasChildren(each.key);
  const context: FilterContext = {
    schema,
    hasSubordinates,
    guard: ({ type }) => (mayReadAnywhere(identity, type) ? undefined : (each) => mayRead(identity, each.key, type)),
  };
  const selection = parseSelection(request.attributes, schema);
  return {
    candidates: made === undefined ? store.candidates(entry, request.scope, request.filter) : [made],
    matches: compileFilter(request.filter, context),
    selection,
    mayReadAll: (each) =>
      identity.is === 'administrator' || each.attributes.every(({ description }) => mayRead(identity, each.key, description.type)),
    attributesOf: (each) => {
      const chosen = select(each, selection, () =>
        computedAttributes(each, made === undefined ? hasSubordinates(each) : undefined, schema),
      );
      return identity.is === 'administrator' ? chosen : chosen.filter(({ description }) => mayRead(identity, each.key, description.type));
    },
  };
}
