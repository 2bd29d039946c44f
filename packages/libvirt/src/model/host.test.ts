import { ControlError, Random } from '@wirelike/kernel';
import { expect, test } from 'vitest';
import { host_defaults, hostFrom } from './host.ts';

test.each([
  [{ cpus: 'abc' }, 'libvirt.cpus is a whole number from 1 to 4096, not abc'],
  [{ cpus: '0' }, 'libvirt.cpus is a whole number from 1 to 4096, not 0'],
  [{ arch: 'mips' }, 'libvirt.arch is one of x86_64, aarch64, not mips'],
])('the setting %j is refused in a sentence for whoever gave it', (setting, message) => {
  expect(() => hostFrom({ ...host_defaults, ...setting }, new Random(1))).toThrow(new ControlError(message));
});
