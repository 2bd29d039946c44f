import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BackgroundOptions, BackgroundProcess } from './background-process.ts';
import { type Peer, privateDirectory, stopAll } from './peer.ts';
import { requirePeer } from './peers.ts';
import { accepts, freePort, waitUntil } from './ports.ts';
import { askRabbitMqRelease, rabbitMqCommand } from './rabbitmq-release.ts';

// Debian's /usr/sbin/rabbitmq-server changes to the rabbitmq user and its directories; the script below it does not.
const server_script = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const epmd_command = 'epmd';
const startup_timeout_milliseconds = 90_000;

export interface RabbitMqOptions {
  /** Names of plugins; `rabbitmq_management` also gives `managementPort`. */
  readonly plugins?: readonly string[];
  /** Lines of rabbitmq.conf. */
  readonly configuration?: readonly string[];
  /** The text of a file of definitions to start with. */
  readonly definitions?: string;
}

export interface RabbitMq extends Peer {
  readonly port: number;
  readonly url: string;
  readonly managementPort: number | undefined;
  readonly nodeName: string;
  /** '3.10.8', as it announces itself. */
  readonly release: string;
  /** What rabbitmqctl needs in its environment to reach this node. */
  readonly env: Readonly<Record<string, string>>;
}

function writeConfiguration(directory: string, port: number, managementPort: number | undefined, options: RabbitMqOptions): void {
  const lines = [
    `listeners.tcp.1 = 127.0.0.1:${port}`,
    'log.console = true',
    'log.console.level = warning',
    'log.file = false',
    // A shared machine's disk may have less than the default limit; an alarm would block every publisher.
    'disk_free_limit.absolute = 1MB',
    ...(managementPort === undefined ? [] : [`management.tcp.port = ${managementPort}`, 'management.tcp.ip = 127.0.0.1']),
    ...(options.definitions === undefined ? [] : [`load_definitions = ${join(directory, 'definitions.json')}`]),
    ...(options.configuration ?? []),
  ];
  if (options.definitions !== undefined) writeFileSync(join(directory, 'definitions.json'), options.definitions);
  writeFileSync(join(directory, 'rabbitmq.conf'), `${lines.join('\n')}\n`);
  writeFileSync(join(directory, 'enabled_plugins'), `[${(options.plugins ?? []).join(',')}].\n`);
}

function environment(directory: string, nodeName: string, epmdPort: number, distributionPort: number): Record<string, string> {
  return {
    HOME: directory,
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: nodeName,
    RABBITMQ_DIST_PORT: String(distributionPort),
    RABBITMQ_CONF_ENV_FILE: join(directory, 'rabbitmq-env.conf'),
    RABBITMQ_CONFIG_FILE: join(directory, 'rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(directory, 'advanced.config'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, 'enabled_plugins'),
    RABBITMQ_MNESIA_BASE: join(directory, 'mnesia'),
    RABBITMQ_LOG_BASE: join(directory, 'log'),
    RABBITMQ_PID_FILE: join(directory, 'rabbitmq.pid'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-start_epmd false',
  };
}

function start(program: string, args: readonly string[], options: BackgroundOptions): BackgroundProcess {
  const { command, args: all } = rabbitMqCommand(program, args);
  return new BackgroundProcess(command, all, options);
}

/** Debian's RabbitMQ, or the one of `WIRELIKE_RABBITMQ_ROOT`, with one user, guest, on 127.0.0.1. Takes about ten seconds to start. */
export async function startRabbitMq(options: RabbitMqOptions = {}): Promise<RabbitMq> {
  requirePeer('rabbitmq');
  const directory = privateDirectory('rabbitmq');
  const [port, epmdPort, distributionPort] = [await freePort(), await freePort(), await freePort()];
  const managementPort = options.plugins?.includes('rabbitmq_management') === true ? await freePort() : undefined;
  writeConfiguration(directory, port, managementPort, options);
  writeFileSync(join(directory, 'rabbitmq-env.conf'), '');
  mkdirSync(join(directory, 'log'));
  const nodeName = `wirelike-${process.pid}-${port}@localhost`;
  const env = environment(directory, nodeName, epmdPort, distributionPort);

  const started = performance.now();
  // An Erlang node would start this daemon by itself, and leave it behind for ever.
  const epmd = start(epmd_command, ['-address', '127.0.0.1', '-port', String(epmdPort)], { env });
  const server = start(server_script, [], { env, cwd: directory });
  const stop = (): Promise<void> => stopAll([server, epmd], directory);
  let release = '';
  try {
    const isReady = async (): Promise<boolean> => {
      release = (await askRabbitMqRelease(port)) ?? '';
      return release !== '' && (managementPort === undefined || (await accepts(managementPort)));
    };
    await waitUntil(isReady, {
      timeout_milliseconds: startup_timeout_milliseconds,
      isAlive: () => server.isRunning,
      explain: () => `RabbitMQ did not start\n${server.output}`,
    });
  } catch (error) {
    await stop();
    throw error;
  }
  const startup_milliseconds = performance.now() - started;
  const url = `amqp://guest:guest@127.0.0.1:${port}`;
  return { processGroups: [server.pid], startup_milliseconds, stop, port, url, managementPort, nodeName, release, env };
}
