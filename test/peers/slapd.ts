import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { BackgroundProcess } from './background-process.ts';
import { runClient } from './client.ts';
import { type Peer, privateDirectory, stopAll } from './peer.ts';
import { requirePeer } from './peers.ts';
import { freePort, waitUntil } from './ports.ts';

const schema_directory = '/etc/ldap/schema';
const module_directory = '/usr/lib/ldap';
const base_dn = 'dc=example,dc=com';
const bind_dn = `cn=admin,${base_dn}`;
const bind_password = 'secret';
const database_size_bytes = 1 << 30;

export interface SlapdOptions {
  /** LDIF to load before the server starts. An entry for the suffix unless told otherwise. */
  readonly ldif?: string;
  /** Further global lines of slapd.conf. */
  readonly global?: readonly string[];
  /** Further lines of the database's section: overlays, limits, access, indexes. */
  readonly database?: readonly string[];
  /** Overlays and backends to load, e.g. `ppolicy`. */
  readonly modules?: readonly string[];
  /** PEM files for StartTLS and `ldaps`. */
  readonly tls?: { readonly ca: string; readonly certificate: string; readonly key: string };
}

export interface Slapd extends Peer {
  readonly url: string;
  /** Present if `tls` was asked for. */
  readonly tlsUrl: string | undefined;
  readonly port: number;
  readonly baseDn: string;
  readonly bindDn: string;
  readonly bindPassword: string;
  /** The server's own log so far. */
  log(): string;
}

const suffix_ldif = `dn: ${base_dn}
objectClass: top
objectClass: dcObject
objectClass: organization
o: Example
dc: example
`;

function configuration(directory: string, options: SlapdOptions): string {
  const tls = options.tls;
  return [
    ...['core', 'cosine', 'nis', 'inetorgperson'].map((name) => `include ${schema_directory}/${name}.schema`),
    `modulepath ${module_directory}`,
    ...['back_mdb', ...(options.modules ?? [])].map((name) => `moduleload ${name}`),
    `pidfile ${directory}/slapd.pid`,
    'sizelimit unlimited',
    // Debian's default logs every operation, which would double what it costs.
    'loglevel 0',
    ...(tls === undefined
      ? []
      : [`TLSCACertificateFile ${tls.ca}`, `TLSCertificateFile ${tls.certificate}`, `TLSCertificateKeyFile ${tls.key}`]),
    ...(options.global ?? []),
    'database mdb',
    `maxsize ${database_size_bytes}`,
    `suffix "${base_dn}"`,
    `rootdn "${bind_dn}"`,
    `rootpw ${bind_password}`,
    `directory ${directory}/data`,
    // Nothing here outlives the test, so nothing has to reach the disk.
    'dbnosync',
    'index objectClass eq',
    ...(options.database ?? []),
    '',
  ].join('\n');
}

/** Whether a directory there answers an anonymous bind with success. */
function answersBind(port: number): Promise<boolean> {
  const bind = Buffer.from('300c020101600702010304008000', 'hex');
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bind));
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(5_000, () => end(false));
    socket.once('data', (chunk) => end(chunk[0] === 0x30));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
}

/** Debian's slapd with the suffix dc=example,dc=com, its administrator cn=admin and the password "secret". */
export async function startSlapd(options: SlapdOptions = {}): Promise<Slapd> {
  const slapd = requirePeer('slapd').path;
  const directory = privateDirectory('slapd');
  mkdirSync(join(directory, 'data'));
  const config = join(directory, 'slapd.conf');
  writeFileSync(config, configuration(directory, options));
  const ldif = join(directory, 'seed.ldif');
  writeFileSync(ldif, options.ldif ?? suffix_ldif);
  const loaded = await runClient(slapd, ['-T', 'add', '-q', '-f', config, '-l', ldif], { timeout_milliseconds: 60_000 });
  if (loaded.status !== 0) throw new Error(`slapadd: ${loaded.stderr}`);

  const port = await freePort();
  const tlsPort = options.tls === undefined ? undefined : await freePort();
  const url = `ldap://127.0.0.1:${port}`;
  const tlsUrl = tlsPort === undefined ? undefined : `ldaps://127.0.0.1:${tlsPort}`;
  const started = performance.now();
  const server = new BackgroundProcess(slapd, ['-f', config, '-h', [url, tlsUrl ?? ''].join(' ').trim(), '-d', '0']);
  const stop = (): Promise<void> => stopAll([server], directory);
  try {
    await waitUntil(() => answersBind(port), {
      timeout_milliseconds: 20_000,
      isAlive: () => server.isRunning,
      explain: () => `slapd did not start\n${server.output}`,
      interval_milliseconds: 2,
    });
  } catch (error) {
    await stop();
    throw error;
  }
  const startup_milliseconds = performance.now() - started;
  const names = { baseDn: base_dn, bindDn: bind_dn, bindPassword: bind_password };
  return { processGroups: [server.pid], startup_milliseconds, stop, url, tlsUrl, port, ...names, log: () => server.output };
}
