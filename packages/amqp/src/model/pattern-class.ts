import type { PatternMistake, Step } from './pattern-mistake.ts';

export interface Posix {
  readonly kind: string;
  readonly name: string;
  readonly end: number;
}

/** `[:name:]`, `[.name.]` or `[=name=]`. */
export function posixAt(source: string, at: number): Posix | undefined {
  const found = /^\[([:.=])([^\]\\[]*?)\1\]/.exec(source.slice(at));
  return found === null ? undefined : { kind: found[1] ?? '', name: found[2] ?? '', end: at + found[0].length };
}

/** A character by its number, or a set of them. */
interface Item {
  readonly code: number | undefined;
  readonly end: number;
}

/** Looks for mistakes between `[` and `]`; see {@link mistakeIn}. */
export class CharacterClass {
  readonly #source: string;
  readonly #start: number;
  readonly #newer: boolean;

  constructor(source: string, start: number, newer: boolean) {
    this.#source = source;
    this.#start = start;
    this.#newer = newer;
  }

  /** Where it ends. */
  read(): number | Exclude<Step, undefined> {
    const source = this.#source;
    const first = this.#start + (source[this.#start + 1] === '^' ? 2 : 1);
    let at = first;
    while (at < source.length) {
      if (source[at] === ']' && at > first) return at + 1;
      const item = this.#item(at);
      if (item === 'beyond') return item;
      if ('mistake' in item) return item.mistake;
      at = item.end;
      if (source[at] !== '-' || source[at + 1] === undefined || source[at + 1] === ']') continue;
      const range = this.#range(item, at);
      if (typeof range !== 'number') return range;
      at = range;
    }
    return { text: 'missing terminating ] for character class', at: source.length };
  }

  /** Behind the hyphen at `at`, or what is wrong with the range. */
  #range({ code }: Item, at: number): number | Exclude<Step, undefined> {
    if (code === undefined) return this.#newer ? { text: INVALID_RANGE, at: at + 1 } : at + 1;
    const posix = posixAt(this.#source, at + 1);
    if (posix !== undefined) return { text: INVALID_RANGE, at: this.#newer ? posix.end : at + 1 };
    const last = this.#item(at + 1);
    if (last === 'beyond') return last;
    if ('mistake' in last) return last.mistake;
    if (last.code === undefined) return this.#mistake(INVALID_RANGE, last.end);
    return last.code < code ? this.#mistake('range out of order in character class', last.end) : last.end;
  }

  #item(at: number): Item | 'beyond' | { readonly mistake: PatternMistake } {
    const posix = posixAt(this.#source, at);
    if (posix !== undefined) return this.#posix(posix, at);
    if (this.#source[at] !== '\\') return { code: this.#source.charCodeAt(at), end: at + 1 };
    const letter = this.#source[at + 1];
    if (letter === undefined) return { mistake: { text: '\\ at end of pattern', at: at + 1 } };
    if ('QEpPo'.includes(letter)) return 'beyond';
    if ('dDwWsShHvV'.includes(letter)) return { code: undefined, end: at + 2 };
    const refused = refusedEscape(letter, this.#newer) ?? this.#refusedHere(letter);
    if (refused !== undefined) return { mistake: this.#mistake(refused, at + 2) };
    return numbered(this.#source, at) ?? { code: CONTROL[letter] ?? letter.charCodeAt(0), end: at + 2 };
  }

  #posix({ kind, name, end }: Posix, at: number): Item | { readonly mistake: PatternMistake } {
    if (kind !== ':') return { mistake: { text: 'POSIX collating elements are not supported', at: this.#newer ? end : at } };
    if (POSIX.test(name)) return { code: undefined, end };
    return { mistake: { text: 'unknown POSIX class name', at: this.#newer ? end : at + 2 } };
  }

  #refusedHere(letter: string): string | undefined {
    if (letter === 'N') return '\\N is not supported in a class';
    return this.#newer && 'RXB'.includes(letter) ? 'escape sequence is invalid in character class' : undefined;
  }

  #mistake(text: string, end: number): PatternMistake {
    return { text, at: this.#newer ? end : end - 1 };
  }
}

/** `\x41`, `\x{41}`, `\101`, `\cA` */
function numbered(source: string, at: number): Item | undefined {
  const [whole = '', long, short, octal, control] =
    /^\\(?:x\{([\da-f]+)\}|x([\da-f]{0,2})|([0-7]{1,3})|c(.))/is.exec(source.slice(at)) ?? [];
  if (whole === '') return undefined;
  const end = at + whole.length;
  if (octal !== undefined) return { code: Number.parseInt(octal, 8), end };
  if (control !== undefined) return { code: control.toUpperCase().charCodeAt(0) ^ 0x40, end };
  return { code: Number.parseInt(long ?? `0${short ?? ''}`, 16), end };
}

const INVALID_RANGE = 'invalid range in character class';
const CONTROL: Readonly<Record<string, number>> = { a: 7, b: 8, e: 27, f: 12, n: 10, r: 13, t: 9 };
const POSIX = /^\^?(?:alpha|lower|upper|alnum|ascii|blank|cntrl|digit|graph|print|punct|space|word|xdigit)$/;

/** What is wrong with an escaped letter, wherever it is. */
export function refusedEscape(letter: string, newer: boolean): string | undefined {
  if ('LlUu'.includes(letter) || (newer && letter === 'F')) {
    return newer
      ? 'PCRE2 does not support \\F, \\L, \\l, \\N{name}, \\U, or \\u'
      : 'PCRE does not support \\L, \\l, \\N{name}, \\U, or \\u';
  }
  return newer && 'ijmqyIJMOTY'.includes(letter) ? 'unrecognized character follows \\' : undefined;
}
