/** What becomes JSON: a view of the management API. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** With its members as Erlang sorts them, and those of what is in it. */
export function inOrder(value: JsonObject): JsonObject {
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, orderedIn(member)]));
}

export function orderedIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(orderedIn);
  return isObject(value) ? inOrder(value) : value;
}

/** With these first, as they come; the others after them. */
export function startingWith(names: readonly string[], value: JsonObject): JsonObject {
  const first = names.flatMap((name) => (Object.hasOwn(value, name) ? [[name, value[name]]] : []));
  return { ...Object.fromEntries(first), ...value };
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A JSON value as Erlang prints it. */
export function erlangTerm(value: unknown): string {
  if (typeof value === 'string') return `<<"${value}">>`;
  if (Array.isArray(value)) return `[${value.map(erlangTerm).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, member]) => `<<"${name}">> => ${erlangTerm(member)}`);
  return `#{${members.join(',')}}`;
}

/** As `~p` prints a list: in one line if that has room in 80 columns. */
export function erlangList(items: readonly string[]): string {
  const line = `[${items.join(',')}]`;
  return line.length <= 80 ? line : `[${items.join(',\n ')}]`;
}
