import type { z } from 'zod';
import { unknownWord } from '../nearest.ts';

/** One sentence on the first thing that is wrong: the field, what was expected, the nearest valid word. */
export function explain(error: z.ZodError, known: readonly string[]): string {
  // A word that is not known is more often the reason for what is missing than the other way round.
  const issue = error.issues.find(({ code }) => code === 'unrecognized_keys') ?? error.issues[0];
  if (issue === undefined) return error.message;
  const field = issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `;
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    return issue.path.length === 0 ? unknownWord('parameter', key, known) : `${field}unknown parameter "${key}"`;
  }
  if (issue.input === undefined && issue.path.length > 0) return `${field}expected ${expected(issue)}, but it is missing`;
  if (issue.code === 'invalid_value' && typeof issue.input === 'string') {
    return `${field}${unknownWord('word', issue.input, issue.values.map(String))}`;
  }
  if (issue.code === 'invalid_union' && 'options' in issue) return `${field}${unknownKind(issue)}`;
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return `${field}expected ${expected(issue)}`;
  return `${field}${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`;
}

function expected(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return issue.expected;
  if (issue.code === 'invalid_value') return issue.values.map(String).join(' or ');
  if (issue.code === 'invalid_union') return issue.errors.flatMap(([first]) => (first === undefined ? [] : [expected(first)])).join(' or ');
  return 'another value';
}

/** None of the alternatives that one field tells apart. */
function unknownKind({ options = [], discriminator = '', input }: Extract<z.core.$ZodIssueInvalidUnion, { options?: unknown }>): string {
  const kind: unknown = typeof input === 'object' && input !== null ? Reflect.get(input, discriminator) : undefined;
  const known = options.map(String);
  return kind === undefined ? `expected ${known.join(' or ')}, but it is missing` : unknownWord(discriminator, String(kind), known);
}
