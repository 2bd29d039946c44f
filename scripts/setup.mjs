// `npm run setup`: everything a fresh checkout needs, with nothing but Node and npm on the machine.
// Fetches the pinned pnpm, installs, builds. When nothing has changed it is done in a few milliseconds.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture, isMain, root, run, say, tool } from './command.mjs';
import {
  buildDigest,
  buildStamp,
  hasBuild,
  hasStamp,
  installationDigest,
  installationStamp,
  packageDirectories,
  writeStamp,
} from './stamp.mjs';

const node_minimum = [20, 19];

const cli = join(root, 'packages', 'cli', 'bin', 'wirelike.mjs');
const bundler = join(root, 'packages', 'cli', 'bundle.mjs');

export class SetupError extends Error {}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > node_minimum[0] || (major === node_minimum[0] && minor >= node_minimum[1])) return;
  throw new SetupError(
    `this is Node ${process.versions.node}, and wirelike needs ${node_minimum.join('.')} or newer: https://nodejs.org/en/download`,
  );
}

/** The command that runs the pinned pnpm: the one on PATH if it is that very version, otherwise one from npm's cache or registry. */
function pnpm() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const version = packageManager.replace(/^pnpm@/, '').replace(/\+.*$/, '');
  if (capture('pnpm', ['--version']) === version) return ['pnpm'];
  // Under `npm run`, the very npm that runs us; it may not be on PATH.
  const npm = process.env.npm_execpath?.endsWith('npm-cli.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  return [...npm, 'exec', '--yes', '--prefer-offline', '--', `pnpm@${version}`];
}

async function install() {
  const [command, ...args] = pnpm();
  say(command === 'pnpm' ? 'installing with pnpm' : `installing with ${args.at(-1)}, fetched by npm`);
  // CI=true: pnpm never asks, for example whether it may replace a node_modules that npm has made.
  const status = await run(command, [...args, 'install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only'], {
    env: { CI: 'true' },
    stdout: 2,
  });
  if (status !== 0) throw new SetupError(`the installation failed (status ${status}); see above, then try again: npm run setup`);
}

async function build() {
  const directories = packageDirectories().filter(hasBuild);
  // The compiler's own records don't notice that somebody has deleted what it wrote.
  const force = directories.every((directory) => existsSync(join(root, directory, 'dist'))) ? [] : ['--force'];
  say('building');
  const status = await run(tool('tsc'), ['-b', ...force, ...directories], { stdout: 2 });
  if (status !== 0) throw new SetupError('the build failed; see above');
  // Last, because the command takes its bundle only while that is newer than what the compiler wrote.
  if ((await run(process.execPath, [bundler], { stdout: 2 })) !== 0) throw new SetupError('the command could not be bundled; see above');
}

/** Makes the checkout ready to run. Throws a SetupError if that is not possible. */
export async function setup() {
  checkNode();
  const installation = installationDigest();
  // An installation from before the command's file existed has not linked it.
  if (!hasStamp(installationStamp, installation) || (existsSync(cli) && !existsSync(tool('wirelike')))) {
    await install();
    writeStamp(installationStamp, installation);
  }
  const sources = buildDigest(installation);
  const isBuilt = packageDirectories().every((directory) => !hasBuild(directory) || existsSync(join(root, directory, 'dist')));
  if (!isBuilt || !hasStamp(buildStamp, sources)) {
    await build();
    writeStamp(buildStamp, sources);
    // The banner of `npm start` tells how long wirelike took, not how long it took to build it.
    performance.mark('wirelike built');
  }
}

/** As {@link setup}, for scripts: an error is one line on standard error and exit status 1. */
export async function setupOrExit() {
  try {
    await setup();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exit(1);
  }
}

if (isMain(import.meta.url)) {
  await setupOrExit();
  say('ready. `npm start` brings everything up, `npx wirelike --help` tells the rest.');
}
