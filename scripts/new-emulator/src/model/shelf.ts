import { DumpError, type Model, type ModelContext, type ModelDump, type ModelSnapshot } from '@wirelike/kernel';
import { keys_max } from '../limits.ts';

/** What can stand in the way, in the model's own terms. `session/errors.ts` knows what the protocol calls it. */
export type Condition = { readonly kind: 'no-such-key'; readonly key: string } | { readonly kind: 'shelf-full' };

const DUMP_VERSION = 1;

class ShelfSnapshot implements ModelSnapshot {
  readonly emulator = 'gadget';
  readonly values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.values = values;
  }
}

/**
 * The gadget's state: values by key. Knows no bytes and no sockets; time would come from `context.clock`,
 * chance comes from `context.random`, so that a world can be repeated.
 *
 * ```ts
 * const shelf = new Shelf(context);
 * shelf.set('colour', 'green');
 * ```
 */
export class Shelf implements Model {
  readonly #random: ModelContext['random'];
  #values: Map<string, string> = new Map();
  /** A snapshot holds `#values`: copy before the next change. */
  #shared = false;

  constructor({ random }: Pick<ModelContext, 'random'>) {
    this.#random = random;
  }

  get keys(): readonly string[] {
    return [...this.#values.keys()].sort();
  }

  get(key: string): string | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: string): Condition | undefined {
    if (this.#values.size >= keys_max && !this.#values.has(key)) return { kind: 'shelf-full' };
    this.#own().set(key, value);
    return undefined;
  }

  drop(key: string): Condition | undefined {
    if (!this.#values.has(key)) return { kind: 'no-such-key', key };
    this.#own().delete(key);
    return undefined;
  }

  ticket(): string {
    return this.#random.uuid();
  }

  snapshot(): ModelSnapshot {
    this.#shared = true;
    return new ShelfSnapshot(this.#values);
  }

  restore(snapshot: ModelSnapshot): void {
    if (!(snapshot instanceof ShelfSnapshot)) throw new Error(`this snapshot is of ${snapshot.emulator}, not of gadget`);
    this.#values = new Map(snapshot.values);
    this.#shared = false;
  }

  reset(): void {
    this.#values = new Map();
    this.#shared = false;
  }

  dump(): ModelDump {
    return { emulator: 'gadget', version: DUMP_VERSION, state: { values: Object.fromEntries(this.#values) } };
  }

  load(dump: ModelDump): void {
    if (dump.emulator !== 'gadget') throw new DumpError(`this dump is of ${dump.emulator}, not of gadget`);
    if (dump.version !== DUMP_VERSION) throw new DumpError(`gadget's dumps have version ${DUMP_VERSION}, not ${dump.version}`);
    this.#values = valuesOf(dump.state);
    this.#shared = false;
  }

  #own(): Map<string, string> {
    if (this.#shared) this.#values = new Map(this.#values);
    this.#shared = false;
    return this.#values;
  }
}

function valuesOf(state: unknown): Map<string, string> {
  const values: unknown = typeof state === 'object' && state !== null && 'values' in state ? state.values : undefined;
  if (typeof values !== 'object' || values === null) throw new DumpError('expected { values: { key: value } }');
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(values)) {
    if (typeof value !== 'string') throw new DumpError(`the value of ${key} is no text`);
    found.set(key, value);
  }
  return found;
}
