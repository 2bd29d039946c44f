// Where replies are specified: put the document and its section here.
import type { Writer } from '@wirelike/kernel';

export type Reply =
  | { readonly kind: 'OK' }
  | { readonly kind: 'VALUE'; readonly value: string }
  | { readonly kind: 'KEYS'; readonly keys: readonly string[] }
  | { readonly kind: 'TICKET'; readonly ticket: string }
  | { readonly kind: 'ERROR'; readonly code: number | string; readonly text: string }
  | { readonly kind: 'BYE' };

export function writeReply(output: Writer, reply: Reply): void {
  output.utf8(`${textOf(reply)}\n`);
}

function textOf(reply: Reply): string {
  switch (reply.kind) {
    case 'OK':
    case 'BYE':
      return reply.kind;
    case 'VALUE':
      return `VALUE ${reply.value}`;
    case 'KEYS':
      return `KEYS ${JSON.stringify(reply.keys)}`;
    case 'TICKET':
      return `TICKET ${reply.ticket}`;
    case 'ERROR':
      return `ERROR ${reply.code} ${reply.text}`;
  }
}
