/** What is wrong with definitions, and where. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
  readonly keys: readonly (string | number)[];

  constructor(keys: readonly (string | number)[], problem: string, cause?: Error) {
    super(problem, { cause });
    this.keys = keys;
  }
}

/**
 * A JSON value that somebody wrote and the way to it, read member by member. Every method throws a
 * {@link DefinitionError} that says where it is and what was expected.
 */
export class Found {
  readonly value: unknown;
  readonly keys: readonly (string | number)[];

  constructor(value: unknown, keys: readonly (string | number)[] = []) {
    this.value = value;
    this.keys = keys;
  }

  /** A member that may be missing. */
  at(name: string): Found {
    return new Found(this.record()[name], [...this.keys, name]);
  }

  get missing(): boolean {
    return this.value === undefined;
  }

  record(): Readonly<Record<string, unknown>> {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value)) return this.fail('an object');
    return { ...this.value };
  }

  list(): readonly Found[] {
    if (!Array.isArray(this.value)) return this.fail('a list');
    return this.value.map((item, index) => new Found(item, [...this.keys, index]));
  }

  word(): string {
    return typeof this.value === 'string' ? this.value : this.fail('a string');
  }

  number(): number {
    return typeof this.value === 'number' ? this.value : this.fail('a number');
  }

  flag(): boolean {
    return typeof this.value === 'boolean' ? this.value : this.fail('true or false');
  }

  oneOf<T extends string>(words: readonly T[]): T {
    return words.find((word) => word === this.value) ?? this.fail(words.map((word) => `"${word}"`).join(' or '));
  }

  fail(expected: string): never {
    const found = this.missing ? 'nothing' : JSON.stringify(this.value);
    throw new DefinitionError(this.keys, `${this.keys.join('.') || 'definitions'}: expected ${expected}, found ${found}`);
  }
}
