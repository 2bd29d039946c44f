import type { Random } from '@wirelike/kernel';

/** `amq.gen-` and 22 characters: 16 random bytes as url-safe base64 without padding (rabbit_guid:binary/2). */
export function generateName(prefix: string, random: Random): string {
  return `${prefix}-${Buffer.from(random.bytes(16)).toString('base64url')}`;
}
