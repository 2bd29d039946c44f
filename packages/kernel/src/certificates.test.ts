import 'reflect-metadata';
import { createPrivateKey, generateKeyPairSync, KeyObject, webcrypto, X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { BasicConstraintsExtension, cryptoProvider, X509CertificateGenerator } from '@peculiar/x509';
import { describe, expect, onTestFinished, test } from 'vitest';
import { canSign } from './certificate-issuer.ts';
import { type Certificates, loadCertificates } from './certificates.ts';

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'wl-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function expectSound({ ca, certificate, key, ca_file }: Certificates): void {
  const server = new X509Certificate(certificate);
  const authority = new X509Certificate(ca);
  expect(server.verify(authority.publicKey)).toBe(true);
  expect(server.checkPrivateKey(createPrivateKey(key))).toBe(true);
  expect(authority.ca).toBe(true);
  expect(readFileSync(ca_file, 'utf8')).toBe(ca);
}

const PKCS8 = { type: 'pkcs8', format: 'pem' } as const;

/** Returns the certificate of the authority. */
async function putAuthority(
  home: string,
  algorithm: { readonly name: string },
  encode: (key: KeyObject) => string | Buffer,
): Promise<string> {
  cryptoProvider.set(webcrypto);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  if (!('privateKey' in keys)) throw new TypeError('not a pair of keys');
  const notAfter = new Date(Date.now() + 1e11);
  const authority = { name: 'CN=mine', keys, signingAlgorithm: algorithm, notAfter, extensions: [new BasicConstraintsExtension(true)] };
  const ca = (await X509CertificateGenerator.createSelfSigned(authority)).toString('pem');
  mkdirSync(join(home, 'tls'), { recursive: true });
  writeFileSync(join(home, 'tls', 'ca.pem'), ca);
  writeFileSync(join(home, 'tls', 'ca-key.pem'), encode(KeyObject.from(keys.privateKey)));
  return ca;
}

describe('loadCertificates', () => {
  test('makes an authority and a certificate for every name of this machine’s loopback', async () => {
    const made = await loadCertificates(directory());
    expectSound(made);
    const server = new X509Certificate(made.certificate);
    expect(server.checkHost('localhost')).toBe('localhost');
    expect(server.checkHost(hostname())).toBe(hostname());
    expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(server.checkIP('::1')).toBe('::1');
  });

  test('keeps them, the keys private', async () => {
    const home = directory();
    const made = await loadCertificates(home);
    expect(await loadCertificates(home)).toEqual(made);
    expect(readdirSync(home)).toEqual(['tls']);
    for (const file of readdirSync(join(home, 'tls'))) {
      expect(statSync(join(home, 'tls', file)).mode & 0o777, file).toBe(file.includes('key') ? 0o600 : 0o644);
    }
    expect(statSync(join(home, 'tls')).mode & 0o777).toBe(0o700);
  });

  test.each([
    ['server.pem', 'the same'],
    ['server-key.pem', 'the same'],
    ['ca.pem', 'a new'],
  ])('makes new ones if %s is damaged, by %s authority', async (file, whose) => {
    const home = directory();
    const made = await loadCertificates(home);
    writeFileSync(join(home, 'tls', file), 'damaged');
    const again = await loadCertificates(home);
    expect(again.certificate).not.toBe(made.certificate);
    expect(again.ca === made.ca).toBe(whose === 'the same');
    expectSound(again);
    expect(await loadCertificates(home)).toEqual(again);
    expect(readdirSync(home)).toEqual(['tls']);
  });

  const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  test.each([
    ['RSA', RSA, PKCS8],
    ['P-384', { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' }, PKCS8],
    ['P-256 in SEC 1', { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }, { type: 'sec1', format: 'pem' } as const],
    ['Ed25519', { name: 'Ed25519' }, PKCS8],
  ])('goes on with an authority that somebody put there: %s', async (_, algorithm, encoding) => {
    const home = directory();
    const ca = await putAuthority(home, algorithm, (key) => key.export(encoding));
    const made = await loadCertificates(home);
    expect(made.ca).toBe(ca);
    expectSound(made);
    expect(await loadCertificates(home)).toEqual(made);
  });

  test('says what to do about an authority whose key has a passphrase, and leaves it there', async () => {
    const home = directory();
    const ca = await putAuthority(home, RSA, (key) => key.export({ ...PKCS8, cipher: 'aes-256-cbc', passphrase: 'secret' }));
    await expect(loadCertificates(home)).rejects.toThrow(/ca-key.pem, has a passphrase; put one there/);
    expect(readFileSync(join(home, 'tls', 'ca.pem'), 'utf8')).toBe(ca);
  });

  test('knows which keys it can sign with', () => {
    const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey;
    const bitcoin = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey;
    for (const key of [pss, bitcoin]) expect(canSign({ ca: '', ca_key: String(key.export(PKCS8)) })).toBe(false);
  });

  test('processes that start for the first time at once agree', async () => {
    const home = directory();
    const all = await Promise.all(Array.from({ length: 6 }, () => loadCertificates(home)));
    for (const each of all) {
      expect(each).toEqual(all[0]);
      expectSound(each);
    }
    expect(readdirSync(home)).toEqual(['tls']);
  });
});
