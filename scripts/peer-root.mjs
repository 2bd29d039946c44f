// Unpacks RabbitMQ of another Debian release into a folder of its own, to compare wirelike with it (CONTRIBUTING.md).
// node scripts/peer-root.mjs SUITE FOLDER
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { capture, isMain, run, say, which } from './command.mjs';

/** What RabbitMQ's scripts call, besides what its package depends on. */
const packages = [
  ...['base-files', 'bash', 'coreutils', 'dash', 'debianutils', 'findutils', 'grep', 'hostname', 'libc-bin', 'mawk', 'procps', 'sed'],
  ...['util-linux', 'rabbitmq-server'],
];
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Where this system has its own Debian packages from. */
function mirror() {
  const targets = capture('apt-get', ['indextargets', '--format', '$(ORIGIN) $(COMPONENT) $(SITE)', 'Created-By: Packages']) ?? '';
  const site = targets.split('\n').find((target) => target.startsWith('Debian main ') && !target.endsWith('-security'));
  if (site === undefined) throw new Error('apt has no source of Debian packages: run apt-get update');
  return site.slice('Debian main '.length);
}

async function must(command, args) {
  if ((await run(command, args, { stdout: 2 })) !== 0) throw new Error(`${command} ${args[0]} failed`);
}

/** Downloads the packages of that suite, with all they depend on, as if nothing were installed. */
async function download(suite, directory) {
  const path = (name) => join(directory, name);
  for (const name of ['lists', 'cache/archives/partial']) mkdirSync(path(name), { recursive: true });
  writeFileSync(path('status'), '');
  writeFileSync(path('sources.list'), `deb [signed-by=${keyring}] ${mirror()} ${suite} main\n`);
  const options = {
    'Dir::Etc::sourcelist': path('sources.list'),
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': path('lists'),
    'Dir::State::status': path('status'),
    'Dir::Cache': path('cache'),
    'APT::Install-Recommends': 'false',
    // apt's own user cannot enter a private directory.
    'APT::Sandbox::User': 'root',
  };
  const given = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  await must('apt-get', [...given, '-q', 'update']);
  await must('apt-get', [...given, '-q', '-y', '--download-only', 'install', ...packages]);
  const archives = path('cache/archives');
  return readdirSync(archives).flatMap((name) => (name.endsWith('.deb') ? [join(archives, name)] : []));
}

/** No package's scripts run: nothing is set up, and nothing starts. */
async function unpack(archives, folder) {
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    mkdirSync(join(folder, 'usr', name), { recursive: true });
    symlinkSync(`usr/${name}`, join(folder, name));
  }
  for (const archive of archives) {
    const script = 'dpkg-deb --fsys-tarfile "$0" | tar -x --keep-directory-symlink -f - -C "$1"';
    await must('sh', ['-c', script, archive, folder]);
  }
  // Erlang looks for its node on localhost.
  writeFileSync(join(folder, 'etc', 'hosts'), '127.0.0.1 localhost\n');
  writeFileSync(join(folder, 'etc', 'nsswitch.conf'), 'hosts: files\n');
}

/** What the programs see of this system. Tests write configurations and certificates to its temporary directory. */
const mounted = ['proc', 'dev', tmpdir()];

async function mount(folder) {
  for (const name of mounted) mkdirSync(join(folder, name), { recursive: true });
  await must('mount', ['-t', 'proc', 'proc', join(folder, 'proc')]);
  await must('mount', ['--bind', '/dev', join(folder, 'dev')]);
  await must('mount', ['--bind', tmpdir(), join(folder, tmpdir())]);
}

async function makePeerRoot(suite, folder) {
  const directory = mkdtempSync(join(tmpdir(), 'wirelike-packages-'));
  try {
    await unpack(await download(suite, directory), folder);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  await mount(folder);
}

if (isMain(import.meta.url)) {
  const [suite, given] = process.argv.slice(2);
  const folder = resolve(given ?? '.');
  if (suite === undefined || given === undefined) {
    say('node scripts/peer-root.mjs SUITE FOLDER: SUITE is a release of Debian (trixie), FOLDER does not exist yet');
    process.exitCode = 1;
  } else if (process.getuid?.() !== 0 || which('apt-get') === undefined || which('dpkg-deb') === undefined) {
    say('this needs root on Debian');
    process.exitCode = 1;
  } else if (existsSync(folder)) {
    say(`${folder} exists already`);
    process.exitCode = 1;
  } else {
    await makePeerRoot(suite, folder);
    say(`compare with it: WIRELIKE_RABBITMQ_ROOT=${folder} npm test -- test/differential/amqp.test.ts`);
    say(`before you remove it: umount ${mounted.map((name) => join(folder, name)).join(' ')}`);
  }
}
