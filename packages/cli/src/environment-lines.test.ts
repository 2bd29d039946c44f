import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { environmentLines } from './environment-lines.ts';

describe('environmentLines', () => {
  it('survives a shell, whatever the values are', () => {
    const environment = {
      LDAP_URL: 'ldap://127.0.0.1:3890',
      LDAP_BASE_DN: 'dc=example,dc=org',
      AWKWARD: 'a\'b "c" $(date) `date` \\ & ; é',
      LINES: 'one\ntwo',
      EMPTY: '',
    };
    const script = `${environmentLines(environment)}\nenv -0`;
    const output = execFileSync('sh', ['-c', script], { env: { PATH: process.env.PATH } }).toString();
    const seen = Object.fromEntries(
      output.split('\0').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    expect(seen).toMatchObject(environment);
  });

  it('quotes only what needs it', () => {
    expect(environmentLines({ A: 'amqp://guest:guest@127.0.0.1:5672/%2F', B: 'x y' })).toBe(
      "export A=amqp://guest:guest@127.0.0.1:5672/%2F\nexport B='x y'\n",
    );
  });
});
