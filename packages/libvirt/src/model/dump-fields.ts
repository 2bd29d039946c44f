import { DumpError } from '@wirelike/kernel';

/** Reads an object of a dump field by field; throws a `DumpError` that says where something else is. */
export class Fields {
  readonly path: string;
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(value: unknown, path: string) {
    if (!isRecord(value)) throw new DumpError(`${path}: expected an object`);
    this.path = path;
    this.#values = value;
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined;
  }

  text(name: string): string {
    const value = this.#values[name];
    return typeof value === 'string' ? value : this.#wrong(name, 'a text');
  }

  number(name: string): number {
    const value = this.#values[name];
    return typeof value === 'number' && Number.isFinite(value) ? value : this.#wrong(name, 'a number');
  }

  boolean(name: string): boolean {
    const value = this.#values[name];
    return typeof value === 'boolean' ? value : this.#wrong(name, 'true or false');
  }

  oneOf<const W extends string>(name: string, words: readonly W[]): W {
    const found = words.find((word) => word === this.#values[name]);
    return found ?? this.#wrong(name, `one of ${words.join(', ')}`);
  }

  fields(name: string): Fields {
    return new Fields(this.#values[name], `${this.path}.${name}`);
  }

  optional(name: string): Fields | undefined {
    return this.has(name) ? this.fields(name) : undefined;
  }

  list(name: string): readonly Fields[] {
    const value = this.#values[name];
    if (!Array.isArray(value)) return this.#wrong(name, 'a list');
    return value.map((item, index) => new Fields(item, `${this.path}.${name}.${index}`));
  }

  #wrong(name: string, expected: string): never {
    throw new DumpError(`${this.path}.${name}: expected ${expected}`);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
