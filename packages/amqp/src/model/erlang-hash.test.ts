import { describe, expect, it } from 'vitest';
import { type ErlangTerm, portableHash } from './erlang-hash.ts';

const atom = (name: string): ErlangTerm => ({ is: 'atom', name });
const integer = (value: bigint): ErlangTerm => ({ is: 'integer', value });
const binary = (value: string): ErlangTerm => ({ is: 'binary', value: Buffer.from(value) });
const tuple = (...items: ErlangTerm[]): ErlangTerm => ({ is: 'tuple', items });
const list = (...items: ErlangTerm[]): ErlangTerm => ({ is: 'list', items });

// What erlang:phash2/1 of OTP 25 answers.
const known: readonly (readonly [string, ErlangTerm, number])[] = [
  ['undefined', atom('undefined'), 45_914_356],
  ['true', atom('true'), 506_293],
  ['<<>>', binary(''), 13_708_901],
  ['<<"a">>', binary('a'), 112_802_447],
  ['eleven octets', binary('abcdefghijk'), 96_993_671],
  ['twelve octets', binary('abcdefghijkl'), 15_432_855],
  ['thirteen octets', binary('abcdefghijklm'), 11_441_572],
  ['300 octets', binary('x'.repeat(300)), 31_216_969],
  ['-3', integer(-3n), 96_895_069],
  ['1.5', { is: 'float', value: 1.5 }, 10_380_315],
  ['[]', list(), 113_427_502],
  ['{longstr,<<"a">>}', tuple(atom('longstr'), binary('a')), 65_711_459],
  ['{longstr,<<>>}', tuple(atom('longstr'), binary('')), 116_351_706],
  ['{long,-5}', tuple(atom('long'), integer(-5n)), 54_650_909],
  ['the largest small integer', tuple(atom('signedint'), integer(134_217_727n)), 17_240_753],
  ['one more', tuple(atom('signedint'), integer(134_217_728n)), 127_254_635],
  ['the least small integer', tuple(atom('signedint'), integer(-134_217_728n)), 65_405_468],
  ['one less', tuple(atom('signedint'), integer(-134_217_729n)), 11_977_661],
  ['-2^63', tuple(atom('long'), integer(-(2n ** 63n))), 112_631_110],
  ['{double,1.5}', tuple(atom('double'), { is: 'float', value: 1.5 }), 115_320_697],
  ['{array,[]}', tuple(atom('array'), list()), 86_211_673],
  ['an array', tuple(atom('array'), list(tuple(atom('longstr'), binary('x')), tuple(atom('signedint'), integer(1n)))), 35_934_167],
  [
    'a table',
    tuple(atom('table'), list(tuple(binary('k'), atom('longstr'), binary('v')), tuple(binary('l'), atom('signedint'), integer(3n)))),
    108_339_847,
  ],
];

describe('portableHash', () => {
  it.each(known)('%s', (_name, term, hash) => {
    expect(portableHash(term)).toBe(hash);
  });
});
