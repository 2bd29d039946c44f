import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import { makePrivate, stateDirectory } from './runtime-directory.ts';

/** wirelike's own certificate authority and the server certificate it issued, as PEM. */
export interface Certificates {
  readonly ca_file: string;
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

const DAY_MILLISECONDS = 86_400_000;
/** Below the state directory. */
const DIRECTORY = 'tls';
const files = { ca: 'ca.pem', ca_key: 'ca-key.pem', certificate: 'server.pem', key: 'server-key.pem' } as const;

/**
 * The certificates of this user, made once and kept: clients that were told to trust the authority go on
 * trusting it after a restart. Made anew when they have less than a day left, or the machine got another name.
 */
export async function loadCertificates(directory: string = stateDirectory()): Promise<Certificates> {
  const kept = readKept(directory);
  if (kept !== undefined) return kept;
  // Loading the X.509 library takes longer than the rest of the start: only whoever has no certificates yet pays.
  const { issueCertificates } = await import('./certificate-issuer.ts');
  const issued = await issueCertificates(hostname());
  makePrivate(directory);
  // All four files appear at once, as one directory: two processes that start for the first time at the same
  // moment must not end up with one's certificate and the other's key.
  const fresh = mkdtempSync(join(directory, '.new-'));
  for (const name of ['ca', 'ca_key', 'certificate', 'key'] as const) {
    writeFileSync(join(fresh, files[name]), issued[name], { mode: name.endsWith('key') ? 0o600 : 0o644 });
  }
  // The authority's key stays in its file: nobody here needs it again.
  const { ca, certificate, key } = issued;
  return putInPlace(directory, fresh) ?? { ca_file: join(directory, DIRECTORY, files.ca), ca, certificate, key };
}

/** Returns the certificates of another process if that was faster. */
function putInPlace(directory: string, fresh: string): Certificates | undefined {
  const place = join(directory, DIRECTORY);
  for (let attempt = 0; ; attempt++) {
    try {
      renameSync(fresh, place);
      return undefined;
    } catch (error) {
      // A directory that is not empty can't be replaced.
      const others = readKept(directory);
      if (others !== undefined) {
        rmSync(fresh, { recursive: true, force: true });
        return others;
      }
      if (attempt > 3) throw error;
    }
    // What is there has expired or is damaged. Moved away first, so that only one process removes it.
    const stale = join(directory, `.old-${process.pid}-${attempt}`);
    try {
      renameSync(place, stale);
      rmSync(stale, { recursive: true, force: true });
    } catch {
      // Another process was faster; the next attempt finds out.
    }
  }
}

/** Clients may show a certificate of the authority's; sessions decide what an unknown or missing one means. */
export function secureContext(certificates: Certificates): SecureContext {
  return createSecureContext({ cert: certificates.certificate, key: certificates.key, ca: certificates.ca });
}

function readKept(directory: string): Certificates | undefined {
  try {
    const file = (name: keyof typeof files): string => join(directory, DIRECTORY, files[name]);
    const read = (name: keyof typeof files): string => readFileSync(file(name), 'utf8');
    const kept = { ca_file: file('ca'), ca: read('ca'), certificate: read('certificate'), key: read('key') };
    const server = new X509Certificate(kept.certificate);
    const good =
      new Date(server.validTo).getTime() > Date.now() + DAY_MILLISECONDS &&
      server.verify(new X509Certificate(kept.ca).publicKey) &&
      server.checkPrivateKey(createPrivateKey(kept.key)) &&
      server.checkHost(hostname()) !== undefined;
    return good ? kept : undefined;
  } catch {
    return undefined;
  }
}
