import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { BackgroundProcess } from './background-process.ts';
import { type Peer, privateDirectory, stopAll } from './peer.ts';
import { requirePeer } from './peers.ts';
import { accepts, freePort, waitUntil } from './ports.ts';

// Debian's /usr/sbin/rabbitmq-server changes to the rabbitmq user and its directories; the script below it does not.
const server_script = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const epmd_command = 'epmd';
const startup_timeout_milliseconds = 90_000;

export interface RabbitMqOptions {
  /** Names of plugins; `rabbitmq_management` also gives `managementPort`. */
  readonly plugins?: readonly string[];
  /** Lines of rabbitmq.conf. */
  readonly configuration?: readonly string[];
}

export interface RabbitMq extends Peer {
  readonly port: number;
  readonly url: string;
  readonly managementPort: number | undefined;
  readonly nodeName: string;
  /** What rabbitmqctl needs in its environment to reach this node. */
  readonly env: Readonly<Record<string, string>>;
}

/** Whether a broker there answers the protocol header with connection.start: frame type 1 on channel 0. */
function answersHeader(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('AMQP\x00\x00\x09\x01', 'latin1'));
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(5_000, () => end(false));
    socket.once('data', (chunk) => end(chunk[0] === 1));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
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
    ...(options.configuration ?? []),
  ];
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

/** Debian's RabbitMQ with one user, guest, on 127.0.0.1. Takes about ten seconds to start. */
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
  const epmd = new BackgroundProcess(epmd_command, ['-address', '127.0.0.1', '-port', String(epmdPort)], { env });
  const server = new BackgroundProcess(server_script, [], { env, cwd: directory });
  const stop = (): Promise<void> => stopAll([server, epmd], directory);
  try {
    const isReady = async (): Promise<boolean> =>
      (await answersHeader(port)) && (managementPort === undefined || (await accepts(managementPort)));
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
  return { processGroups: [server.pid], startup_milliseconds, stop, port, url, managementPort, nodeName, env };
}
