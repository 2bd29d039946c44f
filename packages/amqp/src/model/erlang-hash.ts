/** What clients can put into a field table, as Erlang sees it. */
export type ErlangTerm =
  | { readonly is: 'atom'; readonly name: string }
  /** Of at most 64 bits. */
  | { readonly is: 'integer'; readonly value: bigint }
  | { readonly is: 'float'; readonly value: number }
  | { readonly is: 'binary'; readonly value: Uint8Array }
  /** Lists of small integers, which Erlang hashes as strings, do not occur. */
  | { readonly is: 'tuple' | 'list'; readonly items: readonly ErlangTerm[] };

/**
 * `erlang:phash2/1`, the same number for the same term in every release: from 0 up to 2^27 - 1
 * (Bob Jenkins, "Hash Functions", Dr. Dobb's Journal 9/1997; OTP's erl_term_hashing.c for what is mixed when).
 */
export function portableHash(term: ErlangTerm): number {
  return hashed(term, 0) & 0x7ffffff;
}

/** `erlang:phash2(Term, 1 bsl 32)`: all of it. */
export function wholeHash(term: ErlangTerm): number {
  return hashed(term, 0) >>> 0;
}

const GOLDEN_RATIO = 0x9e3779b9;

/** Every kind of term has a multiple of it. */
function constant(multiple: number): number {
  return Math.imul(GOLDEN_RATIO, multiple);
}

const INTEGER = constant(1);
const NIL = constant(2);
const ATOM = constant(3);
const TUPLE = constant(9);
const BIG_NEGATIVE = constant(10);
const BIG = constant(11);
const FLOAT = constant(12);
const BINARY = constant(13);

const nil_alone = 3_468_870_702;
const nil_tag = 2;
const small_limit = 2n ** 27n;

function hashed(term: ErlangTerm, hash: number): number {
  switch (term.is) {
    case 'atom':
      return hash === 0 ? atomHash(term.name) : mixed(atomHash(term.name), 0, ATOM, hash);
    case 'integer':
      return hashedInteger(term.value, hash);
    case 'float': {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleBE(term.value === 0 ? 0 : term.value);
      return mixed(bytes.readUInt32BE(0), bytes.readUInt32BE(4), FLOAT, hash);
    }
    case 'binary':
      return hashedBytes(term.value, (BINARY + hash) | 0);
    case 'tuple':
      return term.items.reduce((before, item) => hashed(item, before), mixed(term.items.length, 0, TUPLE, hash));
    case 'list': {
      const before = term.items.reduce((each, item) => hashed(item, each), hash);
      return before === 0 ? nil_alone : mixed(nil_tag, 0, NIL, before);
    }
  }
}

function hashedInteger(value: bigint, hash: number): number {
  const magnitude = value < 0n ? -value : value;
  if (value < -small_limit || value >= small_limit) {
    return mixed(Number(magnitude & 0xffffffffn), Number(magnitude >> 32n), value < 0n ? BIG_NEGATIVE : BIG, hash);
  }
  const once = value < 0n ? mixed(Number(magnitude), 0, INTEGER, hash) : hash;
  return mixed(Number(value), 0, INTEGER, once);
}

/** The hash of Erlang's table of atoms: P. J. Weinberger's. */
function atomHash(name: string): number {
  let hash = 0;
  for (const octet of Buffer.from(name)) {
    hash = (hash << 4) + octet;
    const high = hash & 0xf0000000;
    hash = (hash ^ (high >>> 24) ^ high) >>> 0;
  }
  return hash;
}

const state = new Int32Array(3);

/** Jenkins' mixing of three words; the third is the hash. */
function mix(): void {
  let [a = 0, b = 0, c = 0] = state;
  for (const [one, two, three] of SHIFTS) {
    a = ((a - b - c) | 0) ^ (c >>> one);
    b = ((b - c - a) | 0) ^ (a << two);
    c = ((c - a - b) | 0) ^ (b >>> three);
  }
  state[0] = a;
  state[1] = b;
  state[2] = c;
}

const SHIFTS = [
  [13, 8, 13],
  [12, 16, 5],
  [3, 10, 15],
] as const;

function mixed(one: number, other: number, kind: number, hash: number): number {
  state[0] = kind + one;
  state[1] = kind + other;
  state[2] = hash;
  mix();
  return state[2];
}

function hashedBytes(bytes: Uint8Array, hash: number): number {
  if (bytes.length === 0) return hash;
  state[0] = GOLDEN_RATIO;
  state[1] = GOLDEN_RATIO;
  state[2] = hash;
  let at = 0;
  for (; bytes.length - at >= 12; at += 12) {
    add(word(bytes, at), word(bytes, at + 4), word(bytes, at + 8));
    mix();
  }
  // The lowest octet of the last word is kept for the length.
  add(word(bytes, at), word(bytes, at + 4), (word(bytes, at + 8) << 8) + bytes.length);
  mix();
  return state[2];
}

function add(a: number, b: number, c: number): void {
  state[0] = (state[0] ?? 0) + a;
  state[1] = (state[1] ?? 0) + b;
  state[2] = (state[2] ?? 0) + c;
}

/** Little endian; what is not there counts as 0. */
function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
}
