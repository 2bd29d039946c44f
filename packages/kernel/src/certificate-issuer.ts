import 'reflect-metadata';
import { createPrivateKey, type KeyObject, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

export interface IssuedCertificates {
  readonly ca: string;
  readonly ca_key: string;
  readonly certificate: string;
  readonly key: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MILLISECONDS = 86_400_000;
const YEAR_MILLISECONDS = 365 * DAY_MILLISECONDS;

type SigningAlgorithm = { readonly name: string; readonly namedCurve?: string; readonly hash?: string };

interface Authority {
  readonly certificate: X509Certificate;
  readonly key: webcrypto.CryptoKey;
  readonly algorithm: SigningAlgorithm;
}

/** An authority from an earlier start, as PEM. */
export type KeptAuthority = Pick<IssuedCertificates, 'ca' | 'ca_key'>;

/** How an authority with this key signs; undefined if it can't. Ours has an ECDSA key, but somebody may have put one of their own there. */
function signingAlgorithmOf(key: KeyObject): SigningAlgorithm | undefined {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
    case 'ed25519':
      return { name: 'Ed25519' };
    case 'ec':
      return EC_ALGORITHMS.find(({ openssl }) => openssl === curve)?.algorithm;
    default:
      return undefined;
  }
}

const EC_ALGORITHMS: readonly { readonly openssl: string; readonly algorithm: SigningAlgorithm }[] = [
  { openssl: 'prime256v1', algorithm: ALGORITHM },
  { openssl: 'secp384r1', algorithm: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' } },
  { openssl: 'secp521r1', algorithm: { name: 'ECDSA', namedCurve: 'P-521', hash: 'SHA-512' } },
];

export function canSign({ ca_key }: KeptAuthority): boolean {
  return signingAlgorithmOf(createPrivateKey(ca_key)) !== undefined;
}

/** A server certificate for this machine, by the authority that is there or by a new one. */
export async function issueCertificates(machine: string, kept?: KeptAuthority): Promise<IssuedCertificates> {
  cryptoProvider.set(webcrypto);
  const notBefore = new Date(Date.now() - DAY_MILLISECONDS);
  const authority = await authorityOf(kept, notBefore);
  const server = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: 'CN=localhost,O=wirelike',
    issuer: authority.certificate.subject,
    notBefore,
    // Some TLS clients refuse leaf certificates that live longer than 825 days.
    notAfter: new Date(notBefore.getTime() + 2 * YEAR_MILLISECONDS),
    publicKey: server.publicKey,
    signingKey: authority.key,
    signingAlgorithm: authority.algorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      // libldap rewrites "localhost" to the machine's own name before it compares, so that name must be here too.
      new SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'dns', value: machine },
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
      ]),
    ],
  });
  return {
    ca: authority.certificate.toString('pem'),
    ca_key: await pem(authority.key),
    certificate: certificate.toString('pem'),
    key: await pem(server.privateKey),
  };
}

async function authorityOf(kept: KeptAuthority | undefined, notBefore: Date): Promise<Authority> {
  if (kept !== undefined) {
    const key = createPrivateKey(kept.ca_key);
    const algorithm = signingAlgorithmOf(key) ?? ALGORITHM;
    const der = key.export({ type: 'pkcs8', format: 'der' });
    return {
      certificate: new X509Certificate(kept.ca),
      key: await webcrypto.subtle.importKey('pkcs8', der, algorithm, true, ['sign']),
      algorithm,
    };
  }
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: 'CN=wirelike local authority,O=wirelike',
    notBefore,
    notAfter: new Date(notBefore.getTime() + 10 * YEAR_MILLISECONDS),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return { certificate, key: keys.privateKey, algorithm: ALGORITHM };
}

/** Positive and never the same twice: clients cache by issuer and serial. */
function serial(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(8));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}

async function pem(key: webcrypto.CryptoKey): Promise<string> {
  const base64 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${base64.replace(/.{64}(?!$)/g, '$&\n')}\n-----END PRIVATE KEY-----\n`;
}
