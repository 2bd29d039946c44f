// `node scripts/other-nodes.mjs [MAJOR…]`: the tests of what touches Node itself, on other releases of it than the one that
// runs this, each fetched from npm into a temporary folder. Ends with `N passed, M failed`.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { root, run, say } from './command.mjs';

/** The supported releases beyond the oldest, which everything else runs on. */
const majors = ['22', '24', '26'];
/** Sockets, timers, TLS, the bundle. Models are plain JavaScript. */
const tests = ['packages/kernel', 'packages/amqp/src/session', 'packages/cli', 'test/e2e'];

async function fetchNode(major, folder) {
  const name = `node-${process.platform}-${process.arch}`;
  const status = await run('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', folder, `${name}@${major}`], {
    stdout: 2,
  });
  return status === 0 ? join(folder, 'node_modules', name, 'bin') : undefined;
}

/** Passed and failed tests. Whatever goes wrong besides counts as a failed one. */
async function test(major) {
  const folder = mkdtempSync(join(tmpdir(), 'wirelike-node-'));
  try {
    const bin = await fetchNode(major, folder);
    if (bin === undefined) return { passed: 0, failed: 1 };
    say(`tests on Node ${major}`);
    const report = join(folder, 'report.json');
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const env = { PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` };
    const status = await run(join(bin, 'node'), [vitest, 'run', ...reporters, ...tests], { env });
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
    return { passed: numPassedTests, failed: status !== 0 && numFailedTests === 0 ? 1 : numFailedTests };
  } catch (error) {
    say(`Node ${major}: ${error.message}`);
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const total = { passed: 0, failed: 0 };
const wanted = process.argv.length > 2 ? process.argv.slice(2) : majors;
for (const major of wanted) {
  const { passed, failed } = await test(major);
  total.passed += passed;
  total.failed += failed;
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
