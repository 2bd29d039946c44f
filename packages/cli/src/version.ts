import { readFileSync } from 'node:fs';

/** wirelike's version; its packages are released together. */
export const version: string = readVersion();

function readVersion(): string {
  // One folder up from the sources and from what is built of them, two from the bundle.
  for (const place of ['../package.json', '../../package.json']) {
    try {
      const manifest: unknown = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8'));
      if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
    } catch {
      // The next one, then.
    }
  }
  return '0.0.0';
}
