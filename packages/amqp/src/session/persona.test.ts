import { expect, test } from 'vitest';
import { announced, checkedPersona } from './persona.ts';

test.each([
  ['4', '4.0.5'],
  ['4.1.4', '4.1.4'],
  ['3.13', '3.13.7'],
  ['3.10', '3.10.8'],
  ['4.0.5', '4.0.5'],
  ['3.12.1', '3.12.1'],
  ['4.2.0-rc.1', '4.2.0-rc.1'],
])('persona %s announces %s', (setting, version) => {
  expect(announced(checkedPersona(setting)).release.version).toBe(version);
});

test.each(['5', '4.banana', 'latest', '', '2.8.7', '03'])('persona %j is refused', (setting) => {
  expect(() => checkedPersona(setting)).toThrow(`expected 4, 3.13, 3.10 or a whole version such as 4.0.5, found "${setting}"`);
});
