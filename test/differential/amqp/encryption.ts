import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCertificates } from '@wirelike/kernel';
import { findClient } from '../../peers/peers.ts';

/** What a client shows, and whom it trusts. */
export interface ClientEncryption {
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
}

/** A certificate of a client's, as openssl is asked for it. */
export interface ClientCertificate {
  readonly subject: string;
  /** Of the type DNS. */
  readonly alternativeNames?: readonly string[];
  /** By no authority. */
  readonly selfSigned?: boolean;
}

/** One authority for both servers, so that each client has one certificate. */
export class Encryption {
  /** wirelike's state directory. */
  readonly directory: string;
  readonly ca: string;
  readonly files: { readonly ca: string; readonly certificate: string; readonly key: string };
  readonly #caKey: string;
  readonly #issued = new Map<string, ClientEncryption>();

  private constructor(directory: string, ca: string, caFile: string) {
    this.directory = directory;
    this.ca = ca;
    const file = (name: string): string => join(directory, 'tls', name);
    this.files = { ca: caFile, certificate: file('server.pem'), key: file('server-key.pem') };
    this.#caKey = file('ca-key.pem');
  }

  /** Undefined without openssl. */
  static async make(): Promise<Encryption | undefined> {
    if (findClient('openssl') === undefined) return undefined;
    const directory = mkdtempSync(join(tmpdir(), 'wirelike-encryption-'));
    const { ca, ca_file } = await loadCertificates(directory);
    return new Encryption(directory, ca, ca_file);
  }

  /** What the client of that certificate needs; without one, what any client needs. */
  client(certificate?: ClientCertificate): ClientEncryption {
    if (certificate === undefined) return { ca: this.ca };
    const name = JSON.stringify(certificate);
    const known = this.#issued.get(name);
    if (known !== undefined) return known;
    const issued = this.#issue(certificate, String(this.#issued.size));
    this.#issued.set(name, issued);
    return issued;
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  #issue({ subject, alternativeNames = [], selfSigned = false }: ClientCertificate, serial: string): ClientEncryption {
    const path = (name: string): string => join(this.directory, `client-${serial}-${name}`);
    const [key, request, certificate, extensions] = [path('key'), path('request'), path('certificate'), path('extensions')];
    const asked = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-utf8', '-subj', subject];
    if (selfSigned) {
      execFileSync('openssl', ['req', '-x509', '-days', '1', ...asked, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
      return { ca: this.ca, cert: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') };
    }
    execFileSync('openssl', ['req', ...asked, '-keyout', key, '-out', request], { stdio: 'ignore' });
    const names = alternativeNames.map((each) => `DNS:${each}`).join(',');
    writeFileSync(extensions, names === '' ? 'basicConstraints=CA:FALSE\n' : `subjectAltName=${names}\n`);
    const issuer = ['-CA', this.files.ca, '-CAkey', this.#caKey, '-set_serial', `7${serial}`, '-days', '1', '-extfile', extensions];
    execFileSync('openssl', ['x509', '-req', '-in', request, ...issuer, '-out', certificate], { stdio: 'ignore' });
    return { ca: this.ca, cert: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') };
  }
}
