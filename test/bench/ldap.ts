import { runClient } from '../peers/client.ts';
import { findPeer } from '../peers/peers.ts';
import { startSlapd } from '../peers/slapd.ts';
import { compare, type Rounds } from './comparison.ts';
import type { Line, Section } from './line.ts';
import { compile, type Figures, generate } from './load-generator.ts';
import { type Subject, startOurs } from './ours.ts';
import { processesOf } from './processes.ts';

const people = 10_000;

const modes = [
  { name: 'root DSE', arguments: ['noop', 'n=50000'] },
  { name: 'search by equality', arguments: ['equality', 'n=50000'] },
  { name: 'search by substring', arguments: ['substring', 'n=500'] },
  { name: 'modify', arguments: ['modify', 'n=20000'] },
  { name: 'connect and bind', arguments: ['connect', 'n=500'] },
];

async function startTheirs(): Promise<Subject> {
  const slapd = await startSlapd({ database: ['index uid eq,sub'] });
  const env = { LDAP_URL: slapd.url, LDAP_BIND_DN: slapd.bindDn, LDAP_BIND_PASSWORD: slapd.bindPassword, LDAP_BASE_DN: slapd.baseDn };
  return { env, pids: () => processesOf(slapd.processGroups), stop: () => slapd.stop() };
}

function access(subject: Subject): readonly [url: string, bindDn: string, password: string, baseDn: string] {
  const { LDAP_URL = '', LDAP_BIND_DN = '', LDAP_BIND_PASSWORD = '', LDAP_BASE_DN = '' } = subject.env;
  return [LDAP_URL, LDAP_BIND_DN, LDAP_BIND_PASSWORD, LDAP_BASE_DN];
}

/** Where the generated people go. The default seed may have it already. */
async function addPeopleUnit(subject: Subject): Promise<void> {
  const [url, bindDn, password, baseDn] = access(subject);
  const input = `dn: ou=people,${baseDn}\nobjectClass: organizationalUnit\nou: people\n`;
  const result = await runClient('ldapadd', ['-x', '-H', url, '-D', bindDn, '-w', password], { input });
  const already_exists = 68;
  if (result.status !== 0 && result.status !== already_exists) throw new Error(`ldapadd: ${result.stderr}`);
}

/** The directory against slapd with ten thousand people, eight connections with eight requests in flight each. */
export async function benchLdap(rounds: Rounds, only: (name: string) => boolean, tell: (line: Line) => void): Promise<Section> {
  const program = await compile('ldap-loadgen', ['ldap', 'lber']);
  const run = (subject: Subject, args: readonly string[]): Promise<Figures> =>
    generate(program, [...access(subject), ...args, `entries=${people}`, `pids=${subject.pids().join(',')}`]);
  const ours = await startOurs(['ldap']);
  const theirs = findPeer('slapd') === undefined ? undefined : await startTheirs();
  const lines: Line[] = [];
  const add = (more: readonly Line[]): void => {
    lines.push(...more);
    more.forEach(tell);
  };
  try {
    for (const subject of [ours, theirs]) if (subject !== undefined) await addPeopleUnit(subject);
    add((await compare({ name: 'add', arguments: ['add', `n=${people}`] }, run, { ours, theirs }, { counted: 1, uncounted: 0 })).lines);
    for (const mode of modes) if (only(mode.name)) add((await compare(mode, run, { ours, theirs }, rounds)).lines);
  } finally {
    await ours.stop();
    await theirs?.stop();
  }
  return { title: 'LDAP', peer: 'slapd', lines };
}
