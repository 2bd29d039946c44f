/**
 * Puts the command and all emulators into a few files. Node 20 takes about a millisecond to load a module, whatever
 * is in it, and there are hundreds: bundled, `wirelike up` is ready in a third of the time. What is only loaded when it
 * is wanted (an emulator, the control interface, zod) stays in a file of its own.
 *
 * `bin/wirelike.mjs` uses the bundle as long as it is newer than what `tsc -b` built.
 */
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const here = dirname(fileURLToPath(import.meta.url));
const output = join(here, 'dist', 'bundle');

/** `createRequire(import.meta.url)('saxes')` would look for saxes beside the bundle; as `require` it becomes part of it. */
const bundleCreatedRequires = {
  name: 'bundle-created-requires',
  transform: {
    filter: { code: /createRequire\(import\.meta\.url\)\(['"][^.]/ },
    handler: (code) => ({ code: code.replaceAll(/createRequire\(import\.meta\.url\)\((?=['"][^.])/g, 'require(') }),
  },
};

const bundle = await rolldown({
  input: { main: join(here, 'src', 'main.ts') },
  platform: 'node',
  resolve: { conditionNames: ['@wirelike/source', 'node', 'import', 'default'] },
  // pino finds its own worker by its path; net-ipc does without the other two, which only whoever compresses needs.
  external: ['pino', 'fast-zlib', 'msgpackr'],
  plugins: [bundleCreatedRequires],
  logLevel: 'warn',
});
const fresh = `${output}-${process.pid}`;
// Less to parse is a quarter off the start; names stay, for stack traces.
const minify = { compress: false, mangle: false, codegen: { removeWhitespace: true } };
await bundle.write({ dir: fresh, format: 'esm', chunkFileNames: '[name]-[hash].js', minify });
await bundle.close();

// A wirelike that is running still loads chunks of the bundle that it was started from: those stay for a day.
mkdirSync(output, { recursive: true });
const DAY_MILLISECONDS = 86_400_000;
for (const name of readdirSync(output)) {
  const file = join(output, name);
  if (name !== 'main.js' && statSync(file).mtimeMs < Date.now() - DAY_MILLISECONDS) rmSync(file);
}
// The entry comes last, so that whoever starts meanwhile finds all that it names.
const names = readdirSync(fresh).toSorted((one, other) => Number(one === 'main.js') - Number(other === 'main.js'));
for (const name of names) renameSync(join(fresh, name), join(output, name));
rmSync(fresh, { recursive: true });
