import type { Connection, Outcome, Tap } from '@wirelike/kernel';
import type { Next } from 'hono';
import { HttpError } from './http-error.ts';
import type { Request } from './request.ts';

/**
 * A request passes the world's journal and faults as one operation. An error that a rule asks for is answered with
 * its code as the HTTP status, 500 without one. What stops a request leaves it without an answer.
 */
export async function tapped(tap: Tap, connection: Connection, request: Request, next: Next): Promise<void> {
  const { method, path } = request.req;
  await new Promise<void>((resolve, reject) => {
    tap.attempt(connection, {
      operation: 'management.request',
      attributes: { method, path },
      stream: request.env.incoming?.socket,
      run: () => {
        next().then(resolve, reject);
        return undefined;
      },
      fail: ({ code, text }) => {
        const error = faultError(code, text);
        reject(error);
        return outcomeOf(error);
      },
    });
  });
  const { status } = request.res;
  tap.note(connection, 'out', 'management.answer', { status }, status < 400 ? undefined : { code: status });
}

function faultError(code: number | string | undefined, text = 'Internal Server Error'): HttpError {
  const status = Number(code ?? 500);
  return new HttpError(status >= 400 && status <= 599 ? status : 500, 'internal_server_error', text);
}

function outcomeOf({ status, message }: HttpError): Outcome {
  return { code: status, text: message };
}
