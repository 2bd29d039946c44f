import { CharacterClass, posixAt, refusedEscape } from './pattern-class.ts';

/** What PCRE has against a regular expression. */
export interface PatternMistake {
  readonly text: string;
  /** Where it was noticed, in bytes. */
  readonly at: number;
}

/** Erlang has PCRE 8 up to OTP 27, and PCRE2 since 28. */
export type PatternLibrary = 'PCRE' | 'PCRE2';

/**
 * The first of the common mistakes in a regular expression, in the words of Erlang's `re:compile/1` (measured with OTP 25, 27
 * and 29). Nothing if there is none, or if something less common comes first (recursion, conditions, references by name).
 */
export function mistakeIn(pattern: string, library: PatternLibrary): PatternMistake | undefined {
  return new PatternScan(Buffer.from(pattern).toString('latin1'), library === 'PCRE2').run();
}

/** What one step finds: go on, a mistake, or something that is not looked into. */
export type Step = PatternMistake | 'beyond' | undefined;

class PatternScan {
  readonly #source: string;
  readonly #newer: boolean;
  readonly #names = new Set<string>();
  /** Where references by number end. */
  readonly #references: { readonly group: number; readonly at: number }[] = [];
  #at = 0;
  #depth = 0;
  #groups = 0;
  /** A quantifier may follow. */
  #repeatable = false;

  constructor(source: string, newer: boolean) {
    this.#source = source;
    this.#newer = newer;
  }

  run(): PatternMistake | undefined {
    const { length } = this.#source;
    while (this.#at < length) {
      const step = this.#step(this.#source[this.#at] ?? '');
      if (step !== undefined) return step === 'beyond' ? undefined : step;
    }
    if (this.#depth > 0) return this.#unclosed();
    const wrong = this.#references.find(({ group }) => group > this.#groups);
    return wrong && { text: 'reference to non-existent subpattern', at: this.#newer ? wrong.at : length };
  }

  #step(character: string): Step {
    switch (character) {
      case '\\':
        return this.#escape();
      case '[':
        return this.#class();
      case '(':
        return this.#group();
      case ')':
        return this.#closing();
      case '|':
      case '^':
      case '$':
        return this.#pass(1, false);
      case '*':
      case '+':
      case '?':
        return this.#repeat(1);
      case '{':
        return this.#braces();
      default:
        return this.#pass(1, true);
    }
  }

  #pass(length: number, repeatable: boolean): undefined {
    this.#at += length;
    this.#repeatable = repeatable;
    return undefined;
  }

  /** PCRE tells where the character is that it does not like, PCRE2 where it ends. */
  #mistake(text: string, end: number): PatternMistake {
    return { text, at: this.#newer ? end : end - 1 };
  }

  #unclosed(): PatternMistake {
    return { text: this.#newer ? 'missing closing parenthesis' : 'missing )', at: this.#source.length };
  }

  #closing(): Step {
    if (this.#depth === 0) return this.#mistake(this.#newer ? 'unmatched closing parenthesis' : 'unmatched parentheses', this.#at + 1);
    this.#depth--;
    return this.#pass(1, true);
  }

  #repeat(length: number): Step {
    const end = this.#at + length;
    if (!this.#repeatable) return this.#mistake(this.#newer ? 'quantifier does not follow a repeatable item' : 'nothing to repeat', end);
    // Lazy, or possessive.
    const more = this.#source[end] === '?' || this.#source[end] === '+' ? 1 : 0;
    return this.#pass(length + more, false);
  }

  #braces(): Step {
    const shape = this.#newer ? /^\{(?:(\d+)(,)?(\d*)|(),(\d+))\}/ : /^\{(\d+)(,)?(\d*)\}/;
    const found = shape.exec(this.#source.slice(this.#at));
    const [whole = '', least = '', comma, given = ''] = found ?? [];
    if (found === null || (comma === undefined && given !== '')) return this.#pass(1, true);
    const most = given === '' ? (found[5] ?? '') : given;
    for (const [number, start] of [
      [least, 1],
      [most, whole.length - 1 - most.length],
    ] as const) {
      if (Number(number) > REPEATS_MAX) return { text: 'number too big in {} quantifier', at: this.#at + start + this.#tooLong(number) };
    }
    if (least !== '' && most !== '' && Number(most) < Number(least)) {
      return { text: 'numbers out of order in {} quantifier', at: this.#at + whole.length - 1 };
    }
    return this.#repeat(whole.length);
  }

  /** PCRE stops at the digit that is too much, PCRE2 after all of them. */
  #tooLong(number: string): number {
    let length = 1;
    while (!this.#newer && Number(number.slice(0, length)) <= REPEATS_MAX) length++;
    return this.#newer ? number.length : length;
  }

  #class(): Step {
    const posix = posixAt(this.#source, this.#at);
    if (posix !== undefined) {
      const text = posix.kind === ':' ? 'POSIX named classes are supported only within a class' : NO_COLLATING;
      return { text, at: this.#newer ? posix.end : this.#at };
    }
    const result = new CharacterClass(this.#source, this.#at, this.#newer).read();
    return typeof result === 'number' ? this.#pass(result - this.#at, true) : result;
  }

  #escape(): Step {
    const end = this.#at + 2;
    const letter = this.#source[this.#at + 1];
    if (letter === undefined) return { text: '\\ at end of pattern', at: end - 1 };
    const rest = this.#source.slice(end);
    if (letter === 'Q') return this.#literal(rest);
    if (letter === 'E') return this.#pass(2, this.#repeatable);
    if ('AZzBbGK'.includes(letter)) return this.#pass(2, false);
    const refused = refusedEscape(letter, this.#newer);
    if (refused !== undefined) return this.#mistake(refused, end);
    if (/[1-9]/.test(letter)) return this.#reference();
    if (letter === 'c') return rest === '' ? { text: '\\c at end of pattern', at: end } : this.#pass(3, true);
    if (rest === '' && (letter === 'p' || letter === 'P')) return { text: MALFORMED_PROPERTY, at: end };
    if (letter === 'k' && !/^[{<']/.test(rest))
      return this.#mistake('\\k is not followed by a braced, angle-bracketed, or quoted name', end);
    if (letter === 'o' && !rest.startsWith('{')) return this.#mistake('missing opening brace after \\o', end);
    if ('gkopPxN'.includes(letter)) return this.#bracedEscape(letter, rest);
    return this.#pass(2, true);
  }

  #literal(rest: string): Step {
    const end = rest.indexOf('\\E');
    if (end < 0) return this.#pass(2 + rest.length, true);
    return this.#pass(2 + end + 2, end > 0 || this.#repeatable);
  }

  /** Below 8, or 10 with PCRE2, always a group; other numbers only if there are as many, else octal. */
  #reference(): Step {
    const [digits = ''] = /^\d+/.exec(this.#source.slice(this.#at + 1)) ?? [];
    const group = Number(digits);
    const isReference = group < (this.#newer ? 10 : 8) || group <= this.#groups;
    if (isReference) this.#references.push({ group, at: this.#at + 1 + digits.length });
    return this.#pass(1 + digits.length, true);
  }

  #bracedEscape(letter: string, rest: string): Step {
    if (letter === 'g' || letter === 'k') return 'beyond';
    const [braced = ''] = /^\{[^}]*\}/.exec(rest) ?? [];
    if (rest.startsWith('{') && braced === '') return 'beyond';
    const plain = letter === 'p' || letter === 'P' ? 1 : 0;
    return this.#pass(2 + (braced === '' ? plain : braced.length), true);
  }

  #group(): Step {
    const rest = this.#source.slice(this.#at);
    if (/^\(\*[A-Z:]/.test(rest)) return this.#verb(rest);
    if (/^\(\*[a-z]/.test(rest)) return 'beyond';
    if (!rest.startsWith('(?')) {
      this.#groups++;
      return this.#open(1);
    }
    if (/^\(\?(?:[:=!>|]|<[=!])/.test(rest)) return this.#open(rest[2] === '<' ? 4 : 3);
    if (/^\(\?#/.test(rest)) return this.#comment(rest);
    if (/^\(\?P(?!<)/.test(rest)) return this.#python();
    const named = /^\(\?P?[<']/.exec(rest);
    if (named !== null) return this.#named(this.#at + named[0].length);
    return /^\(\?(?:[R&(C\d+]|-\d)/.test(rest) ? 'beyond' : this.#flags(rest);
  }

  #open(length: number): undefined {
    this.#depth++;
    return this.#pass(length, false);
  }

  #verb(rest: string): Step {
    const [whole = '', name = ''] = /^\(\*([A-Z0-9_]*)(?:[:=][^)]*)?/.exec(rest) ?? [];
    const isKnown = VERBS.test(name) && rest[whole.length] === ')';
    if (!isKnown) return { text: '(*VERB) not recognized or malformed', at: this.#at + 2 + name.length };
    return this.#pass(whole.length + 1, false);
  }

  #comment(rest: string): Step {
    const end = rest.indexOf(')');
    if (end >= 0) return this.#pass(end + 1, this.#repeatable);
    return { text: this.#newer ? 'missing ) after (?# comment' : 'missing ) after comment', at: this.#source.length };
  }

  #python(): Step {
    const character = this.#source[this.#at + 3];
    if (character === '=' || character === '>') return 'beyond';
    if (character === undefined && this.#newer) return this.#unclosed();
    return this.#mistake('unrecognized character after (?P', this.#at + 4);
  }

  /** `(?i)` and `(?i:`. */
  #flags(rest: string): Step {
    const known = this.#newer ? /^\(\?\^?(?:a[DSWPT]?|[imsxnrUJ-])*/ : /^\(\?[imsxUJX-]*/;
    const [whole = ''] = known.exec(rest) ?? [];
    const next = rest[whole.length];
    // From there on blanks and comments mean nothing; or names may be doubled.
    if (/[xJ]/.test(whole) && next !== undefined) return 'beyond';
    if (next === ')') return this.#pass(whole.length + 1, false);
    if (next === ':') return this.#open(whole.length + 1);
    if (next === undefined && this.#newer) return this.#unclosed();
    return this.#mistake('unrecognized character after (? or (?-', this.#at + whole.length + 1);
  }

  /** A group with a name, which begins there. */
  #named(start: number): Step {
    const opening = this.#source[start - 1];
    const rest = this.#source.slice(start);
    const [name = ''] = /^\w*/.exec(rest) ?? [];
    const end = start + name.length;
    if (name === '' && this.#newer) return { text: 'subpattern name expected', at: start };
    if (name === '' && opening === '<' && this.#source[start - 2] === '?') return { text: 'unrecognized character after (?<', at: start };
    if (/^\d/.test(name)) return this.#mistake(`${this.#newer ? 'subpattern' : 'group'} name must start with a non-digit`, start + 1);
    if (this.#source[end] !== (opening === '<' ? '>' : "'")) {
      return { text: `syntax error in subpattern name (missing terminator${this.#newer ? '?' : ''})`, at: end };
    }
    if (name === '') return 'beyond';
    if (this.#names.has(name)) {
      return this.#mistake(`two named subpatterns have the same name${this.#newer ? ' (PCRE2_DUPNAMES not set)' : ''}`, end + 1);
    }
    this.#names.add(name);
    this.#groups++;
    return this.#open(end + 1 - this.#at);
  }
}

const REPEATS_MAX = 65_535;
const VERBS = /^(?:|ACCEPT|COMMIT|F|FAIL|MARK|PRUNE|SKIP|THEN|UTF8?|UCP|CR|LF|CRLF|ANYCRLF|ANY|NUL|BSR_\w+|LIMIT_\w+|NO_\w+|NOTEMPTY\w*)$/;
const MALFORMED_PROPERTY = 'malformed \\P or \\p sequence';
const NO_COLLATING = 'POSIX collating elements are not supported';
