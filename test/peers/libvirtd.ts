import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BackgroundProcess } from './background-process.ts';
import { type Peer, privateDirectory, stopAll } from './peer.ts';
import { requirePeer } from './peers.ts';
import { accepts, freePort, waitUntil } from './ports.ts';

export interface Libvirtd extends Peer {
  readonly port: number;
  /** The qemu driver (TCG unless a domain asks for more), over TCP. */
  readonly qemuUri: string;
  /** The same over the unix socket. */
  readonly qemuUnixUri: string;
  /** The test driver's default host. Its state is the daemon's as long as a connection is open. */
  readonly testUri: string;
  readonly socket: string;
  readonly readOnlySocket: string;
  /** The daemon's own log so far: warnings and errors. */
  log(): string;
}

export interface LibvirtdOptions {
  /** Further lines of libvirtd.conf. */
  readonly configuration?: readonly string[];
  /** Further lines of qemu.conf. */
  readonly qemu?: readonly string[];
}

// Compiled into libvirtd, so a daemon of one's own needs its own idea of them. Its cache of what qemu can do is shared
// on purpose: asking qemu takes 15 seconds, and the answer belongs to the qemu binary.
const state_directories = ['/run/libvirt', '/var/lib/libvirt', '/var/log/libvirt', '/etc/libvirt'];

function daemonConfiguration(directory: string, port: number, options: LibvirtdOptions): string {
  return [
    'listen_tls = 0',
    'listen_tcp = 1',
    'listen_addr = "127.0.0.1"',
    `tcp_port = "${port}"`,
    'auth_tcp = "none"',
    'auth_unix_ro = "none"',
    'auth_unix_rw = "none"',
    `unix_sock_dir = "${directory}/sockets"`,
    'log_outputs = "3:stderr"',
    ...(options.configuration ?? []),
    '',
  ].join('\n');
}

/** No second user, no cgroups, no security driver, no log daemon: a domain is a child process and nothing more. */
function qemuConfiguration(options: LibvirtdOptions): string {
  return [
    'user = "root"',
    'group = "root"',
    'dynamic_ownership = 0',
    'remember_owner = 0',
    'security_driver = "none"',
    'cgroup_controllers = [ ]',
    'namespaces = [ ]',
    'stdio_handler = "file"',
    ...(options.qemu ?? []),
    '',
  ].join('\n');
}

/** A shell script that hides the machine's libvirt directories behind ours, in a mount namespace of its own. */
function privateMounts(directory: string): string {
  const mounts = state_directories.map((path) => `mkdir -p ${path} && mount --bind ${directory}${path} ${path}`);
  return ['set -e', 'mount --make-rprivate /', ...mounts, 'exec "$@"'].join('\n');
}

/** Who the daemon runs as: root with directories of its own, or a user whose daemon keeps to the user's directories. */
type Identity = 'private root' | 'this user' | 'nobody';

const nobody_id = 65534;

function identity(): Identity {
  if (process.getuid?.() !== 0) return 'this user';
  // A container's root may not make namespaces.
  const isPermitted = spawnSync('unshare', ['--mount', 'true'], { stdio: 'ignore' }).status === 0;
  return isPermitted ? 'private root' : 'nobody';
}

function launch(who: Identity, libvirtd: string, directory: string, args: readonly string[]): BackgroundProcess {
  if (who === 'private root') {
    return new BackgroundProcess('unshare', ['--mount', 'sh', '-c', privateMounts(directory), 'sh', libvirtd, ...args]);
  }
  const env = {
    HOME: directory,
    XDG_RUNTIME_DIR: join(directory, 'run'),
    XDG_CONFIG_HOME: join(directory, 'etc'),
    XDG_CACHE_HOME: join(directory, 'cache'),
    XDG_DATA_HOME: join(directory, 'var'),
  };
  if (who === 'this user') return new BackgroundProcess(libvirtd, args, { env });
  const drop = [`--reuid=${nobody_id}`, `--regid=${nobody_id}`, '--clear-groups'];
  spawnSync('chown', ['-R', `${nobody_id}:${nobody_id}`, directory]);
  return new BackgroundProcess('setpriv', [...drop, libvirtd, ...args], { env });
}

/** Debian's libvirtd with its qemu and test drivers, on a TCP port of 127.0.0.1 and unix sockets of its own. */
export async function startLibvirtd(options: LibvirtdOptions = {}): Promise<Libvirtd> {
  const libvirtd = requirePeer('libvirtd').path;
  const directory = privateDirectory('libvirtd');
  chmodSync(directory, 0o755);
  for (const each of [...state_directories, '/sockets', '/cache']) mkdirSync(join(directory, each), { recursive: true });
  const port = await freePort();
  const config = join(directory, 'libvirtd.conf');
  writeFileSync(config, daemonConfiguration(directory, port, options));
  const who = identity();
  if (who === 'private root') writeFileSync(join(directory, 'etc/libvirt/qemu.conf'), qemuConfiguration(options));

  const started = performance.now();
  const server = launch(who, libvirtd, directory, ['--config', config, '--pid-file', join(directory, 'libvirtd.pid'), '--listen']);
  const stop = (): Promise<void> => stopAll([server], directory);
  const socket = join(directory, 'sockets', 'libvirt-sock');
  try {
    await waitUntil(async () => (await accepts(port)) && (await accepts(socket)), {
      timeout_milliseconds: 20_000,
      isAlive: () => server.isRunning,
      explain: () => `libvirtd did not start\n${server.output}`,
      interval_milliseconds: 5,
    });
  } catch (error) {
    await stop();
    throw error;
  }
  const path = who === 'private root' ? 'system' : 'session';
  return {
    processGroups: [server.pid],
    startup_milliseconds: performance.now() - started,
    stop,
    port,
    qemuUri: `qemu+tcp://127.0.0.1:${port}/${path}`,
    qemuUnixUri: `qemu+unix:///${path}?socket=${socket}`,
    testUri: `test+tcp://127.0.0.1:${port}/default`,
    socket,
    readOnlySocket: join(directory, 'sockets', 'libvirt-sock-ro'),
    log: () => server.output,
  };
}
