// Writes docs/coverage.md from the built emulators. A test compares the page with them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './command.mjs';

const { coveragePage, loadEmulators } = await import(pathToFileURL(join(root, 'packages', 'hub', 'dist', 'index.js')).href);
const { all } = await loadEmulators([]);
writeFileSync(join(root, 'docs', 'coverage.md'), coveragePage(all));
console.log('wrote docs/coverage.md');
