// `npm run bench [-- SUITE…]`: sets up if needed, compiles the benches, runs them. They measure what is built, not the sources.
import { join } from 'node:path';
import { root, run, tool } from './command.mjs';
import { setupOrExit } from './setup.mjs';

const bench = join(root, 'test', 'bench');

await setupOrExit();
const compiled = await run(tool('tsc'), ['-p', bench], { stdout: 2 });
if (compiled !== 0) process.exit(compiled);
// Node 20 warns of importing JSON, which is what the table of peers is.
// Node 20 warns of importing JSON, which is what the table of peers is.
const main = join(bench, 'dist', 'test', 'bench', 'main.js');
const args = process.argv.slice(2);
process.exitCode = await run(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args]);
// The tables are part of the repository, so they are formatted as everything in it is.
const written = args[args.indexOf('--write') + 1];
if (process.exitCode === 0 && args.includes('--write')) await run(tool('biome'), ['format', '--write', written], { stdout: 2 });
