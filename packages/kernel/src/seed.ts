/** A whole file in a format of the emulator's own: LDIF, RabbitMQ's definitions, domain XML. */
export interface SeedFile {
  readonly kind: 'file';
  readonly path: string;
  readonly text: string;
}

/** The emulator's section of a YAML seed. */
export interface SeedSection {
  readonly kind: 'section';
  readonly path: string;
  readonly value: unknown;
  /** The line of the value at `keys` below the section, counting from 1. */
  line(keys: readonly (string | number)[]): number;
}

export type SeedSource = SeedFile | SeedSection;

/** `people.ldif:12: expected "attribute: value", found "mail ann@example.com"` */
export class SeedError extends Error {
  override readonly name = 'SeedError';
  readonly path: string;
  readonly line: number;

  constructor(path: string, line: number, expected: string) {
    super(`${path}:${line}: ${expected}`);
    this.path = path;
    this.line = line;
  }
}
