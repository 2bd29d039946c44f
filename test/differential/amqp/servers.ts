import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import amqp from '@wirelike/amqp';
import { World } from '@wirelike/kernel';
import { findPeer } from '../../peers/peers.ts';
import { startRabbitMq } from '../../peers/rabbitmq.ts';
import type { ServerUnderTest } from './actor.ts';
import { RabbitMqOperator, WirelikeOperator } from './operator.ts';

/** A server under comparison. */
export interface Server extends ServerUnderTest {
  stop(): Promise<void>;
}

/** Users, permissions, vhosts and policies that both servers start with, in RabbitMQ's own format. */
const definitions_file: string = fileURLToPath(new URL('definitions.json', import.meta.url));

/** The RabbitMQ to compare with: one that already runs on `WIRELIKE_RABBITMQ_PORT` (0 for none), or one of our own, if it is installed. */
export async function startTheirs(): Promise<Server | undefined> {
  const running = process.env.WIRELIKE_RABBITMQ_PORT;
  if (running === '0') return undefined;
  if (running !== undefined) {
    const node = process.env.WIRELIKE_RABBITMQ_NODE;
    const operator = node === undefined ? undefined : new RabbitMqOperator(node, {});
    return { port: Number(running), operator, stop: () => Promise.resolve() };
  }
  if (findPeer('rabbitmq') === undefined) return undefined;
  const server = await startRabbitMq({
    plugins: ['rabbitmq_consistent_hash_exchange'],
    configuration: [`load_definitions = ${definitions_file}`],
  });
  return { port: server.port, operator: new RabbitMqOperator(server.nodeName, server.env), stop: () => server.stop() };
}

export async function startOurs(): Promise<Server> {
  const directory = mkdtempSync(join(tmpdir(), 'wirelike-differential-'));
  const world = await World.open({
    name: 'differential',
    emulators: [amqp],
    ephemeral: true,
    bind: ['127.0.0.1'],
    directory,
    settings: { amqp: { persona: '3.10' } },
    seeds: { amqp: [{ kind: 'file', path: definitions_file, text: readFileSync(definitions_file, 'utf8') }] },
  });
  const address = world.addresses.get('amqp');
  if (address === undefined) throw new Error('nobody listens for AMQP');
  return {
    port: address.port,
    operator: new WirelikeOperator(world.model('amqp')),
    stop: async () => {
      await world.close(0);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
