/*
 * RabbitMQ's texts print Erlang terms; clients' tests compare them.
 */

/** `~w` of a binary: `<<1,2,206>>`. */
export function binaryAsNumbers(bytes: Uint8Array): string {
  return `<<${bytes.join(',')}>>`;
}

/** `~tp` of a binary: `<<"text">>` if it can be printed, otherwise `<<1,2,206>>`. */
export function binary(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('latin1');
  return isPrintable(text) ? `<<"${escaped(text)}">>` : binaryAsNumbers(bytes);
}

/** `~tp` of a binary that is UTF-8 text: `<<"zz">>`, `<<"é"/utf8>>`. */
export function binaryText(text: string): string {
  if (text === '') return '<<>>';
  if (!Array.from(text).every((character) => isPrintableUnicode(character.codePointAt(0) ?? 0))) return binaryAsNumbers(Buffer.from(text));
  return Buffer.byteLength(text) === text.length ? `<<"${escaped(text)}">>` : `<<"${escaped(text)}"/utf8>>`;
}

/** `~p` of a binary that is UTF-8 text, which takes its octets for Latin-1: `<<"é">>`, but `<<195,128>>` for `À`. */
export function binaryTextInLatin1(text: string): string {
  const bytes = Buffer.from(text);
  if (text === '') return '<<>>';
  return isPrintable(bytes.toString('latin1')) ? `<<"${escaped(text)}">>` : binaryAsNumbers(bytes);
}

/** `~p` of a string, which is a list: of numbers, unless all of it is printable Latin-1. */
export function string(text: string): string {
  const characters = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  if (!characters.every(isPrintableCode)) return `[${characters.join(',')}]`;
  return `"${escaped(text)}"`;
}

/** `~p` of a float: whichever is shorter of `1200.0` and `1.2e3` (io_lib_format:fwrite_g/1). */
export function float(value: number): string {
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  const scientific = `${digits.includes('.') ? digits : `${digits}.0`}e${Number(exponent)}`;
  const signed = Object.is(value, -0) ? `-${scientific}` : scientific;
  if (value === 0) return signed.replace('e0', '');
  if (Math.abs(value) >= 2 ** 53) return signed;
  const places = Math.max(1, (digits.split('.')[1]?.length ?? 0) - Number(exponent));
  const decimal = value.toFixed(Math.min(100, places));
  return signed.length < decimal.length ? signed : decimal;
}

/** io_lib:printable_latin1_list/1. */
function isPrintable(text: string): boolean {
  return text.length > 0 && Array.from(text).every((character) => isPrintableCode(character.charCodeAt(0)));
}

function isPrintableCode(code: number): boolean {
  return (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xff) || (code >= 8 && code <= 13) || code === 0x1b;
}

/** io_lib:printable_unicode_list/1. */
function isPrintableUnicode(code: number): boolean {
  return isPrintableCode(code) || (code > 0xff && code !== 0xfffe && code !== 0xffff);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\b': '\\b',
  '\f': '\\f',
  '\x1b': '\\e',
};

function escaped(text: string): string {
  return Array.from(text, (character) => ESCAPES[character] ?? character).join('');
}

/** Erlang's ~p breaks a tuple that would reach the last of 80 columns, and lines its parts up. */
export function pretty(before: string, term: string): string {
  if (before.length + term.length < 79) return before + term;
  return before + term.replace(',', `,\n${' '.repeat(before.length + 1)}`);
}
