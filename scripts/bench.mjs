// `npm run bench [-- SUITE…]`: sets up if needed, compiles the benches, runs them. They measure what is built, not the sources.
import { join } from 'node:path';
import { root, run, tool } from './command.mjs';
import { setupOrExit } from './setup.mjs';

const bench = join(root, 'test', 'bench');

await setupOrExit();
const compiled = await run(tool('tsc'), ['-p', bench], { stdout: 2 });
if (compiled !== 0) process.exit(compiled);
// Node 20 warns of importing JSON, which is what the table of peers is.
const main = join(bench, 'dist', 'test', 'bench', 'main.js');
process.exitCode = await run(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...process.argv.slice(2)]);
