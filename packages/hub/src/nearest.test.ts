import { describe, expect, it } from 'vitest';
import { nearest, unknownWord } from './nearest.ts';

describe('nearest', () => {
  const words = ['ldap', 'amqp', 'libvirt', 'basic.publish'];

  it('forgives letters that are wrong, missing, doubled or swapped', () => {
    expect(nearest('lpad', words)).toBe('ldap');
    expect(nearest('AMQ', words)).toBe('amqp');
    expect(nearest('libvrit', words)).toBe('libvirt');
    expect(nearest('publish', words)).toBe('basic.publish');
    expect(nearest('rabbit', words)).toBeUndefined();
    expect(nearest('', words)).toBeUndefined();
  });

  it('lists what there is when that is short', () => {
    expect(unknownWord('emulator', 'x', ['ldap'])).toBe('unknown emulator "x" (ldap)');
    expect(unknownWord('emulator', 'lpad', words)).toBe(
      'unknown emulator "lpad": did you mean "ldap"? (ldap, amqp, libvirt, basic.publish)',
    );
  });
});
