import { ControlError, type Emulator } from '@wirelike/kernel';
import { unknownWord } from './nearest.ts';

/** How to get each emulator. Nothing of an emulator is loaded before it is wanted. */
export type EmulatorRegistry = Readonly<Record<string, () => Promise<{ readonly default: Emulator }>>>;

/** Every emulator there is: one line each. */
export const emulators: EmulatorRegistry = {
  ldap: () => import('@wirelike/ldap'),
  amqp: () => import('@wirelike/amqp'),
  libvirt: () => import('@wirelike/libvirt'),
};

export interface LoadedEmulators {
  /** Those asked for and those they use, every one after the ones it uses. */
  readonly all: readonly Emulator[];
  /** Names of those that are only there because another uses their model: nobody listens for them. */
  readonly used_only: ReadonlySet<string>;
}

/** Loads the named emulators (none named: all). Throws a `ControlError` for a name that does not exist. */
export async function loadEmulators(names: readonly string[], registry: EmulatorRegistry = emulators): Promise<LoadedEmulators> {
  const known = Object.keys(registry);
  for (const name of names) if (!known.includes(name)) throw new ControlError(unknownWord('emulator', name, known));
  const wanted = names.length === 0 ? known : [...new Set(names)];
  const loaded = new Map<string, Emulator>();
  const load = async (name: string): Promise<Emulator> => {
    const module = await registry[name]?.();
    if (module === undefined) throw new Error(`an emulator uses ${name}, which does not exist`);
    return module.default;
  };
  const roots = await Promise.all(wanted.map(load));
  const settle = async (emulator: Emulator): Promise<void> => {
    if (loaded.has(emulator.name)) return;
    for (const used of emulator.uses ?? []) {
      await settle(roots.find((root) => root.name === used) ?? (await load(used)));
    }
    loaded.set(emulator.name, emulator);
  };
  for (const root of roots) await settle(root);
  const used_only = new Set([...loaded.keys()].filter((name) => !wanted.includes(name)));
  return { all: [...loaded.values()], used_only };
}
