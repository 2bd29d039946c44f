/** What becomes JSON: a view of the management API. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A JSON value as Erlang prints it. */
export function erlangTerm(value: unknown): string {
  if (typeof value === 'string') return `<<"${value}">>`;
  return Array.isArray(value) ? `[${value.map(erlangTerm).join(',')}]` : JSON.stringify(value);
}
