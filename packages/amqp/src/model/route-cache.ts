import { route_cache_keys, route_cache_references } from './limits.ts';
import type { Queue } from './queue.ts';

/** What all exchanges of a virtual host remember together, in references: a client may have many exchanges, and routes many queues. */
export interface RouteBudget {
  held_references: number;
}

/** A key in a map takes about as much memory as so many references. */
const KEY_REFERENCES = 8;

/** Routes that an exchange found, by routing key, until the topology changes. */
export class RouteCache {
  readonly #budget: RouteBudget;
  #routes = new Map<string, readonly Queue[]>();
  #held = 0;
  #generation = -1;
  #hits = 0;
  /** Keys that are not remembered, because keys hardly ever came twice. */
  #skip = 0;

  constructor(budget: RouteBudget) {
    this.#budget = budget;
  }

  get(routingKey: string, generation: number): readonly Queue[] | undefined {
    if (generation !== this.#generation) {
      this.#generation = generation;
      if (this.#routes.size > 0) this.forget();
      return undefined;
    }
    if (this.#routes.size === 0) return undefined;
    const route = this.#routes.get(routingKey);
    if (route !== undefined) this.#hits++;
    return route;
  }

  set(routingKey: string, queues: readonly Queue[]): void {
    if (this.#skip > 0) {
      this.#skip--;
      return;
    }
    if (this.#routes.size >= route_cache_keys) {
      if (this.#hits < route_cache_keys) this.#skip = route_cache_keys * 16;
      this.#hits = 0;
      this.forget();
    }
    const needed = KEY_REFERENCES + queues.length;
    if (this.#budget.held_references + needed > route_cache_references) this.forget();
    if (this.#budget.held_references + needed > route_cache_references) return;
    this.#budget.held_references += needed;
    this.#held += needed;
    this.#routes.set(routingKey, queues);
  }

  /** All of it; also when the exchange goes. */
  forget(): void {
    this.#routes = new Map();
    this.#budget.held_references -= this.#held;
    this.#held = 0;
  }
}
