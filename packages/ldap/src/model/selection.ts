// RFC 4511 §4.5.1.8, RFC 3673 (`+`), RFC 4529 (`@class`): which attributes a search returns.
import type { Attribute, Entry } from './entry.ts';
import { type AttributeDescription, includes } from './schema/attribute-type.ts';
import type { Schema } from './schema/schema.ts';

export interface Selection {
  readonly user: boolean;
  readonly operational: boolean;
  readonly described: readonly AttributeDescription[];
}

export const USER_ATTRIBUTES: Selection = { user: true, operational: false, described: [] };

/** Names that the schema doesn't know select nothing. */
export function parseSelection(names: readonly string[], schema: Schema): Selection {
  if (names.length === 0 || (names.length === 1 && names[0] === '*')) return USER_ATTRIBUTES;
  const described = names.flatMap((name) => (name.startsWith('@') ? ofClass(name.slice(1), schema) : [describe(name, schema)]));
  return {
    user: names.includes('*'),
    operational: names.includes('+'),
    described: described.filter((each) => each !== undefined),
  };
}

/** `description;lang-` means every language (RFC 3866 §2.2 has no such thing; slapd does). */
function describe(name: string, schema: Schema): AttributeDescription | undefined {
  return schema.lenient && (name === '*' || name === '+' || name === '1.1') ? undefined : schema.find(name);
}

function ofClass(name: string, schema: Schema): readonly (AttributeDescription | undefined)[] {
  const lineage = schema.objectClass(name)?.lineage ?? [];
  return [...lineage].flatMap(({ must, may }) => [...must, ...may]).map((each) => schema.find(each));
}

/** The chosen among an entry's attributes; `computed` is asked only if one of those could be chosen. */
export function select(entry: Entry, selection: Selection, computed: () => readonly Attribute[]): readonly Attribute[] {
  const { user, operational, described } = selection;
  if (user && !operational && described.length === 0) return entry.attributes.filter(({ description }) => !description.type.operational);
  const chosen = ({ description }: Attribute): boolean =>
    (description.type.operational ? operational : user) || described.some((each) => includes(each, description));
  const stored = entry.attributes.filter(chosen);
  const wantsComputed = operational || described.some((each) => each.type.operational);
  return wantsComputed ? [...stored, ...computed().filter(chosen)] : stored;
}
