// RFC 2307 §5.3: values of userPassword, with the hashes that slapd knows without modules.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Value } from './value.ts';

const SCHEME = /^\{([A-Za-z0-9-]+)\}(.*)$/s;

const HASHES: Readonly<Record<string, { readonly algorithm: string; readonly size: number }>> = {
  SHA: { algorithm: 'sha1', size: 20 },
  SSHA: { algorithm: 'sha1', size: 20 },
  MD5: { algorithm: 'md5', size: 16 },
  SMD5: { algorithm: 'md5', size: 16 },
};

/** Whether `password` is what `stored` was made of. */
export function passwordMatches(stored: Value, password: Value): boolean {
  const match = typeof stored === 'string' ? SCHEME.exec(stored) : null;
  if (match === null) return equal(bytes(stored), bytes(password));
  const scheme = (match[1] ?? '').toUpperCase();
  const rest = match[2] ?? '';
  if (scheme === 'CLEARTEXT') return equal(bytes(rest), bytes(password));
  const hash = HASHES[scheme];
  // A scheme that nobody knows here matches nothing, as in slapd.
  if (hash === undefined) return false;
  const decoded = Buffer.from(rest, 'base64');
  const salt = decoded.subarray(hash.size);
  const digest = createHash(hash.algorithm).update(bytes(password)).update(salt).digest();
  return equal(decoded.subarray(0, hash.size), digest);
}

function bytes(value: Value): Uint8Array {
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
