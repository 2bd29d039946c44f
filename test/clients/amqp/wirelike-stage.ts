import amqp from '@wirelike/amqp';
import { World } from '@wirelike/kernel';
import type { Stage } from './describe-program.ts';

/** A world of the scenario's own. */
export async function wirelikeStage(): Promise<Stage> {
  const world = await World.open({ name: 'clients', emulators: [amqp], ephemeral: true });
  return { env: world.environment(), close: () => world.close() };
}
