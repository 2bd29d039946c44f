import { isUtf8 } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { ControlError, type Emulator, SeedError, type SeedSource } from '@wirelike/kernel';
import { seed_file_max_bytes } from './limits.ts';

/** A seed whose text is already here: it came over the control interface. */
export interface SeedText {
  /** Its name, for messages; the ending says what it is. */
  readonly path: string;
  readonly text: string;
}

export type Seeds = Readonly<Record<string, readonly SeedSource[]>>;

const YAML = ['.yaml', '.yml'];

/**
 * Reads seed files and gives each to its emulator: by its ending (`.ldif`, `.xml`), or section by section (`.yaml`).
 * Throws a `SeedError` (file, line, what was expected) or, if a file can't be read or is nobody's, a `ControlError`.
 */
export async function loadSeeds(
  seeds: readonly (string | SeedText)[],
  emulators: readonly Emulator[],
  known: readonly string[],
): Promise<Seeds> {
  const found: Record<string, SeedSource[]> = {};
  const give = (owner: string, source: SeedSource): void => {
    found[owner] = [...(found[owner] ?? []), source];
  };
  for (const seed of seeds) {
    const { path, text } = typeof seed === 'string' ? { path: seed, text: await read(seed) } : seed;
    const extension = extname(path).toLowerCase();
    if (YAML.includes(extension)) {
      // The YAML parser takes longer to load than most worlds take to start.
      const { yamlSections } = await import('./yaml-seed.ts');
      for (const [name, section] of yamlSections(path, text, emulators, known)) give(name, section);
      continue;
    }
    const owner = emulators.find((emulator) => emulator.seed_extensions?.includes(extension));
    if (owner === undefined) throw new ControlError(nobodys(path, extension, emulators));
    give(owner.name, { kind: 'file', path, text });
  }
  return found;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'no permission',
  EISDIR: 'it is a folder; give each file its own --seed',
};

async function read(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > seed_file_max_bytes) throw new Error(`it is larger than ${seed_file_max_bytes} bytes`);
    return textOf(path, await readFile(path));
  } catch (error) {
    if (error instanceof SeedError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const reason = REASONS[code] ?? (error instanceof Error ? error.message : String(error));
    throw new ControlError(`can't read the seed ${path}: ${reason}`);
  }
}

/** Without the byte order mark that some editors put first. Other encodings are refused: their letters would be lost. */
function textOf(path: string, bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8', bytes.subarray(0, MARK.length).equals(MARK) ? MARK.length : 0);
  if (UTF16_MARKS.some((mark) => bytes.subarray(0, 2).equals(mark))) throw new SeedError(path, 1, 'expected UTF-8, found UTF-16');
  let start = 0;
  let line = 1;
  for (let end = bytes.indexOf(NEWLINE); end >= 0 && isUtf8(bytes.subarray(start, end)); end = bytes.indexOf(NEWLINE, start)) {
    start = end + 1;
    line += 1;
  }
  throw new SeedError(path, line, 'expected UTF-8, found bytes that are not (of a text in Latin-1, perhaps: iconv -f latin1 -t utf8)');
}

const MARK: Buffer = Buffer.of(0xef, 0xbb, 0xbf);
const UTF16_MARKS: readonly Buffer[] = [Buffer.of(0xff, 0xfe), Buffer.of(0xfe, 0xff)];
const NEWLINE = 0x0a;

function nobodys(path: string, extension: string, emulators: readonly Emulator[]): string {
  const kinds = emulators.flatMap((emulator) => (emulator.seed_extensions ?? []).map((kind) => `${kind} (${emulator.name})`));
  const found = extension === '' ? 'a name without an ending' : extension;
  return `${path}: expected a seed that ends in ${[...kinds, YAML.join(' or ')].join(', ')}, found ${found}`;
}
