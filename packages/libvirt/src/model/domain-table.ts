import type { Domain } from './domain.ts';
import { type Change, type MapVersion, VersionedMap } from './versioned-map.ts';

/** The host's domains by UUID, by name and, while they run, by id. */
export class DomainTable {
  readonly #domains = new VersionedMap<Domain>();
  readonly #uuidByName = new Map<string, string>();
  readonly #uuidById = new Map<number, string>();

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

  version(): MapVersion<Domain> {
    return this.#domains.version();
  }

  restore(version: MapVersion<Domain>): readonly Change<Domain>[] {
    const changes = [...this.#domains.restore(version).values()];
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
