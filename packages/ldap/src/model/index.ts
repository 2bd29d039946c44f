/** A directory, usable in process. */
export { Condition, type ConditionName, type Conditions } from './condition.ts';
export { Directory, type DirectoryOptions, DirectoryOptionsError } from './directory.ts';
export { type Attribute, type Entry, findAttribute } from './entry.ts';
export type { Scope } from './entry-store.ts';
export type { Filter } from './filter.ts';
export { FilterStringError, formatFilter, parseFilter } from './filter-string.ts';
export { ANONYMOUS, type Identity, nameOf } from './identity.ts';
export type { Change, ChangeKind, GivenAttribute } from './modification.ts';
export type { Renaming } from './rename.ts';
export { Schema } from './schema/schema.ts';
export { standardSchema } from './schema/standard.ts';
export type { Search, SearchRequest } from './search.ts';
export { USER_ATTRIBUTES } from './selection.ts';
export type { Value } from './value.ts';
