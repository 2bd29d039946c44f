import type { Emulator } from '@wirelike/kernel';

/** What `--port` and `--set` can name: every listener with its port, every setting with its default. */
export function describeChoices(emulators: readonly Emulator[], controlPort: number): string {
  const ports = emulators.flatMap(({ listeners }) =>
    listeners.flatMap(({ name, port }) => (port === undefined ? [] : [`${name}=${port}`])),
  );
  const settings = emulators.flatMap(({ name, settings = [] }) =>
    settings.map((setting) => [`${name}.${setting.name}=${setting.default}`, setting.help] as const),
  );
  const width = Math.max(...settings.map(([setting]) => setting.length));
  return [
    '',
    `Ports: ${[...ports, `control=${controlPort}`].join(' ')}`,
    '',
    'Settings:',
    ...settings.map(([setting, help]) => `  ${setting.padEnd(width)}  ${help}`),
  ].join('\n');
}
