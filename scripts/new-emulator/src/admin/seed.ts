import { SeedError, type SeedSource } from '@wirelike/kernel';
import type { Shelf } from '../model/index.ts';

/** Seeds are a mapping of keys to texts: `gadget: { colour: green }`. */
export function applySeed(shelf: Shelf, source: SeedSource): void {
  if (source.kind === 'file') throw new SeedError(source.path, 1, 'gadget is seeded from a section of a YAML file');
  const { path, value, line } = source;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SeedError(path, line([]), 'expected keys and values');
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') throw new SeedError(path, line([key]), `expected a text for ${key}, found ${JSON.stringify(text)}`);
    shelf.set(key, text);
  }
}
