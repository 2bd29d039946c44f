import { type RunOptions, runClient } from '../../peers/client.ts';
import type { ClientName } from '../../peers/peers.ts';

/** A program in the client's own language that plays one scenario and prints what the client saw, as one line of JSON. */
export interface Program {
  readonly name: string;
  /** What has to be installed for it. */
  readonly needs: readonly ClientName[];
  /** Makes the command whose last argument will be the scenario. What has to be compiled for it goes into this directory. */
  build(directory: string): Promise<readonly string[]>;
  /** Its scenarios wait more than they work, and don't touch each other's queues and connections: they are played at once. */
  readonly isPatient?: boolean;
  /** What the client sees in each scenario, whether it talks to wirelike or to RabbitMQ. */
  readonly scenarios: Readonly<Record<string, unknown>>;
}

/** Runs a command that has to succeed, and returns what it printed. */
export async function succeed([program = '', ...args]: readonly string[], options: RunOptions): Promise<string> {
  const { status, stdout, stderr } = await runClient(program, args, options);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}\n${stdout}${stderr}`);
  return stdout;
}

/** What the client saw of the server that AMQP_URL, AMQPS_URL, WIRELIKE_CA_FILE and RABBITMQ_MANAGEMENT_URL lead to. */
export async function play(command: readonly string[], scenario: string, env: Readonly<Record<string, string>>): Promise<unknown> {
  const seen: unknown = JSON.parse(await succeed([...command, scenario], { env, timeout_milliseconds: 60_000 }));
  return seen;
}
