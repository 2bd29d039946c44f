#!/usr/bin/env node
import { readdirSync, statSync } from 'node:fs';

const packages = new URL('../../', import.meta.url);
const built = new URL('../dist/main.js', import.meta.url);
const bundled = new URL('../dist/bundle/main.js', import.meta.url);

/** When a file was written, or 0 if there is none. */
function written(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** The bundle is several times faster to load, but whoever builds one package after it wants to see that one at work. */
function entry() {
  const bundle = written(bundled);
  const newer = (name) => written(new URL(`${name}/tsconfig.tsbuildinfo`, packages)) > bundle;
  if (bundle > 0 && !readdirSync(packages).some(newer)) return bundled;
  return written(built) > 0 ? built : undefined;
}

const main = entry();
if (main !== undefined) {
  await import(main.href);
} else {
  console.error('wirelike: not built yet; run `npm run setup` in the checkout first');
  process.exitCode = 1;
}
