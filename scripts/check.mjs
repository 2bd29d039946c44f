// `npm run check`: types, lint and format, boundaries, unused code. Runs them all, then says which failed.
import { join } from 'node:path';
import { root, run, say, tool } from './command.mjs';
import { setupOrExit } from './setup.mjs';

const checks = [
  ['types', tool('tsc'), ['-b']],
  ['lint and format', tool('biome'), ['check', '--error-on-warnings', '.']],
  ['boundaries', process.execPath, [join(root, 'scripts', 'check-boundaries.mjs')]],
  ['unused code', tool('knip'), ['--no-config-hints']],
];

await setupOrExit();
let passed = 0;
for (const [name, command, args] of checks) {
  say(`check: ${name}`);
  if ((await run(command, args)) === 0) passed++;
  else say(`check: ${name} FAILED`);
}
console.log(`${passed} passed, ${checks.length - passed} failed`);
process.exitCode = passed === checks.length ? 0 : 1;
