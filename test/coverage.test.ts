import { readFileSync } from 'node:fs';
import { coveragePage, loadEmulators } from '@wirelike/hub';
import { expect, test } from 'vitest';

test('docs/coverage.md says what the emulators do (if not: node scripts/coverage.mjs)', async () => {
  const { all } = await loadEmulators([]);
  expect(readFileSync(new URL('../docs/coverage.md', import.meta.url), 'utf8')).toBe(coveragePage(all));
});
