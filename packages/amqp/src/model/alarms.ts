import type { Broker } from './broker.ts';

export type AlarmedResource = 'memory' | 'disk';

/** Resource alarms: while one is raised, connections that publish are blocked (https://www.rabbitmq.com/docs/alarms). */
export class Alarms {
  readonly #broker: Broker;
  readonly #resources = new Set<AlarmedResource>();

  constructor(broker: Broker) {
    this.#broker = broker;
  }

  get raised(): boolean {
    return this.#resources.size > 0;
  }

  has(resource: AlarmedResource): boolean {
    return this.#resources.has(resource);
  }

  /** As connection.blocked says it: `low on memory`, `low on disk & memory`. */
  get reason(): string {
    return `low on ${[...this.#resources].sort().join(' & ')}`;
  }

  raise(resource: AlarmedResource): void {
    this.#resources.add(resource);
  }

  clear(resource: AlarmedResource): void {
    if (!this.#resources.delete(resource) || this.raised) return;
    for (const connection of this.#broker.connections) connection.alarmCleared();
  }
}
