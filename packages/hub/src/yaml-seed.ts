import { type Emulator, SeedError, type SeedSection } from '@wirelike/kernel';
import { isMap, isNode, isScalar, LineCounter, type Node, parseDocument, type YAMLError, type YAMLMap } from 'yaml';
import { unknownWord } from './nearest.ts';

/**
 * The sections of a YAML seed, by emulator. Sections of emulators that exist but are not in this world are
 * left out: one seed serves worlds of different make-up.
 */
export function yamlSections(
  path: string,
  text: string,
  emulators: readonly Emulator[],
  known: readonly string[],
): ReadonlyMap<string, SeedSection> {
  const lines = new LineCounter();
  const document = refusing(path, 1, () => parseDocument(text, { lineCounter: lines, prettyErrors: false }));
  const [wrong] = document.errors;
  if (wrong !== undefined) throw new SeedError(path, lines.linePos(wrong.pos[0]).line, `expected YAML: ${sentence(wrong)}`);
  const sections = new Map<string, SeedSection>();
  const root = document.contents;
  if (root === null) return sections;
  if (!isMap(root)) throw new SeedError(path, lineOf(root, lines), `expected one section per emulator (${known.join(', ')})`);
  for (const { key, value } of root.items) {
    const name = isScalar(key) ? String(key.value) : String(key);
    const line = isNode(key) ? lineOf(key, lines) : 1;
    if (!known.includes(name)) throw new SeedError(path, line, unknownWord('emulator', name, known));
    const emulator = emulators.find((candidate) => candidate.name === name);
    if (emulator === undefined) continue;
    if (!emulator.seedable) throw new SeedError(path, line, `${name} takes no seed`);
    sections.set(name, {
      kind: 'section',
      path,
      value: isNode(value) ? refusing(path, line, () => value.toJS(document)) : value,
      line: (keys) => lineBelow(root, [name, ...keys], lines),
    });
  }
  return sections;
}

/** The library throws on what parses but is none: an alias of nothing, a bomb of aliases, nesting beyond its stack. */
function refusing<T>(path: string, line: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    // The stack may be exhausted anywhere, even in a regular expression.
    const text = error instanceof ReferenceError ? error.message : 'it is nested too deeply';
    throw new SeedError(path, line, `expected YAML: ${text}`);
  }
}

function sentence({ code, message }: YAMLError): string {
  return code === 'MULTIPLE_DOCS' ? 'one document only, there is a second one here' : message;
}

/** The line of the deepest node on the way to `keys`, so that a missing key points at what it is missing from. */
function lineBelow(root: YAMLMap, keys: readonly (string | number)[], lines: LineCounter): number {
  for (let length = keys.length; length > 0; length--) {
    const node = root.getIn(keys.slice(0, length), true);
    if (isNode(node)) return keyLine(root, keys.slice(0, length), lines) ?? lineOf(node, lines);
  }
  return lineOf(root, lines);
}

/** A block's first line is the one after its key; people look for the key. */
function keyLine(root: YAMLMap, keys: readonly (string | number)[], lines: LineCounter): number | undefined {
  const parent = keys.length === 1 ? root : root.getIn(keys.slice(0, -1), true);
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(keys.at(-1)));
  return pair !== undefined && isNode(pair.key) ? lineOf(pair.key, lines) : undefined;
}

function lineOf(node: Node, lines: LineCounter): number {
  return lines.linePos(node.range?.[0] ?? 0).line;
}
