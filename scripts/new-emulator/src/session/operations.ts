import type { Operation } from '@wirelike/kernel';
import type { Condition, Shelf } from '../model/index.ts';
import type { Reply } from '../wire/reply.ts';
import type { Request } from '../wire/request.ts';
import { errorFor } from './errors.ts';

/** Everything that a client can ask for: the journal, the faults and the coverage page use these names. */
export const OPERATIONS: readonly Operation[] = [
  { name: 'SET', direction: 'in' },
  { name: 'GET', direction: 'in' },
  { name: 'DROP', direction: 'in' },
  { name: 'LIST', direction: 'in' },
  { name: 'TICKET', direction: 'in' },
];

/** Does what the request asks for. A protocol with more operations has a file for each family of them. */
export function perform(request: Request, shelf: Shelf): Reply {
  switch (request.operation) {
    case 'SET':
      return done(shelf.set(request.key, request.value));
    case 'GET': {
      const value = shelf.get(request.key);
      return value === undefined ? errorFor({ kind: 'no-such-key', key: request.key }) : { kind: 'VALUE', value };
    }
    case 'DROP':
      return done(shelf.drop(request.key));
    case 'LIST':
      return { kind: 'KEYS', keys: shelf.keys };
    case 'TICKET':
      return { kind: 'TICKET', ticket: shelf.ticket() };
  }
}

function done(condition: Condition | undefined): Reply {
  return condition === undefined ? { kind: 'OK' } : errorFor(condition);
}
