import { type Context, createContext, Script } from 'node:vm';
import { pattern_cache_patterns, pattern_match_max_milliseconds, pattern_timeouts_max } from './limits.ts';
import { mistakeIn, type PatternMistake } from './pattern-mistake.ts';
import type { Release } from './persona.ts';

/** A regular expression that an operator wrote: of a policy, a permission, a filter. RabbitMQ's are PCRE. */
export interface Pattern {
  /** Why it is not one that JavaScript can read; it then matches nothing. */
  readonly problem: string | undefined;
  /** Whether it matches somewhere in the text. */
  test(text: string): boolean;
}

const patterns = new Map<string, Pattern>();

/** `ignoreCase` is for filters; a pattern can ask for it itself: `(?i)`. */
export function patternOf(source: string, ignoreCase = false): Pattern {
  const key = ignoreCase ? `(?i)${source}` : source;
  let pattern = patterns.get(key);
  if (pattern === undefined) {
    pattern = compile(key);
    if (patterns.size >= pattern_cache_patterns) patterns.clear();
    patterns.set(key, pattern);
  }
  return pattern;
}

/** What RabbitMQ has against an expression that somebody wants to set. */
export function patternMistake(source: string, release: Release): PatternMistake | undefined {
  const mistake = mistakeIn(source, release.has('later-expressions') ? 'PCRE2' : 'PCRE');
  if (mistake !== undefined) return mistake;
  const { problem } = patternOf(source);
  return problem === undefined ? undefined : { text: problem, at: 0 };
}

function compile(whole: string): Pattern {
  const { source, flags } = withoutFlags(whole);
  try {
    const expression = expressionOf(source, flags);
    return isTame(source) ? { problem: undefined, test: (text) => expression.test(text) } : new GuardedPattern(expression);
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error), test: () => false };
  }
}

/** PCRE's flags at the very front are JavaScript's behind it. */
function withoutFlags(whole: string): { source: string; flags: string } {
  let source = whole;
  const flags = new Set<string>();
  for (let front = /^\(\?([ims]+)\)/.exec(source); front !== null; front = /^\(\?([ims]+)\)/.exec(source)) {
    for (const flag of front[1] ?? '') flags.add(flag);
    source = source.slice(front[0].length);
  }
  return { source, flags: [...flags].join('') };
}

/** JavaScript's stricter form knows all of Unicode; PCRE takes escapes that it refuses. */
function expressionOf(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, `${flags}u`);
  } catch {
    return new RegExp(source, flags);
  }
}

/** So few ways to match that none of the names a client can make up keeps it busy. */
function isTame(source: string): boolean {
  if (/\\[1-9k]/.test(source)) return false;
  const plain = source
    .replaceAll(/\\./gs, 'x')
    .replaceAll(/\[[^\]]*\]/g, 'x')
    .replaceAll(/\(\?[:=!<]/g, '(');
  const loops = plain.match(/[*+{]/g)?.length ?? 0;
  const choices = plain.match(/[?|]/g)?.length ?? 0;
  return loops <= 1 && choices <= 10 && !/\)[*+{]/.test(plain);
}

/**
 * Names come from clients, and `(a+)+$` needs ages to find out that a name does not match. PCRE gives up after so many
 * steps, which RabbitMQ takes for no match; JavaScript has no such limit, but its engine can be stopped from
 * outside.
 */
class GuardedPattern implements Pattern {
  readonly problem = undefined;
  readonly #expression: RegExp;
  #timeouts = 0;

  constructor(expression: RegExp) {
    this.#expression = expression;
  }

  test(text: string): boolean {
    if (this.#timeouts >= pattern_timeouts_max) return false;
    guard ??= { context: createContext({}), script: new Script('expression.test(text)') };
    const { context, script } = guard;
    context.expression = this.#expression;
    context.text = text;
    try {
      return script.runInContext(context, { timeout: pattern_match_max_milliseconds }) === true;
    } catch {
      this.#timeouts++;
      return false;
    }
  }
}

let guard: { readonly context: Context; readonly script: Script } | undefined;
