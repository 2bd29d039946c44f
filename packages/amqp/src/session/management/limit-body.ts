import { erlangTerm, type JsonObject } from '../../admin/json.ts';
import { HttpError } from './http-error.ts';
import { needed, param, type Request } from './request.ts';

/** The limit in the path and its value in the body. `kind`: what RabbitMQ calls such limits. */
export function limitOf<T extends string>(
  request: Request,
  body: JsonObject,
  known: readonly T[],
  kind: 'limits' | 'user-limits',
): readonly [T, number] {
  const [value] = needed(body, 'value');
  const given = param(request, 'limit');
  const name = known.find((candidate) => candidate === given);
  if (name === undefined) throw invalid(kind, `Unrecognised terms [{<<"${given}">>,${erlangTerm(value)}}] in ${kind}`);
  if (typeof value !== 'number' || !Number.isInteger(value))
    throw invalid(kind, `${name} should be a number, actually was ${erlangTerm(value)}`);
  return [name, value];
}

/** Those of virtual hosts are runtime parameters, which are validated as such. */
function invalid(kind: string, problem: string): HttpError {
  return HttpError.badRequest(kind === 'limits' ? `Validation failed\n\n${problem}\n` : problem);
}

export function without<T extends object>(limits: T, name: string): T {
  const rest = { ...limits };
  Reflect.deleteProperty(rest, name);
  return rest;
}
