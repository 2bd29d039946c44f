// `npm test [-- FILTER…]`: sets up if needed, gets the real clients, runs the tests, ends with `N passed, M failed`.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isCi, root, run, say, tool } from './command.mjs';
import { canInstall, installPeers, missingPeers, packagesOf } from './install-peers.mjs';
import { setupOrExit } from './setup.mjs';

const results_file = join('node_modules', '.wirelike-test-results.json');

/** True if every client that tests talk to is here, in CI also every server, daemons that send, and what has to be compiled first. */
async function preparePeers() {
  const groups = isCi ? ['clients', 'compiled', 'daemons', 'servers'] : ['clients'];
  const missing = missingPeers(groups);
  if (missing.length === 0) return true;
  if (canInstall() && (await installPeers(missing)) && missingPeers(groups).length === 0) return true;
  const rest = missingPeers(groups);
  say('');
  say(`${isCi ? 'MISSING' : 'SKIPPING'} every test that talks to: ${rest.map(({ name }) => name).join(', ')}`);
  say('to get them on Debian or Ubuntu:');
  say(`  sudo apt-get install ${packagesOf(rest).join(' ')}`);
  say('');
  return false;
}

/** Counts from vitest's JSON report. A file that failed before its tests ran counts as one failure. */
function count() {
  const report = JSON.parse(readFileSync(join(root, results_file), 'utf8'));
  const isBroken = (file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed');
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.testResults.filter(isBroken).length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

async function runTests(filters) {
  rmSync(join(root, results_file), { force: true });
  // Comparing with the real servers takes minutes and needs them installed: that is for CI, or for who asks for it by name.
  const exclude = isCi || filters.some((filter) => filter.includes('differential')) ? [] : ['--exclude', 'test/differential/**'];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results_file}`];
  const status = await run(tool('vitest'), ['run', ...exclude, ...reporters, ...filters]);
  try {
    return { status, ...count() };
  } catch {
    return { status, passed: 0, failed: 0, skipped: 0 };
  }
}

await setupOrExit();
const hasPeers = await preparePeers();
const { status, passed, failed, skipped } = await runTests(process.argv.slice(2));
if (skipped > 0) console.log(`${skipped} skipped`);
// A run can fail without a failing test (an error outside of any), and in CI a missing peer is a failure whatever was skipped.
const failures = failed + (isCi && !hasPeers ? 1 : 0);
const total = status !== 0 && failures === 0 ? 1 : failures;
console.log(`${passed} passed, ${total} failed`);
process.exitCode = total === 0 ? 0 : 1;
