// What the installation and the build depend on, so that the second `npm start` has nothing to do.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './command.mjs';

/** Directories of the workspace's packages. */
export function packageDirectories() {
  const packages = readdirSync(join(root, 'packages'), { withFileTypes: true });
  return packages
    .filter((entry) => entry.isDirectory() && existsSync(join(root, 'packages', entry.name, 'package.json')))
    .map((entry) => join('packages', entry.name))
    .sort();
}

export function hasBuild(directory) {
  return existsSync(join(root, directory, 'tsconfig.json'));
}

/** Digest of everything that decides what is in node_modules. */
export function installationDigest() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  for (const directory of ['.', 'test', ...packageDirectories()]) {
    // Whoever edits a description or a script needs no new installation.
    const { name, packageManager, bin, dependencies, devDependencies } = JSON.parse(
      readFileSync(join(root, directory, 'package.json'), 'utf8'),
    );
    hash.update(JSON.stringify({ name, packageManager, bin, dependencies, devDependencies }));
  }
  return hash.digest('hex');
}

/** Digest of everything that decides what is in dist. Size and time stand for contents: reading them all would take longer. */
export function buildDigest(installation) {
  const hash = createHash('sha256').update(installation);
  const add = (path) => {
    const { size, mtimeMs } = statSync(join(root, path));
    hash.update(`\0${path} ${size} ${mtimeMs}`);
  };
  add('tsconfig.base.json');
  add(join('packages', 'cli', 'bundle.mjs'));
  for (const directory of packageDirectories()) {
    if (!hasBuild(directory)) continue;
    add(join(directory, 'tsconfig.json'));
    for (const file of readdirSync(join(root, directory, 'src'), { recursive: true }).sort()) {
      if (file.endsWith('.ts') && !file.endsWith('.test.ts')) add(join(directory, 'src', file));
    }
  }
  return hash.digest('hex');
}

// Inside node_modules: whoever deletes that also deletes the claim that it is complete.
export const installationStamp = join('node_modules', '.wirelike-installed');
export const buildStamp = join('node_modules', '.wirelike-built');

export function hasStamp(stamp, digest) {
  try {
    return readFileSync(join(root, stamp), 'utf8') === digest;
  } catch {
    return false;
  }
}

export function writeStamp(stamp, digest) {
  mkdirSync(dirname(join(root, stamp)), { recursive: true });
  writeFileSync(join(root, stamp), digest);
}
