import { type Version, VersionedMap } from '@wirelike/kernel';
import type { Domain } from './domain.ts';

/** What became of one domain: it came, went or is another. */
export interface DomainChange {
  readonly before: Domain | undefined;
  readonly after: Domain | undefined;
}

/** The host's domains by UUID, by name and, while they run, by id. */
export class DomainTable {
  readonly #domains: VersionedMap<string, Domain>;
  /** While a version is being restored: how each domain differs in the end. */
  #restored: Map<string, DomainChange> | undefined;
  readonly #uuidByName = new Map<string, string>();
  readonly #uuidById = new Map<number, string>();

  constructor() {
    this.#domains = new VersionedMap((uuid, before, after) => {
      const known = this.#restored?.get(uuid);
      this.#restored?.set(uuid, { before: known === undefined ? before : known.before, after });
    });
  }

  get size(): number {
    return this.#domains.size;
  }

  values(): IterableIterator<Domain> {
    return this.#domains.values();
  }

  get(uuid: string): Domain | undefined {
    return this.#domains.get(uuid);
  }

  byName(name: string): Domain | undefined {
    const uuid = this.#uuidByName.get(name);
    return uuid === undefined ? undefined : this.#domains.get(uuid);
  }

  byId(id: number): Domain | undefined {
    const uuid = this.#uuidById.get(id);
    return uuid === undefined ? undefined : this.#domains.get(uuid);
  }

  /** Nothing takes the domain away. */
  put(uuid: string, after: Domain | undefined): void {
    const before = this.#domains.get(uuid);
    if (before === after) return;
    this.#domains.set(uuid, after);
    this.#forget(before);
    this.#remember(after);
  }

  version(): Version<string, Domain> {
    return this.#domains.mark();
  }

  restore(version: Version<string, Domain>): readonly DomainChange[] {
    const restored = new Map<string, DomainChange>();
    this.#restored = restored;
    if (!this.#domains.restore(version)) throw new TypeError('a version of another table of domains');
    this.#restored = undefined;
    const changes = [...restored.values()].filter(({ before, after }) => before !== after);
    // All of the old before any of the new: names and ids may have changed hands.
    for (const { before } of changes) this.#forget(before);
    for (const { after } of changes) this.#remember(after);
    return changes;
  }

  #forget(domain: Domain | undefined): void {
    if (domain === undefined) return;
    this.#uuidByName.delete(domain.name);
    if (domain.life !== undefined) this.#uuidById.delete(domain.life.id);
  }

  #remember(domain: Domain | undefined): void {
    if (domain === undefined) return;
    this.#uuidByName.set(domain.name, domain.uuid);
    if (domain.life !== undefined) this.#uuidById.set(domain.life.id, domain.uuid);
  }
}
