// RFC 4512 §4.1: schema definitions as text, and OpenLDAP's .schema files, which are lists of them.

export type Usage = 'userApplications' | 'directoryOperation' | 'distributedOperation' | 'dSAOperation';

export interface AttributeTypeDefinition {
  readonly is: 'attributetype';
  readonly oid: string;
  readonly names: readonly string[];
  readonly sup: string | undefined;
  readonly equality: string | undefined;
  readonly ordering: string | undefined;
  readonly substrings: string | undefined;
  /** Without the length in braces, which slapd doesn't enforce either. */
  readonly syntax: string | undefined;
  readonly singleValue: boolean;
  readonly noUserModification: boolean;
  readonly usage: Usage;
  /** The definition as it is published, in parentheses. */
  readonly text: string;
}

export interface ObjectClassDefinition {
  readonly is: 'objectclass';
  readonly oid: string;
  readonly names: readonly string[];
  readonly sup: readonly string[];
  readonly kind: 'ABSTRACT' | 'STRUCTURAL' | 'AUXILIARY';
  readonly must: readonly string[];
  readonly may: readonly string[];
  readonly text: string;
}

export type Definition = AttributeTypeDefinition | ObjectClassDefinition;

/** A definition that makes no sense: `line 12: expected "("`. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
}

const TOKEN = /\s+|#[^\n]*|([()$])|'([^']*)'|([^\s()$']+)/g;

interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(TOKEN)) {
    const token = match[1] ?? match[2] ?? match[3];
    if (token !== undefined) tokens.push({ text: token, start: match.index, end: match.index + match[0].length });
  }
  return tokens;
}

/** The fields of one definition: each keyword with the words that follow it. */
type Fields = ReadonlyMap<string, readonly string[]>;

const FLAGS = new Set(['SINGLE-VALUE', 'NO-USER-MODIFICATION', 'COLLECTIVE', 'OBSOLETE', 'ABSTRACT', 'STRUCTURAL', 'AUXILIARY']);

class DefinitionReader {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  *read(): IterableIterator<Definition> {
    for (;;) {
      const keyword = this.#take();
      if (keyword === undefined) return;
      const kind = keyword.text.toLowerCase();
      if (kind !== 'attributetype' && kind !== 'objectclass') throw this.#error(keyword, '"attributetype" or "objectclass"');
      const open = this.#take();
      if (open?.text !== '(') throw this.#error(open ?? keyword, '"("');
      const oid = this.#take()?.text ?? '';
      const { fields, end } = this.#fields(keyword);
      const text = this.#text.slice(open.start, end);
      yield kind === 'attributetype' ? attributeType(oid, fields, text) : objectClass(oid, fields, text);
    }
  }

  #fields(keyword: Token): { fields: Fields; end: number } {
    const fields = new Map<string, readonly string[]>();
    for (;;) {
      const name = this.#take();
      if (name === undefined) throw this.#error(keyword, 'the closing ")" of this definition');
      if (name.text === ')') return { fields, end: name.end };
      fields.set(name.text.toUpperCase(), FLAGS.has(name.text.toUpperCase()) ? [] : this.#words(name));
    }
  }

  #words(name: Token): readonly string[] {
    const first = this.#take();
    if (first === undefined) throw this.#error(name, 'a value');
    if (first.text !== '(') return [first.text];
    const words: string[] = [];
    for (let word = this.#take(); word?.text !== ')'; word = this.#take()) {
      if (word === undefined) throw this.#error(first, 'the closing ")" of this list');
      if (word.text !== '$') words.push(word.text);
    }
    return words;
  }

  #take(): Token | undefined {
    return this.#tokens[this.#next++];
  }

  #error(at: Token, expected: string): SchemaError {
    return new SchemaError(`line ${this.#text.slice(0, at.start).split('\n').length}: expected ${expected}, found "${at.text}"`);
  }
}

const USAGES: readonly Usage[] = ['directoryOperation', 'distributedOperation', 'dSAOperation'];

function attributeType(oid: string, fields: Fields, text: string): AttributeTypeDefinition {
  const one = (name: string): string | undefined => fields.get(name)?.[0];
  return {
    is: 'attributetype',
    oid,
    names: fields.get('NAME') ?? [],
    sup: one('SUP'),
    equality: one('EQUALITY'),
    ordering: one('ORDERING'),
    substrings: one('SUBSTR'),
    syntax: one('SYNTAX')?.replace(/\{.*/, ''),
    singleValue: fields.has('SINGLE-VALUE'),
    noUserModification: fields.has('NO-USER-MODIFICATION'),
    usage: USAGES.find((usage) => usage === one('USAGE')) ?? 'userApplications',
    text,
  };
}

function objectClass(oid: string, fields: Fields, text: string): ObjectClassDefinition {
  return {
    is: 'objectclass',
    oid,
    names: fields.get('NAME') ?? [],
    sup: fields.get('SUP') ?? [],
    kind: fields.has('ABSTRACT') ? 'ABSTRACT' : fields.has('AUXILIARY') ? 'AUXILIARY' : 'STRUCTURAL',
    must: fields.get('MUST') ?? [],
    may: fields.get('MAY') ?? [],
    text,
  };
}

/** Every definition in `text`, in order. Throws a {@link SchemaError} at the first that is wrong. */
export function parseDefinitions(text: string): Definition[] {
  return [...new DefinitionReader(text).read()];
}
