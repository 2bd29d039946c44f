import type { Broker } from '../../model/index.ts';
import { isObject } from '../json.ts';
import { type Call, CtlFailure } from './command.ts';

const KNOWN: Readonly<Record<'limits' | 'user-limits', readonly string[]>> = {
  limits: ['max-connections', 'max-queues'],
  'user-limits': ['max-connections', 'max-channels'],
};

/** Those of virtual hosts are runtime parameters, which are validated as such. */
function invalid(kind: keyof typeof KNOWN, problem: string): CtlFailure {
  return CtlFailure.of(kind === 'limits' ? `Validation failed\n\n${problem}\n` : problem);
}

/** `{"max-connections":5}`. */
export function limitsOf({ broker }: Call, text: string, kind: keyof typeof KNOWN): Readonly<Record<string, number>> {
  const value = jsonOf(text, broker);
  const known = KNOWN[kind];
  if (!isObject(value)) throw invalid(kind, `${kind} should be a map`);
  return Object.fromEntries(
    Object.entries(value).map(([name, limit]) => {
      if (!known.includes(name)) throw invalid(kind, `Unrecognised terms [{<<"${name}">>,${String(limit)}}] in ${kind}`);
      if (typeof limit !== 'number') throw invalid(kind, `${name} should be a number, actually was ${JSON.stringify(limit)}`);
      return [name, limit];
    }),
  );
}

/** Before 4.0 it is rabbitmqctl that decodes it. */
export function jsonOf(text: string, { release }: Broker): unknown {
  try {
    return JSON.parse(text);
  } catch {
    if (release.has('json-decoded-by-broker'))
      throw CtlFailure.of(`Could not parse JSON document: {error,{failed_to_decode_json,<<"${text}">>}}`);
    throw CtlFailure.of('JSON decoding error. Reason: badarg');
  }
}
