import { Actor } from './actor.ts';
import { Transcript } from './transcript.ts';

export interface Scenario {
  readonly name: string;
  readonly steps: (actor: Actor) => Promise<void>;
}

export interface Area {
  readonly name: string;
  readonly scenarios: readonly Scenario[];
}

export function scenario(name: string, steps: (actor: Actor) => Promise<void>): Scenario {
  return { name, steps };
}

/** Plays a scenario against the server on `port` and returns what the client saw. `run` makes its names unique. */
export async function play({ steps }: Scenario, port: number, run: string): Promise<string> {
  const transcript = new Transcript(run);
  const actor = new Actor(port, run, transcript);
  try {
    await steps(actor);
  } finally {
    await actor.close();
  }
  return transcript.toString();
}
