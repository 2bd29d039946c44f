import { createHash } from 'node:crypto';
import type { Random } from '@wirelike/kernel';

export interface Permission {
  /** Regular expressions for the names of queues and exchanges; the empty one matches nothing. */
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

export interface TopicPermission {
  readonly write: string;
  readonly read: string;
}

export interface UserLimits {
  readonly 'max-connections'?: number;
  readonly 'max-channels'?: number;
}

/** Immutable: a change replaces it. */
export interface User {
  readonly name: string;
  /** base64 of a 4 byte salt and the SHA-256 of salt and password; empty for users who can't log in with one. */
  readonly passwordHash: string;
  readonly hashingAlgorithm: 'rabbit_password_hashing_sha256' | 'rabbit_password_hashing_sha512' | 'rabbit_password_hashing_md5';
  readonly tags: readonly string[];
  readonly limits: UserLimits;
  /** By virtual host. */
  readonly permissions: ReadonlyMap<string, Permission>;
  /** By virtual host and exchange. */
  readonly topicPermissions: ReadonlyMap<string, ReadonlyMap<string, TopicPermission>>;
}

const ALGORITHMS = {
  rabbit_password_hashing_sha256: 'sha256',
  rabbit_password_hashing_sha512: 'sha512',
  rabbit_password_hashing_md5: 'md5',
} as const;

/** https://www.rabbitmq.com/docs/passwords */
export function hashPassword(password: string, random: Random): string {
  const salt = random.bytes(4);
  return Buffer.concat([salt, digest('sha256', salt, password)]).toString('base64');
}

/** The password that a user came in with last: tests open connections by the thousand. A user who is changed is another one. */
const known = new WeakMap<User, string>();

/** RabbitMQ lets nobody in with an empty one, whatever was set (rabbit_auth_backend_internal:user_login_authentication/2). */
export function passwordMatches(user: User, password: string): boolean {
  if (password === '') return false;
  if (known.get(user) === password) return true;
  const matches = digestMatches(user, password);
  if (matches) known.set(user, password);
  return matches;
}

function digestMatches(user: User, password: string): boolean {
  const stored = Buffer.from(user.passwordHash, 'base64');
  if (stored.length <= 4) return false;
  const salt = stored.subarray(0, 4);
  return digest(ALGORITHMS[user.hashingAlgorithm], salt, password).equals(stored.subarray(4));
}

function digest(algorithm: string, salt: Uint8Array, password: string): Buffer {
  return createHash(algorithm).update(salt).update(password, 'utf8').digest();
}

export function newUser(name: string, passwordHash: string, tags: readonly string[] = []): User {
  return {
    name,
    passwordHash,
    hashingAlgorithm: 'rabbit_password_hashing_sha256',
    tags,
    limits: {},
    permissions: new Map(),
    topicPermissions: new Map(),
  };
}
