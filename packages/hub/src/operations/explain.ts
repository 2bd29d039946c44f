import type { z } from 'zod';
import { unknownWord } from '../nearest.ts';

/** One sentence on the first thing that is wrong: the field, what was expected, the nearest valid word. */
export function explain(error: z.ZodError, known: readonly string[]): string {
  const [issue] = error.issues;
  if (issue === undefined) return error.message;
  const field = issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `;
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    return issue.path.length === 0 ? unknownWord('parameter', key, known) : `${field}unknown parameter "${key}"`;
  }
  if (issue.code === 'invalid_value' && typeof issue.input === 'string') {
    return `${field}${unknownWord('word', issue.input, issue.values.map(String))}`;
  }
  const { message } = issue;
  return `${field}${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}
