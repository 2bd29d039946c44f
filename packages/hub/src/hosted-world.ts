import { ControlError, World, type WorldOptions, type WorldSnapshot } from '@wirelike/kernel';
import { snapshots_max } from './limits.ts';
import { unknownWord } from './nearest.ts';

export interface NamedSnapshot {
  readonly name: string;
  /** World time, milliseconds since 1970. */
  readonly time: number;
}

/** A world and what the hub keeps for it: its named snapshots and who follows its journal. */
export class HostedWorld {
  readonly world: World;
  readonly #snapshots = new Map<string, NamedSnapshot & { readonly state: WorldSnapshot }>();
  #followers = 0;
  #enabledByFollower = false;

  constructor(options: WorldOptions) {
    this.world = new World(options);
  }

  get name(): string {
    return this.world.name;
  }

  /** Takes the place of a snapshot of the same name. */
  takeSnapshot(name: string): NamedSnapshot {
    if (!this.#snapshots.has(name) && this.#snapshots.size >= snapshots_max) {
      throw new ControlError(`world ${this.name} holds ${snapshots_max} snapshots already; delete some with snapshot.delete`);
    }
    const snapshot = { name, time: this.world.clock.now(), state: this.world.snapshot() };
    this.#snapshots.set(name, snapshot);
    return { name, time: snapshot.time };
  }

  restoreSnapshot(name: string): void {
    const snapshot = this.#snapshots.get(name);
    if (snapshot === undefined) throw this.#noSnapshot(name);
    this.world.restore(snapshot.state);
  }

  deleteSnapshot(name: string): void {
    if (!this.#snapshots.delete(name)) throw this.#noSnapshot(name);
  }

  snapshots(): readonly NamedSnapshot[] {
    return [...this.#snapshots.values()].map(({ name, time }) => ({ name, time }));
  }

  /** Whoever follows wants to see something: the journal records while somebody follows, and goes back to off afterwards. */
  follow(follow: Parameters<World['journal']['follow']>[0]): () => void {
    const { journal } = this.world;
    if (this.#followers++ === 0 && !journal.enabled) {
      this.#enabledByFollower = true;
      journal.enable();
    }
    const stop = journal.follow(follow);
    let stopped = false;
    return () => {
      if (stopped) return;
      stopped = true;
      stop();
      if (--this.#followers === 0 && this.#enabledByFollower) {
        this.#enabledByFollower = false;
        journal.enable(false);
      }
    };
  }

  /** Said explicitly, it outlives the followers. */
  enableJournal(on: boolean): void {
    this.#enabledByFollower = false;
    this.world.journal.enable(on);
  }

  #noSnapshot(name: string): ControlError {
    return new ControlError(unknownWord('snapshot', name, [...this.#snapshots.keys()]));
  }
}
