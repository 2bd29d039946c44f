import { expect, test } from 'vitest';
import { releaseOf } from '../model/index.ts';
import { announcedBy, checkedPersona } from './persona.ts';

test.each([
  ['4', '4.0.5'],
  ['4.1.4', '4.1.4'],
  ['3.13', '3.13.7'],
  ['3.10', '3.10.8'],
  ['4.0.5', '4.0.5'],
  ['3.12.1', '3.12.1'],
  ['4.2.0-rc.1', '4.2.0-rc.1'],
])('persona %s announces %s', (setting, version) => {
  expect(announcedBy(releaseOf(checkedPersona(setting))).release.version).toBe(version);
});

test.each(['5', '4.banana', 'latest', '', '2.8.7', '03'])('persona %j is refused', (setting) => {
  expect(() => checkedPersona(setting)).toThrow(`expected 4, 3.13, 3.10 or a whole version such as 4.0.5, found "${setting}"`);
});

test.each([
  ['4.2.6', false],
  ['4.2.7', true],
  ['4.2.10', true],
  ['4.3.0', false],
  ['4.3.1', true],
  ['4.4.0-rc.1', true],
])('%s guards passive declares, which was taken back to 4.2.7: %s', (version, guards) => {
  expect(announcedBy(releaseOf(version)).release.has('guarded-passive-declares')).toBe(guards);
});
