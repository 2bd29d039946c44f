import { isObject } from '../json.ts';
import { CtlFailure } from './command.ts';

/** `{"max-connections":5}`. */
export function limitsOf(text: string, known: readonly string[]): Readonly<Record<string, number>> {
  const value = jsonOf(text);
  if (!isObject(value)) throw CtlFailure.of('Validation failed\n\nlimits should be a map\n');
  return Object.fromEntries(
    Object.entries(value).map(([name, limit]) => {
      if (!known.includes(name))
        throw CtlFailure.of(`Validation failed\n\nUnrecognised terms [{<<"${name}">>,${String(limit)}}] in limits\n`);
      if (typeof limit !== 'number')
        throw CtlFailure.of(`Validation failed\n\n${name} should be a number, actually was ${JSON.stringify(limit)}\n`);
      return [name, limit];
    }),
  );
}

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw CtlFailure.of('JSON decoding error. Reason: badarg');
  }
}
