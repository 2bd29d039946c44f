import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import amqp from '@wirelike/amqp';
import { World } from '@wirelike/kernel';
import { findPeer } from '../../peers/peers.ts';
import { freePort } from '../../peers/ports.ts';
import { startRabbitMq } from '../../peers/rabbitmq.ts';
import type { ServerUnderTest } from './actor.ts';
import type { Encryption } from './encryption.ts';
import { RabbitMqOperator, WirelikeOperator } from './operator.ts';

/** A server under comparison. */
export interface Server extends ServerUnderTest {
  /** Plugins beyond those that every server here has. */
  readonly plugins: readonly string[];
  stop(): Promise<void>;
}

/** Users, permissions, vhosts and policies that both servers start with, in RabbitMQ's own format. */
const definitions_file: string = fileURLToPath(new URL('definitions.json', import.meta.url));

/** Names of more plugins, which RabbitMQ finds in its `RABBITMQ_PLUGINS_DIR`. */
const more_plugins: readonly string[] = (process.env.WIRELIKE_RABBITMQ_PLUGINS ?? '').split(',').filter((name) => name !== '');

/** The RabbitMQ to compare with: one that already runs on `WIRELIKE_RABBITMQ_PORT` (0 for none), or one of our own, if it is installed. */
export async function startTheirs(encryption?: Encryption): Promise<Server | undefined> {
  const running = process.env.WIRELIKE_RABBITMQ_PORT;
  if (running === '0') return undefined;
  if (running !== undefined) {
    const node = process.env.WIRELIKE_RABBITMQ_NODE;
    const operator = node === undefined ? undefined : new RabbitMqOperator(node, {});
    return { port: Number(running), operator, plugins: more_plugins, stop: () => Promise.resolve() };
  }
  if (findPeer('rabbitmq') === undefined) return undefined;
  const securePort = encryption === undefined ? undefined : await freePort();
  const server = await startRabbitMq({
    plugins: ['rabbitmq_consistent_hash_exchange', 'rabbitmq_auth_mechanism_ssl', ...more_plugins],
    configuration: [
      `load_definitions = ${definitions_file}`,
      ...(encryption === undefined || securePort === undefined ? [] : secureConfiguration(encryption, securePort)),
    ],
  });
  return {
    port: server.port,
    ...secureOf(encryption, securePort),
    operator: new RabbitMqOperator(server.nodeName, server.env),
    plugins: more_plugins,
    stop: () => server.stop(),
  };
}

/** As wirelike has it by itself: clients may show a certificate, and EXTERNAL is on offer. */
function secureConfiguration({ files }: Encryption, port: number): readonly string[] {
  return [
    `listeners.ssl.1 = 127.0.0.1:${port}`,
    `ssl_options.cacertfile = ${files.ca}`,
    `ssl_options.certfile = ${files.certificate}`,
    `ssl_options.keyfile = ${files.key}`,
    'ssl_options.verify = verify_peer',
    'ssl_options.fail_if_no_peer_cert = false',
    'auth_mechanisms.1 = PLAIN',
    'auth_mechanisms.2 = AMQPLAIN',
    'auth_mechanisms.3 = EXTERNAL',
  ];
}

function secureOf(encryption: Encryption | undefined, port: number | undefined): Pick<Server, 'secure'> {
  return encryption === undefined || port === undefined ? {} : { secure: { port, encryption } };
}

export async function startOurs(encryption?: Encryption): Promise<Server> {
  const directory = mkdtempSync(join(tmpdir(), 'wirelike-differential-'));
  const world = await World.open({
    name: 'differential',
    emulators: [amqp],
    ephemeral: true,
    bind: ['127.0.0.1'],
    directory,
    ...(encryption === undefined ? {} : { state_directory: encryption.directory }),
    settings: { amqp: { persona: '3.10' } },
    seeds: { amqp: [{ kind: 'file', path: definitions_file, text: readFileSync(definitions_file, 'utf8') }] },
  });
  const address = world.addresses.get('amqp');
  if (address === undefined) throw new Error('nobody listens for AMQP');
  return {
    port: address.port,
    ...secureOf(encryption, world.addresses.get('amqps')?.port),
    operator: new WirelikeOperator(world.model('amqp')),
    plugins: [],
    stop: async () => {
      await world.close(0);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
