import { Clock, Random } from '@wirelike/kernel';
import { expect, it } from 'vitest';
import { Broker } from './broker.ts';
import { hashPassword, newUser } from './users.ts';

it('nobody logs in with an empty password, even if it was set', () => {
  const random = new Random('users');
  const broker = new Broker({ clock: new Clock(), random });
  broker.putUser(newUser('blank', hashPassword('', random)));
  broker.putUser(newUser('none', ''));
  for (const name of ['blank', 'none']) expect(() => broker.authenticate(name, '', { loopback: true })).toThrow('login-refused');
  expect(broker.authenticate('none', undefined, { loopback: true })).toBe('none');
});
