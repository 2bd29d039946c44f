import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import amqp from '@wirelike/amqp';
import { World } from '@wirelike/kernel';
import { findPeer } from '../../peers/peers.ts';
import { accepts, freePort, waitUntil } from '../../peers/ports.ts';
import { startRabbitMq } from '../../peers/rabbitmq.ts';
import { askRabbitMqRelease, installedRabbitMq } from '../../peers/rabbitmq-release.ts';
import type { ServerUnderTest } from './actor.ts';
import type { Encryption } from './encryption.ts';
import { RabbitMqOperator, WirelikeOperator } from './operator.ts';
import type { Area } from './scenario.ts';

/** A server under comparison. */
export interface Server extends ServerUnderTest {
  stop(): Promise<void>;
}

/** Users, permissions, vhosts and policies that both servers start with, in RabbitMQ's own format. */
const definitions_file: string = fileURLToPath(new URL('definitions.json', import.meta.url));
const definitions: string = readFileSync(definitions_file, 'utf8');

const running_port: string | undefined = process.env.WIRELIKE_RABBITMQ_PORT;
const running_node: string | undefined = process.env.WIRELIKE_RABBITMQ_NODE;

/** Names of more plugins, which RabbitMQ finds in its `RABBITMQ_PLUGINS_DIR`. */
const more_plugins: readonly string[] = (process.env.WIRELIKE_RABBITMQ_PLUGINS ?? '').split(',').filter((name) => name !== '');

/** Of the RabbitMQ to compare with, before it starts; undefined if there is none. */
export async function theirRelease(): Promise<string | undefined> {
  if (running_port === '0') return undefined;
  if (running_port !== undefined) return askRabbitMqRelease(Number(running_port));
  return findPeer('rabbitmq') === undefined ? undefined : installedRabbitMq();
}

/** Whether the RabbitMQ to compare with can play these scenarios; where it cannot, its recorded answers count. */
export function canPlay(area: Area): boolean {
  if (area.plugin !== undefined && !more_plugins.includes(area.plugin)) return false;
  return running_port === undefined || (area.encrypts !== true && (area.operates !== true || running_node !== undefined));
}

/** The RabbitMQ to compare with: one that already runs on `WIRELIKE_RABBITMQ_PORT` (0 for none), or one of our own, if it is installed. */
export async function startTheirs(encryption?: Encryption): Promise<Server | undefined> {
  if (running_port === '0') return undefined;
  if (running_port !== undefined) {
    const operator = running_node === undefined ? undefined : new RabbitMqOperator(running_node, {});
    return { port: Number(running_port), operator, stop: () => Promise.resolve() };
  }
  if (findPeer('rabbitmq') === undefined) return undefined;
  const securePort = encryption === undefined ? undefined : await freePort();
  const server = await startRabbitMq({
    plugins: ['rabbitmq_consistent_hash_exchange', 'rabbitmq_auth_mechanism_ssl', ...more_plugins],
    configuration: encryption === undefined || securePort === undefined ? [] : secureConfiguration(encryption, securePort),
    definitions,
  });
  // RabbitMQ 4 opens its ports one after the other.
  if (securePort !== undefined) {
    const explain = (): string => 'RabbitMQ did not open its port for TLS';
    await waitUntil(() => accepts(securePort), { timeout_milliseconds: 20_000, isAlive: () => true, explain });
  }
  return {
    port: server.port,
    ...secureOf(encryption, securePort),
    operator: new RabbitMqOperator(server.nodeName, server.env),
    stop: () => server.stop(),
  };
}

/** Clients may show a certificate, and EXTERNAL is on offer, beside what the release offers by itself. */
function secureConfiguration({ files }: Encryption, port: number): readonly string[] {
  const isOld = installedRabbitMq()?.startsWith('3.') ?? true;
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
    ...(isOld ? [] : ['auth_mechanisms.4 = ANONYMOUS']),
  ];
}

function secureOf(encryption: Encryption | undefined, port: number | undefined): Pick<Server, 'secure'> {
  return encryption === undefined || port === undefined ? {} : { secure: { port, encryption } };
}

/** wirelike as that release of RabbitMQ. */
export async function startOurs(release: string, encryption?: Encryption): Promise<Server> {
  const directory = mkdtempSync(join(tmpdir(), 'wirelike-differential-'));
  const world = await World.open({
    name: 'differential',
    emulators: [amqp],
    ephemeral: true,
    bind: ['127.0.0.1'],
    directory,
    ...(encryption === undefined ? {} : { state_directory: encryption.directory }),
    // Debian's RabbitMQ permits what RabbitMQ 4.3 denies by itself (do-not-deprecate-transient_nonexcl_queues.patch).
    settings: { amqp: { persona: release, transient_nonexcl_queues: 'permitted', ssl_verify: 'verify_peer' } },
    seeds: { amqp: [{ kind: 'file', path: definitions_file, text: definitions }] },
  });
  const address = world.addresses.get('amqp');
  if (address === undefined) throw new Error('nobody listens for AMQP');
  return {
    port: address.port,
    ...secureOf(encryption, world.addresses.get('amqps')?.port),
    operator: new WirelikeOperator(world.model('amqp'), world.instance('amqp').control),
    stop: async () => {
      await world.close(0);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
