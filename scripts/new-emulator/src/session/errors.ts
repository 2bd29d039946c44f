// The one place that knows the protocol's codes and texts. Take them from the real server, letter by letter.
import type { Condition } from '../model/index.ts';
import type { Reply } from '../wire/reply.ts';

export type ErrorReply = Extract<Reply, { kind: 'ERROR' }>;

export const BAD_REQUEST = 400;
/** What a fault rule without a code means. */
export const INTERNAL_ERROR = 500;

export function errorFor(condition: Condition): ErrorReply {
  switch (condition.kind) {
    case 'no-such-key':
      return { kind: 'ERROR', code: 404, text: `no such key: ${condition.key}` };
    case 'shelf-full':
      return { kind: 'ERROR', code: 507, text: 'the shelf is full' };
  }
}

export function isErrorCode(code: number | string): boolean {
  return /^[45][0-9][0-9]$/.test(String(code));
}
