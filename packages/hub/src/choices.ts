import { ControlError, type Emulator } from '@wirelike/kernel';
import { unknownWord } from './nearest.ts';

/** The name of the control interface's own listener among the ports. */
export const CONTROL = 'control';

export interface Ports {
  /** By listener. */
  readonly emulators: Readonly<Record<string, number>>;
  readonly control: number | undefined;
}

/**
 * `['ldap=0', 'control=9000']`, as `--port` has them. Throws a `ControlError` that names what is wrong. A world beside
 * others has no `others`: they share the control interface.
 */
export function parsePorts(choices: readonly string[], emulators: readonly Emulator[], others: readonly string[] = [CONTROL]): Ports {
  const listeners = emulators.flatMap((emulator) => emulator.listeners.filter((spec) => spec.transport !== 'unix').map(({ name }) => name));
  const ports: Record<string, number> = {};
  for (const choice of choices) {
    const { name, value } = split(choice, '--port', 'NAME=PORT', 'ldap=3891');
    if (![...listeners, ...others].includes(name)) throw new ControlError(unknownWord('listener', name, [...listeners, ...others]));
    const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
    if (!(port <= 65_535)) throw new ControlError(`--port ${choice}: expected a port from 0 (any free one) to 65535, found "${value}"`);
    const holder = Object.keys(ports).find((other) => other !== name && port !== 0 && ports[other] === port);
    if (holder !== undefined) throw new ControlError(`--port ${choice}: expected another port than that of ${holder}`);
    ports[name] = port;
  }
  const { [CONTROL]: control, ...rest } = ports;
  return { emulators: rest, control };
}

export type Settings = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** `['amqp.version=3.13']`, as `--set` has them. Throws a `ControlError` that names what is wrong. */
export function parseSettings(choices: readonly string[], emulators: readonly Emulator[]): Settings {
  const known = emulators.flatMap((emulator) => (emulator.settings ?? []).map((setting) => `${emulator.name}.${setting.name}`));
  const settings: Record<string, Record<string, string>> = {};
  for (const choice of choices) {
    const { name, value } = split(choice, '--set', 'EMULATOR.NAME=VALUE', 'ldap.base_dn=dc=example,dc=org');
    if (!known.includes(name)) throw new ControlError(unknownWord('setting', name, known));
    const dot = name.indexOf('.');
    const emulator = name.slice(0, dot);
    settings[emulator] = { ...settings[emulator], [name.slice(dot + 1)]: value };
  }
  return settings;
}

function split(choice: string, option: string, form: string, example: string): { name: string; value: string } {
  const equals = choice.indexOf('=');
  if (equals <= 0) throw new ControlError(`${option} ${choice}: expected ${form}, as in ${option} ${example}`);
  return { name: choice.slice(0, equals), value: choice.slice(equals + 1) };
}
