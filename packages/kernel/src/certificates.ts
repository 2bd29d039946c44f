import { createPrivateKey, randomUUID, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { KeptAuthority } from './certificate-issuer.ts';
import { DirectoryError, makePrivate, stateDirectory, unusable } from './runtime-directory.ts';

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
 * trusting it after a restart. The server's certificate is made anew, by the same authority if that is still good,
 * when it has less than a day left or the machine got another name. Throws a {@link DirectoryError} if the authority is
 * one that somebody put there and has a key that can't be used.
 */
export async function loadCertificates(directory: string = stateDirectory()): Promise<Certificates> {
  const kept = readKept(directory);
  if (kept !== undefined) return kept;
  // Loading the X.509 library takes longer than the rest of the start: only whoever has no certificates yet pays.
  const { canSign, issueCertificates } = await import('./certificate-issuer.ts');
  const authority = readAuthority(directory);
  if (authority !== undefined && !canSign(authority)) throw unusableAuthority(directory, 'is neither an RSA, an EC nor an Ed25519 one');
  const issued = await issueCertificates(hostname(), authority);
  makePrivate(directory, 'WIRELIKE_STATE_DIR');
  // All four files appear at once, as one directory: two processes that start for the first time at the same
  // moment must not end up with one's certificate and the other's key.
  const fresh = join(directory, `.new-${randomUUID()}`);
  try {
    mkdirSync(fresh, { mode: 0o700 });
    for (const name of ['ca', 'ca_key', 'certificate', 'key'] as const) {
      writeFileSync(join(fresh, files[name]), issued[name], { mode: name.endsWith('key') ? 0o600 : 0o644 });
    }
    // The authority's key stays in its file: nobody here needs it again.
    const { ca, certificate, key } = issued;
    return putInPlace(directory, fresh) ?? { ca_file: join(directory, DIRECTORY, files.ca), ca, certificate, key };
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw unusable(directory, 'WIRELIKE_STATE_DIR', error);
  }
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
  const { certificate: cert, key, ca } = certificates;
  // Without a name for its sessions, OpenSSL refuses every client that resumes one (SSL_VERIFY_PEER in SSL_CTX_set_verify).
  return createSecureContext({ cert, key, ca, sessionIdContext: 'wirelike' });
}

function fileIn(directory: string, name: keyof typeof files): string {
  return join(directory, DIRECTORY, files[name]);
}

function readKept(directory: string): Certificates | undefined {
  try {
    const read = (name: keyof typeof files): string => readFileSync(fileIn(directory, name), 'utf8');
    const kept = { ca_file: fileIn(directory, 'ca'), ca: read('ca'), certificate: read('certificate'), key: read('key') };
    const server = new X509Certificate(kept.certificate);
    const authority = new X509Certificate(kept.ca);
    const good = isCurrent(server) && isCurrent(authority) && server.verify(authority.publicKey);
    const fits = server.checkPrivateKey(createPrivateKey(kept.key)) && server.checkHost(hostname()) !== undefined;
    return good && fits ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** The authority with its key, if it is good for longer than the certificate that it would issue. */
function readAuthority(directory: string): KeptAuthority | undefined {
  try {
    const [ca, ca_key] = [readFileSync(fileIn(directory, 'ca'), 'utf8'), readFileSync(fileIn(directory, 'ca_key'), 'utf8')];
    const authority = new X509Certificate(ca);
    if (!isCurrent(authority, 800)) return undefined;
    // Not damaged, but somebody's own: to put a new one in its place would lose it. OpenSSL's formats both say it like this.
    if (ca_key.includes('ENCRYPTED')) throw unusableAuthority(directory, 'has a passphrase');
    return authority.checkPrivateKey(createPrivateKey(ca_key)) ? { ca, ca_key } : undefined;
  } catch (error) {
    if (error instanceof DirectoryError) throw error;
    return undefined;
  }
}

function unusableAuthority(directory: string, why: string): DirectoryError {
  const place = join(directory, DIRECTORY);
  return new DirectoryError(
    `the key of the certificate authority in ${place}, ${files.ca_key}, ${why}; put one there that wirelike can use, or move the folder away for a new authority`,
  );
}

/** Certificates between a client's and the authority's; OpenSSL stops at 100. */
const chain_max_certificates = 10;

/** Whether the authority issued this certificate of a client's, itself or through others that the client has shown, and all are in their time. */
export function isIssuedHere({ ca }: Certificates, certificate: X509Certificate): boolean {
  const authority = new X509Certificate(ca);
  let link = certificate;
  for (let length = 0; length < chain_max_certificates && isCurrent(link, 0); length++) {
    if (link.checkIssued(authority) && link.verify(authority.publicKey)) return true;
    const issuer = link.issuerCertificate;
    if (issuer === undefined || !issuer.ca || !link.checkIssued(issuer) || !link.verify(issuer.publicKey)) return false;
    link = issuer;
  }
  return false;
}

function isCurrent(certificate: X509Certificate, days = 1): boolean {
  return new Date(certificate.validTo).getTime() > Date.now() + days * DAY_MILLISECONDS;
}
