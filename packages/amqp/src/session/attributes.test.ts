import { expect, test } from 'vitest';
import { attributesOfFields } from './attributes.ts';

test("a login's attributes say who logs in, and not with which password", () => {
  const login = (mechanism: string, response: string): object =>
    attributesOfFields({ clientProperties: new Map(), mechanism, response: Buffer.from(response, 'latin1'), locale: 'en_US' })();
  expect(login('PLAIN', '\0bob\0secret')).toEqual({ mechanism: 'PLAIN', locale: 'en_US', user: 'bob' });
  expect(login('AMQPLAIN', '\x05LOGINS\0\0\0\x03ann\x08PASSWORDS\0\0\0\x06secret')).toEqual({
    mechanism: 'AMQPLAIN',
    locale: 'en_US',
    user: 'ann',
  });
  for (const mechanism of ['PLAIN', 'AMQPLAIN', 'EXTERNAL']) expect(login(mechanism, 'secret')).toEqual({ mechanism, locale: 'en_US' });
});
