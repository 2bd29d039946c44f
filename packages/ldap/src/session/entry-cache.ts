import type { Attribute, Entry } from '../model/entry.ts';
import type { Search } from '../model/search.ts';
import { USER_ATTRIBUTES } from '../model/selection.ts';
import { encodeEntry } from '../wire/response.ts';

function encode(entry: Entry, attributes: readonly Attribute[], typesOnly: boolean): Buffer {
  const given = attributes.map(({ description, values }) => ({ name: description.name, values }));
  return encodeEntry(entry.dn, given, typesOnly);
}

/** What most searches ask for, encoded once for each entry. Entries are immutable, so it never goes stale. */
const whole = new WeakMap<Entry, Buffer>();

/** The content of a SearchResultEntry, without the message around it. */
export function encodedEntry(search: Search, entry: Entry, typesOnly: boolean): Buffer {
  if (typesOnly || search.selection !== USER_ATTRIBUTES || !search.mayReadAll(entry)) {
    return encode(entry, search.attributesOf(entry), typesOnly);
  }
  let content = whole.get(entry);
  if (content === undefined) {
    content = encode(entry, search.attributesOf(entry), false);
    whole.set(entry, content);
  }
  return content;
}
