import { X509Certificate } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
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
const files = { ca: 'ca.pem', ca_key: 'ca-key.pem', certificate: 'server.pem', key: 'server-key.pem' } as const;

/**
 * The certificates of this user, made once and kept: clients that were told to trust the authority go on
 * trusting it after a restart. Made anew when they have less than a day left.
 */
export async function loadCertificates(directory: string = stateDirectory()): Promise<Certificates> {
  const kept = readKept(directory);
  if (kept !== undefined) return kept;
  // Loading the X.509 library takes longer than the rest of the start: only whoever has no certificates yet pays.
  const { issueCertificates } = await import('./certificate-issuer.ts');
  const issued = await issueCertificates(hostname());
  makePrivate(directory);
  for (const [name, file] of Object.entries(files)) {
    const text = issued[name === 'ca_key' ? 'ca_key' : name === 'ca' ? 'ca' : name === 'key' ? 'key' : 'certificate'];
    const temporary = join(directory, `${file}.${process.pid}`);
    writeFileSync(temporary, text, { mode: file.includes('key') ? 0o600 : 0o644 });
    renameSync(temporary, join(directory, file));
  }
  return { ca_file: join(directory, files.ca), ca: issued.ca, certificate: issued.certificate, key: issued.key };
}

/** Clients may show a certificate of the authority's; sessions decide what an unknown or missing one means. */
export function secureContext(certificates: Certificates): SecureContext {
  return createSecureContext({ cert: certificates.certificate, key: certificates.key, ca: certificates.ca });
}

function readKept(directory: string): Certificates | undefined {
  try {
    const read = (file: string): string => readFileSync(join(directory, file), 'utf8');
    const kept = { ca_file: join(directory, files.ca), ca: read(files.ca), certificate: read(files.certificate), key: read(files.key) };
    const server = new X509Certificate(kept.certificate);
    const good =
      new Date(server.validTo).getTime() > Date.now() + DAY_MILLISECONDS && server.verify(new X509Certificate(kept.ca).publicKey);
    return good ? kept : undefined;
  } catch {
    return undefined;
  }
}
