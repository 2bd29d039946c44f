import { describe, expect, it } from 'vitest';
import { parsePorts, parseSettings } from './choices.ts';
import { echo } from './echo-emulator.fixture.ts';

describe('--port', () => {
  it('takes listeners and the control interface', () => {
    expect(parsePorts(['echo=0', 'control=65535'], [echo])).toEqual({ emulators: { echo: 0 }, control: 65_535 });
  });

  it.each([
    ['ecko=1', 'unknown listener "ecko": did you mean "echo"? (echo, control)'],
    ['echo-socket=1', 'unknown listener "echo-socket"'],
    ['echo', '--port echo: expected NAME=PORT, as in --port ldap=3891'],
    ['echo=70000', 'expected a port from 0 (any free one) to 65535, found "70000"'],
    ['echo=-1', 'found "-1"'],
    ['echo=', 'found ""'],
  ])('refuses %s', (choice, message) => {
    expect(() => parsePorts([choice], [echo])).toThrow(message);
  });

  it('gives a port to one listener only', () => {
    expect(() => parsePorts(['echo=7000', 'control=7000'], [echo])).toThrow('--port control=7000: expected another port than that of echo');
    expect(parsePorts(['echo=0', 'control=0', 'echo=0'], [echo])).toEqual({ emulators: { echo: 0 }, control: 0 });
  });
});

describe('--set', () => {
  it('takes settings of emulators', () => {
    expect(parseSettings(['echo.volume=a=b'], [echo])).toEqual({ echo: { volume: 'a=b' } });
  });

  it('refuses others', () => {
    expect(() => parseSettings(['echo.volum=1'], [echo])).toThrow('unknown setting "echo.volum": did you mean "echo.volume"?');
    expect(() => parseSettings(['echo.volume'], [echo])).toThrow('expected EMULATOR.NAME=VALUE');
  });
});
