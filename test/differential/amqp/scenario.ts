import { Actor, type ServerUnderTest } from './actor.ts';
import { Transcript } from './transcript.ts';

export interface Scenario {
  readonly name: string;
  readonly steps: (actor: Actor) => Promise<void>;
}

export interface Area {
  readonly name: string;
  readonly scenarios: readonly Scenario[];
  /** What its scenarios do concerns the whole server. */
  readonly operates?: boolean;
  /** A plugin that Debian's package lacks: without it, the recorded answers count. */
  readonly plugin?: string;
  /** Its clients use TLS. */
  readonly encrypts?: boolean;
}

export function scenario(name: string, steps: (actor: Actor) => Promise<void>): Scenario {
  return { name, steps };
}

/** Plays a scenario against a server and returns what the client saw. `run` makes its names unique. */
export async function play({ steps }: Scenario, server: ServerUnderTest, run: string): Promise<string> {
  const transcript = new Transcript(run);
  const actor = new Actor(server, run, transcript);
  try {
    await steps(actor);
  } finally {
    await actor.close();
  }
  return transcript.toString();
}
