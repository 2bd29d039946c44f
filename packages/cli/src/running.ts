import { join } from 'node:path';
import type { ControlClient } from '@wirelike/client';
import type { Command } from 'commander';

/** How a command finds the process that it asks, and the world it asks about. */
export interface TargetOptions {
  readonly socket?: string;
  readonly world?: string;
}

export function addTargetOptions(command: Command, world = true): Command {
  command.option('--socket <PATH>', 'the control socket ($WIRELIKE_SOCKET, or the one in the runtime directory)');
  return world ? command.option('--world <NAME>', 'the world ("main")') : command;
}

/** Talks to the running wirelike for as long as `use` takes. */
export async function withRunning<T>(options: TargetOptions, use: (client: ControlClient) => Promise<T>): Promise<T> {
  const [{ connectControl }, path] = await Promise.all([import('@wirelike/client'), socketPath(options)]);
  const client = await connectControl(path);
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

/** The parameter that names the world, if one was named. */
export function inWorld(options: TargetOptions): { readonly world?: string } {
  return options.world === undefined ? {} : { world: options.world };
}

async function socketPath(options: TargetOptions): Promise<string> {
  if (options.socket !== undefined) return options.socket;
  if (process.env.WIRELIKE_SOCKET) return process.env.WIRELIKE_SOCKET;
  const { runtimeDirectory } = await import('@wirelike/kernel');
  return join(runtimeDirectory(), 'control.sock');
}
