/** Where things are in a JSON text: for messages about a file somebody wrote. The text is valid JSON. */
export class JsonLines {
  readonly #text: string;
  readonly #lines = new Map<string, number>();
  #position = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
    this.#value('');
  }

  /** The line of the value at `keys`, counting from 1, or of what would contain it. */
  line(keys: readonly (string | number)[]): number {
    for (let length = keys.length; length > 0; length--) {
      const line = this.#lines.get(pathOf(keys.slice(0, length)));
      if (line !== undefined) return line;
    }
    return this.#lines.get('') ?? 1;
  }

  #value(path: string): void {
    this.#skip();
    this.#lines.set(path, this.#line);
    const first = this.#text[this.#position];
    if (first === '{') this.#members(path, '}');
    else if (first === '[') this.#members(path, ']');
    else if (first === '"') this.#string();
    else while (/[^\s,\]}]/.test(this.#text[this.#position] ?? ' ')) this.#position++;
  }

  #members(path: string, end: '}' | ']'): void {
    this.#position++;
    for (let index = 0; ; index++) {
      this.#skip();
      if (this.#text[this.#position] === end || this.#position >= this.#text.length) break;
      this.#value(`${path}/${end === '}' ? this.#key() : index}`);
      this.#skip();
      if (this.#text[this.#position] === ',') this.#position++;
    }
    this.#position++;
  }

  #key(): string {
    const key: unknown = JSON.parse(this.#string());
    this.#skip();
    this.#position++;
    return String(key);
  }

  #string(): string {
    const start = this.#position++;
    for (; this.#text[this.#position] !== '"' && this.#position < this.#text.length; this.#position++) {
      if (this.#text[this.#position] === '\\') this.#position++;
    }
    return this.#text.slice(start, ++this.#position);
  }

  #skip(): void {
    for (; /\s/.test(this.#text[this.#position] ?? 'x'); this.#position++) if (this.#text[this.#position] === '\n') this.#line++;
  }
}

function pathOf(keys: readonly (string | number)[]): string {
  return keys.map((key) => `/${key}`).join('');
}
