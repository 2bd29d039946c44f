import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mistakeIn, type PatternLibrary } from './pattern-mistake.ts';

/** What RabbitMQ 3.10.8 and 4.0.5 say, and 4.3.6 (Erlang 25, 27 and 29). */
const MEASURED: readonly (readonly [pattern: string, pcre: string | undefined, pcre2: string | undefined])[] = [
  ['(', 'missing ) @1', 'missing closing parenthesis @1'],
  ['a(b', 'missing ) @3', 'missing closing parenthesis @3'],
  ['a)', 'unmatched parentheses @1', 'unmatched closing parenthesis @2'],
  ['()) ', 'unmatched parentheses @2', 'unmatched closing parenthesis @3'],
  ['))))', 'unmatched parentheses @0', 'unmatched closing parenthesis @1'],
  ['*', 'nothing to repeat @0', 'quantifier does not follow a repeatable item @1'],
  ['a**', 'nothing to repeat @2', 'quantifier does not follow a repeatable item @3'],
  ['a|*', 'nothing to repeat @2', 'quantifier does not follow a repeatable item @3'],
  ['(*)', 'nothing to repeat @1', 'quantifier does not follow a repeatable item @2'],
  ['(?:*)', 'nothing to repeat @3', 'quantifier does not follow a repeatable item @4'],
  ['^*', 'nothing to repeat @1', 'quantifier does not follow a repeatable item @2'],
  ['\\b*', 'nothing to repeat @2', 'quantifier does not follow a repeatable item @3'],
  ['(?i)*', 'nothing to repeat @4', 'quantifier does not follow a repeatable item @5'],
  ['a(?#c)**', 'nothing to repeat @7', 'quantifier does not follow a repeatable item @8'],
  ['(?=a)*', undefined, undefined],
  ['a?+', undefined, undefined],
  ['a*+*', 'nothing to repeat @3', 'quantifier does not follow a repeatable item @4'],
  ['\\Qa\\E**', 'nothing to repeat @6', 'quantifier does not follow a repeatable item @7'],
  ['\\Q\\E*', 'nothing to repeat @4', 'quantifier does not follow a repeatable item @5'],
  ['{2}', 'nothing to repeat @2', 'quantifier does not follow a repeatable item @3'],
  ['{,2}', undefined, 'quantifier does not follow a repeatable item @4'],
  ['a{2,1}', 'numbers out of order in {} quantifier @5', 'numbers out of order in {} quantifier @5'],
  ['a{99999}', 'number too big in {} quantifier @7', 'number too big in {} quantifier @7'],
  ['a{999999}', 'number too big in {} quantifier @7', 'number too big in {} quantifier @8'],
  ['a{0,99999}', 'number too big in {} quantifier @9', 'number too big in {} quantifier @9'],
  ['a{,2}', undefined, undefined],
  ['[', 'missing terminating ] for character class @1', 'missing terminating ] for character class @1'],
  ['[]', 'missing terminating ] for character class @2', 'missing terminating ] for character class @2'],
  ['[^]a', 'missing terminating ] for character class @4', 'missing terminating ] for character class @4'],
  ['[z-a]', 'range out of order in character class @3', 'range out of order in character class @4'],
  ['[é-a]', 'range out of order in character class @4', 'range out of order in character class @5'],
  ['[\\n-\\t]', 'range out of order in character class @5', 'range out of order in character class @6'],
  ['[\\x41-\\x40]', 'range out of order in character class @9', 'range out of order in character class @10'],
  ['[a-\\d]', 'invalid range in character class @4', 'invalid range in character class @5'],
  ['[\\d-z]', undefined, 'invalid range in character class @4'],
  ['[a-[:alpha:]]', 'invalid range in character class @3', 'invalid range in character class @12'],
  ['[[:foo:]]', 'unknown POSIX class name @3', 'unknown POSIX class name @8'],
  ['[[.a.]]', 'POSIX collating elements are not supported @1', 'POSIX collating elements are not supported @6'],
  ['a[:a:]b', 'POSIX named classes are supported only within a class @1', 'POSIX named classes are supported only within a class @6'],
  ['[\\N]', '\\N is not supported in a class @2', '\\N is not supported in a class @3'],
  ['[\\X]', undefined, 'escape sequence is invalid in character class @3'],
  ['\\', '\\ at end of pattern @1', '\\ at end of pattern @1'],
  ['[a-\\', '\\ at end of pattern @4', '\\ at end of pattern @4'],
  ['\\c', '\\c at end of pattern @2', '\\c at end of pattern @2'],
  ['\\p', 'malformed \\P or \\p sequence @2', 'malformed \\P or \\p sequence @2'],
  [
    '\\k',
    '\\k is not followed by a braced, angle-bracketed, or quoted name @1',
    '\\k is not followed by a braced, angle-bracketed, or quoted name @2',
  ],
  ['\\o', 'missing opening brace after \\o @1', 'missing opening brace after \\o @2'],
  ['\\L', 'PCRE does not support \\L, \\l, \\N{name}, \\U, or \\u @1', 'PCRE2 does not support \\F, \\L, \\l, \\N{name}, \\U, or \\u @2'],
  ['\\y', undefined, 'unrecognized character follows \\ @2'],
  ['\\1a', 'reference to non-existent subpattern @3', 'reference to non-existent subpattern @2'],
  ['(\\2)b', 'reference to non-existent subpattern @5', 'reference to non-existent subpattern @3'],
  ['\\8', undefined, 'reference to non-existent subpattern @2'],
  ['(?', 'unrecognized character after (? or (?- @2', 'missing closing parenthesis @2'],
  ['(?z)', 'unrecognized character after (? or (?- @2', 'unrecognized character after (? or (?- @3'],
  ['(?a', 'unrecognized character after (? or (?- @2', 'missing closing parenthesis @3'],
  ['(?-z)', 'unrecognized character after (? or (?- @3', 'unrecognized character after (? or (?- @4'],
  ['(?^)', 'unrecognized character after (? or (?- @2', undefined],
  ['(?X)', undefined, 'unrecognized character after (? or (?- @3'],
  ['(?i', 'unrecognized character after (? or (?- @3', 'missing closing parenthesis @3'],
  ['(?<', 'unrecognized character after (?< @3', 'subpattern name expected @3'],
  ['(?<n', 'syntax error in subpattern name (missing terminator) @4', 'syntax error in subpattern name (missing terminator?) @4'],
  ['(?<1>a)', 'group name must start with a non-digit @3', 'subpattern name must start with a non-digit @4'],
  [
    '(?<n>a)(?<n>b)',
    'two named subpatterns have the same name @11',
    'two named subpatterns have the same name (PCRE2_DUPNAMES not set) @12',
  ],
  ["(?'", 'syntax error in subpattern name (missing terminator) @3', 'subpattern name expected @3'],
  ['(?P<', 'syntax error in subpattern name (missing terminator) @4', 'subpattern name expected @4'],
  ['(?P', 'unrecognized character after (?P @3', 'missing closing parenthesis @3'],
  ['(?Px)', 'unrecognized character after (?P @3', 'unrecognized character after (?P @4'],
  ['(?#a', 'missing ) after comment @4', 'missing ) after (?# comment @4'],
  ['(*FOO)', '(*VERB) not recognized or malformed @5', '(*VERB) not recognized or malformed @5'],
  ['(*ACC', '(*VERB) not recognized or malformed @5', '(*VERB) not recognized or malformed @5'],
  ['(*COMMIT)', undefined, undefined],
  ['é(', 'missing ) @3', 'missing closing parenthesis @3'],
  ['日本(', 'missing ) @7', 'missing closing parenthesis @7'],
  ['[[:alpha:]]', undefined, undefined],
  ['\\p{L}', undefined, undefined],
  ['a{', undefined, undefined],
  ['}', undefined, undefined],
];

function told(pattern: string, library: PatternLibrary): string | undefined {
  const mistake = mistakeIn(pattern, library);
  return mistake && `${mistake.text} @${mistake.at}`;
}

describe('what is wrong with a regular expression', () => {
  it.each(MEASURED)('%s', (pattern, pcre, pcre2) => {
    expect([told(pattern, 'PCRE'), told(pattern, 'PCRE2')]).toEqual([pcre, pcre2]);
  });

  it('is found, or not, in any text', () => {
    const piece = fc.constantFrom(...'\\()[]{}*+?|^$-:<>=!#,a1EQx', '(?', '[:', '(?<n>', 'é');
    const texts = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(texts, fc.constantFrom<PatternLibrary>('PCRE', 'PCRE2'), (text, library) => {
        const mistake = mistakeIn(text, library);
        expect(mistake?.at ?? 0).toBeLessThanOrEqual(Buffer.byteLength(text));
      }),
    );
  });

  it('takes time in proportion to its length', () => {
    for (const part of ['(', '[a', '\\Qa\\E', '{1', '[[:', '(?<', 'a**']) mistakeIn(part.repeat(200_000), 'PCRE2');
  });
});
