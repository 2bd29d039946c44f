import { route_cache_keys } from './limits.ts';
import type { Queue } from './queue.ts';

/** Routes that an exchange found, by routing key, until the topology changes. */
export class RouteCache {
  #routes = new Map<string, readonly Queue[]>();
  #generation = -1;
  #hits = 0;
  /** Keys that are not remembered, because keys hardly ever came twice. */
  #skip = 0;

  get(routingKey: string, generation: number): readonly Queue[] | undefined {
    if (generation !== this.#generation) {
      this.#generation = generation;
      if (this.#routes.size > 0) this.#routes = new Map();
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
      this.#routes = new Map();
    }
    this.#routes.set(routingKey, queues);
  }
}
