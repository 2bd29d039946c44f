// Installs the real clients (and servers) that tests talk to, from Debian's packages.
// node scripts/install-peers.mjs [--compiled] [--daemons] [--servers] [--bench]
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture, isMain, root, run, say, which } from './command.mjs';

const table = JSON.parse(readFileSync(join(root, 'scripts', 'peers.json'), 'utf8'));
const policy = '/usr/sbin/policy-rc.d';
const package_lists = '/var/lib/apt/lists';

/** Python modules that Debian's interpreter has, of those asked for. One start of the interpreter answers for all. */
function presentModules(modules) {
  const script = 'import importlib.util, sys; print(*[m for m in sys.argv[1:] if importlib.util.find_spec(m)])';
  return new Set(capture('/usr/bin/python3', ['-c', script, ...modules])?.split(' ') ?? []);
}

/** Entries of these groups of peers.json that this machine lacks, as { name, package }. */
export function missingPeers(groups) {
  const entries = groups.flatMap((group) => Object.entries(table[group]).map(([name, entry]) => ({ name, ...entry })));
  const modules = presentModules(entries.flatMap((entry) => entry.module ?? []));
  return entries.filter(({ command, module, file }) => {
    if (command !== undefined) return which(command) === undefined;
    return module === undefined ? !existsSync(file) : !modules.has(module);
  });
}

export function packagesOf(missing) {
  return [...new Set(missing.map((entry) => entry.package))];
}

/** Whether this machine lets us install Debian packages. */
export function canInstall() {
  return existsSync('/etc/debian_version') && which('apt-get') !== undefined && process.getuid?.() === 0;
}

async function apt(...args) {
  const env = { DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1' };
  return (await run('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', ...args], { env, stdout: 2 })) === 0;
}

/** Installs what is missing. Tests start servers of their own, so no package may start its service. */
export async function installPeers(missing) {
  const packages = packagesOf(missing);
  const hadPolicy = existsSync(policy);
  if (!hadPolicy) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    say(`installing ${packages.join(' ')}`);
    const hasLists =
      existsSync(package_lists) && readdirSync(package_lists).some((name) => name.endsWith('Packages') || name.endsWith('.lz4'));
    const install = () => apt('install', '-y', '--no-install-recommends', ...packages);
    // The lists may be there and out of date, so a failure is worth a second try with new ones.
    if (hasLists && (await install())) return true;
    return (await apt('update')) && (await install());
  } finally {
    if (!hadPolicy) rmSync(policy, { force: true });
  }
}

if (isMain(import.meta.url)) {
  const groups = ['clients', ...['compiled', 'daemons', 'servers', 'bench'].filter((group) => process.argv.includes(`--${group}`))];
  const missing = missingPeers(groups);
  if (missing.length === 0) say('nothing to install');
  else if (!canInstall()) {
    say(`this needs root on Debian: apt-get install ${packagesOf(missing).join(' ')}`);
    process.exitCode = 1;
  } else if (!(await installPeers(missing))) process.exitCode = 1;
}
