/** Soundex of each word: `Smith` and `Smyth` sound alike. slapd uses Metaphone; RFC 4511 §4.5.1.7.6 leaves it to the server. */
export function soundex(text: string): readonly string[] {
  return (text.toUpperCase().match(/[A-Z0-9]+/g) ?? []).map(codeOf);
}

const CODES: Readonly<Record<string, string>> = {
  ...code('BFPV', '1'),
  ...code('CGJKQSXZ', '2'),
  ...code('DT', '3'),
  ...code('L', '4'),
  ...code('MN', '5'),
  ...code('R', '6'),
};

function code(letters: string, digit: string): Record<string, string> {
  return Object.fromEntries(Array.from(letters, (letter) => [letter, digit]));
}

function codeOf(word: string): string {
  let result = word.slice(0, 1);
  let last = CODES[result];
  for (const letter of word.slice(1)) {
    const digit = CODES[letter];
    if (digit !== undefined && digit !== last) result += digit;
    // H and W don't separate letters of the same sound; vowels do.
    if (letter !== 'H' && letter !== 'W') last = digit;
  }
  return result.slice(0, 4).padEnd(4, '0');
}
