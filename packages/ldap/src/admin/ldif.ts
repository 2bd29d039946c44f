// RFC 2849: LDIF, content and change records. Reading only knows the format; applying it is seed.ts.
import { ldif_line_max_bytes } from '../limits.ts';
import type { Change, ChangeKind, GivenAttribute } from '../model/modification.ts';
import type { Value } from '../model/value.ts';

/** Where in the text, and what should have been there. */
export class LdifError extends Error {
  override readonly name = 'LdifError';
  readonly line: number;

  constructor(line: number, expected: string) {
    super(expected);
    this.line = line;
  }
}

interface Placed {
  /** Of the record's `dn:`, counting from 1. */
  readonly line: number;
  readonly dn: string;
}

export type LdifRecord =
  | (Placed & { readonly is: 'add'; readonly attributes: readonly GivenAttribute[] })
  | (Placed & { readonly is: 'delete' })
  | (Placed & { readonly is: 'modify'; readonly changes: readonly Change[] })
  | (Placed & {
      readonly is: 'modrdn';
      readonly newRdn: string;
      readonly deleteOldRdn: boolean;
      readonly newSuperior: string | undefined;
    });

/** An unfolded line. */
interface Line {
  readonly number: number;
  readonly text: string;
}

interface Item {
  readonly line: number;
  readonly name: string;
  readonly value: Value;
}

/** Every record in `text`. Throws an {@link LdifError} at the first that is wrong. */
export function parseLdif(text: string): readonly LdifRecord[] {
  const records = blocks(text);
  const first = records[0]?.[0];
  // RFC 2849 has the version before the first record, with or without an empty line between.
  if (first !== undefined && /^version:/i.test(first.text)) {
    if (!/^version:\s*1\s*$/i.test(first.text)) throw new LdifError(first.number, `expected "version: 1", found "${first.text}"`);
    records[0]?.shift();
  }
  return records.filter((lines) => lines.length > 0).map((lines) => record(lines.map(item)));
}

/** Lines of each record, unfolded, without comments. */
function blocks(text: string): Line[][] {
  const records: Line[][] = [[]];
  let folded: { number: number; text: string } | undefined;
  const finish = (): void => {
    if (folded === undefined) return;
    if (folded.text.length > ldif_line_max_bytes)
      throw new LdifError(folded.number, `expected at most ${ldif_line_max_bytes} bytes in a line`);
    if (!folded.text.startsWith('#')) records.at(-1)?.push(folded);
    folded = undefined;
  };
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (line.startsWith(' ')) {
      if (folded === undefined)
        throw new LdifError(index + 1, 'expected a line that does not start with a space: there is nothing to continue');
      folded.text += line.slice(1);
      continue;
    }
    finish();
    if (line === '') records.push([]);
    else folded = { number: index + 1, text: line };
  }
  finish();
  return records.filter((lines) => lines.length > 0);
}

const LINE = /^([A-Za-z0-9][A-Za-z0-9.;-]*)(::|:<|:) *(.*)$/s;

function item({ number, text }: Line): Item {
  if (text === '-') return { line: number, name: '-', value: '' };
  const match = LINE.exec(text);
  if (match === null) throw new LdifError(number, `expected "attribute: value", found "${shorten(text)}"`);
  const [, name = '', kind, rest = ''] = match;
  if (kind === ':') return { line: number, name, value: rest };
  if (kind === ':<') {
    // A seed says all there is: a file elsewhere would make it depend on the machine.
    throw new LdifError(
      number,
      `expected the value itself, found a URL: "${shorten(rest)}" (wirelike does not read files that LDIF refers to)`,
    );
  }
  if (!/^[A-Za-z0-9+/ ]*={0,2} *$/.test(rest)) throw new LdifError(number, `expected base64 after "${name}::", found "${shorten(rest)}"`);
  return { line: number, name, value: textIfPossible(Buffer.from(rest, 'base64')) };
}

function textIfPossible(bytes: Buffer): Value {
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : Uint8Array.from(bytes);
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function record(items: readonly Item[]): LdifRecord {
  const [first, ...rest] = items;
  if (first === undefined) throw new LdifError(0, 'expected "dn: …"');
  if (first.name.toLowerCase() !== 'dn' || typeof first.value !== 'string')
    throw new LdifError(first.line, `expected "dn: …", found "${first.name}"`);
  const placed: Placed = { line: first.line, dn: first.value };
  const [second] = rest;
  if (second?.name.toLowerCase() === 'control')
    throw new LdifError(second.line, 'expected no controls: wirelike does not apply them from LDIF');
  if (second?.name.toLowerCase() !== 'changetype') return { ...placed, is: 'add', attributes: attributes(rest, first.line) };
  return changeRecord(placed, second, rest.slice(1));
}

function changeRecord(placed: Placed, kind: Item, items: readonly Item[]): LdifRecord {
  switch (String(kind.value).trim().toLowerCase()) {
    case 'add':
      return { ...placed, is: 'add', attributes: attributes(items, placed.line) };
    case 'delete': {
      const [extra] = items;
      if (extra !== undefined) throw new LdifError(extra.line, `expected nothing after "changetype: delete", found "${extra.name}"`);
      return { ...placed, is: 'delete' };
    }
    case 'modify':
      return { ...placed, is: 'modify', changes: changes(items) };
    case 'modrdn':
    case 'moddn':
      return modRdn(placed, items);
    default:
      throw new LdifError(kind.line, `expected "changetype: add", "delete", "modify" or "modrdn", found "${shorten(String(kind.value))}"`);
  }
}

/** Values of one attribute may be apart: they belong together (RFC 2849, note 6). */
function attributes(items: readonly Item[], line: number): readonly GivenAttribute[] {
  const byName = new Map<string, { name: string; values: Value[] }>();
  for (const { line: at, name, value } of items) {
    if (name === '-') throw new LdifError(at, 'expected "attribute: value", found "-" outside of "changetype: modify"');
    const key = name.toLowerCase();
    const existing = byName.get(key);
    if (existing === undefined) byName.set(key, { name, values: [value] });
    else existing.values.push(value);
  }
  if (byName.size === 0) throw new LdifError(line, 'expected attributes after "dn: …", found none');
  return [...byName.values()];
}

const KINDS: ReadonlySet<string> = new Set<ChangeKind>(['add', 'delete', 'replace', 'increment']);

function isKind(text: string): text is ChangeKind {
  return KINDS.has(text);
}

function changes(items: readonly Item[]): readonly Change[] {
  const result: Change[] = [];
  let current: { kind: ChangeKind; attribute: string; values: Value[] } | undefined;
  for (const { line, name, value } of items) {
    if (name === '-') {
      if (current === undefined) throw new LdifError(line, 'expected "add:", "delete:", "replace:" or "increment:", found "-"');
      result.push(current);
      current = undefined;
    } else if (current === undefined) {
      const kind = name.toLowerCase();
      if (!isKind(kind) || typeof value !== 'string')
        throw new LdifError(line, `expected "add:", "delete:", "replace:" or "increment:", found "${name}:"`);
      current = { kind, attribute: value.trim(), values: [] };
    } else {
      if (name.toLowerCase() !== current.attribute.toLowerCase())
        throw new LdifError(line, `expected "${current.attribute}:" or "-", found "${name}:"`);
      current.values.push(value);
    }
  }
  if (current !== undefined) result.push(current);
  return result;
}

function modRdn(placed: Placed, items: readonly Item[]): LdifRecord {
  const [newRdn, deleteOldRdn, newSuperior] = items;
  if (newRdn?.name.toLowerCase() !== 'newrdn')
    throw new LdifError(newRdn?.line ?? placed.line, 'expected "newrdn: …" after "changetype: modrdn"');
  if (deleteOldRdn?.name.toLowerCase() !== 'deleteoldrdn' || !/^[01]$/.test(String(deleteOldRdn.value).trim())) {
    throw new LdifError(deleteOldRdn?.line ?? newRdn.line, 'expected "deleteoldrdn: 0" or "deleteoldrdn: 1"');
  }
  if (newSuperior !== undefined && newSuperior.name.toLowerCase() !== 'newsuperior') {
    throw new LdifError(newSuperior.line, `expected "newsuperior: …", found "${newSuperior.name}"`);
  }
  return {
    ...placed,
    is: 'modrdn',
    newRdn: String(newRdn.value),
    deleteOldRdn: String(deleteOldRdn.value).trim() === '1',
    newSuperior: newSuperior === undefined ? undefined : String(newSuperior.value),
  };
}
