// Where requests are specified: put the document and its section here.
import { NEED_MORE, WireError } from '@wirelike/kernel';
import { line_max_bytes } from '../limits.ts';

export type Request =
  | { readonly operation: 'SET'; readonly key: string; readonly value: string }
  | { readonly operation: 'GET'; readonly key: string }
  | { readonly operation: 'DROP'; readonly key: string }
  | { readonly operation: 'LIST' }
  | { readonly operation: 'TICKET' };

const NEWLINE = 0x0a;

/** A request is a line. Refuses what is no text, and a line that is too long, as soon as that is known. */
export function requestLength(bytes: Buffer, start: number, end: number): number | WireError {
  const first = bytes[start] ?? 0;
  if (first < 0x20 && first !== NEWLINE) return new WireError('not a line of text');
  const newline = bytes.indexOf(NEWLINE, start);
  if (newline >= start && newline < end && newline - start < line_max_bytes) return newline - start + 1;
  return end - start < line_max_bytes ? NEED_MORE : new WireError('line too long');
}

/** Never throws: what is no request comes back as a {@link WireError}. */
export function decodeRequest(bytes: Buffer, start: number, end: number): Request | WireError {
  const line = bytes.toString('utf8', start, end - 1).replace(/\r$/, '');
  const [operation = '', key = ''] = line.split(' ', 2);
  switch (operation) {
    case 'SET':
      return key === '' ? missingKey(operation) : { operation, key, value: line.slice(operation.length + key.length + 2) };
    case 'GET':
    case 'DROP':
      return key === '' ? missingKey(operation) : { operation, key };
    case 'LIST':
    case 'TICKET':
      return { operation };
    default:
      return new WireError('unknown request');
  }
}

export function encodeRequest(request: Request): Buffer {
  const words = 'key' in request ? [request.operation, request.key] : [request.operation];
  return Buffer.from(`${[...words, ...('value' in request ? [request.value] : [])].join(' ')}\n`);
}

function missingKey(operation: string): WireError {
  return new WireError(`${operation} needs a key`);
}
