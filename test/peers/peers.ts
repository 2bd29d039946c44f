import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import table from '../../scripts/peers.json' with { type: 'json' };
import { rabbitmq_root } from './rabbitmq-release.ts';

export type ClientName = keyof typeof table.clients | keyof typeof table.compiled | keyof typeof table.daemons;
export type PeerName = keyof typeof table.servers;

/** Where a real client or server was found on this machine. */
export interface Program {
  readonly name: string;
  /** Absolute path of the command; for a Python module, of the interpreter that has it. */
  readonly path: string;
  readonly debianPackage: string;
}

interface Entry {
  readonly package: string;
  readonly command?: string;
  readonly module?: string;
  readonly file?: string;
}

/** Debian's own interpreter: only this one sees the modules that Debian's packages install. */
export const python_path = '/usr/bin/python3';

const clients: Readonly<Record<string, Entry>> = { ...table.clients, ...table.compiled, ...table.daemons };
const servers: Readonly<Record<string, Entry>> = table.servers;
const modules = new Map<string, boolean>();

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function findCommand(command: string): string | undefined {
  // Servers live in sbin, which is not on every user's PATH.
  const directories = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin', '/usr/local/sbin'];
  return directories
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, command))
    .find(isExecutable);
}

function hasModule(module: string): boolean {
  const known = modules.get(module);
  if (known !== undefined) return known;
  const found = spawnSync(python_path, ['-c', `import ${module}`], { stdio: 'ignore' }).status === 0;
  modules.set(module, found);
  return found;
}

function find(name: string, entry: Entry | undefined): Program | undefined {
  if (entry === undefined) return undefined;
  const path = locate(entry);
  return path === undefined ? undefined : { name, path, debianPackage: entry.package };
}

function locate(entry: Entry): string | undefined {
  if (entry.command !== undefined) return findCommand(entry.command);
  if (entry.module !== undefined) return hasModule(entry.module) ? python_path : undefined;
  return entry.file !== undefined && isReadable(entry.file) ? entry.file : undefined;
}

/** The real client of this name, if it is installed. */
export function findClient(name: ClientName): Program | undefined {
  return find(name, clients[name]);
}

/** The real server of this name, if it is installed. */
export function findPeer(name: PeerName): Program | undefined {
  if (name === 'rabbitmq' && rabbitmq_root !== undefined) {
    const path = join(rabbitmq_root, 'usr/sbin/rabbitmq-server');
    return isExecutable(path) ? { name, path, debianPackage: 'rabbitmq-server' } : undefined;
  }
  return find(name, servers[name]);
}

/** What to tell somebody who lacks these. */
export function absence(names: readonly (ClientName | PeerName)[]): string {
  const packages = [...new Set(names.map((name) => (clients[name] ?? servers[name])?.package ?? name))].join(' ');
  return `${names.join(', ')} not installed (Debian: apt-get install ${packages})`;
}

/** The real client of this name; an error that says how to get it if it is not installed. */
export function requireClient(name: ClientName): Program {
  const program = findClient(name);
  if (program === undefined) throw new Error(absence([name]));
  return program;
}

/** The real server of this name; an error that says how to get it if it is not installed. */
export function requirePeer(name: PeerName): Program {
  const program = findPeer(name);
  if (program === undefined) throw new Error(absence([name]));
  return program;
}
