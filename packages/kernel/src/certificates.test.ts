import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
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
