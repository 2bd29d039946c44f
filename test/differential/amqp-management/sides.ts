import amqp from '@wirelike/amqp';
import { World } from '@wirelike/kernel';
import amqplib, { type ChannelModel } from 'amqplib';
import { runClient } from '../../peers/client.ts';
import { waitUntil } from '../../peers/ports.ts';
import { startRabbitMq } from '../../peers/rabbitmq.ts';
import { rabbitMqCommand } from '../../peers/rabbitmq-release.ts';
import { get, type Management } from './answers.ts';

/** What a command line tool left. */
export interface Result {
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A broker under comparison: its management API, its rabbitmqctl, and a client that uses it. */
export interface Side extends Management {
  rabbitmqctl(words: readonly string[]): Promise<Result>;
  stop(): Promise<void>;
}

// Debian's /usr/sbin/rabbitmqctl changes to the rabbitmq user; the script below it does not.
const rabbitmqctl = '/usr/lib/rabbitmq/bin/rabbitmqctl';

/** RabbitMQ with its management plugin, when it shows what its client does: it gathers figures in the background. */
export async function startTheirs(): Promise<Side> {
  const rabbit = await startRabbitMq({ plugins: ['rabbitmq_management'], configuration: ['collect_statistics_interval = 1000'] });
  const url = `http://127.0.0.1:${rabbit.managementPort}`;
  const client = await use(rabbit.url);
  const shows = (path: string, member: string): Promise<void> =>
    waitUntil(async () => JSON.stringify(await get({ url }, path)).includes(`"${member}"`), {
      timeout_milliseconds: 20_000,
      isAlive: () => true,
      explain: () => `RabbitMQ never shows ${member} on ${path}`,
    });
  await shows('/connections', 'recv_oct');
  await shows('/queues/%2F/used', 'message_stats');
  // Once nothing changes any more.
  for (const path of ['/channels', '/queues/%2F/used']) await shows(path, 'idle_since');
  await shows('/nodes', 'gc_num');
  return {
    ...(await managementOf(url)),
    // Every call starts an Erlang node, which takes a second.
    rabbitmqctl: (words) => {
      const { command, args } = rabbitMqCommand(rabbitmqctl, words);
      return runClient(command, args, { env: rabbit.env, timeout_milliseconds: 30_000 });
    },
    stop: async () => {
      await client.close().catch(() => undefined);
      await rabbit.stop();
    },
  };
}

/** wirelike as that release of RabbitMQ. */
export async function startOurs(release: string): Promise<Side> {
  const settings = { amqp: { persona: release } };
  const world = await World.open({ name: 'management', emulators: [amqp], ephemeral: true, bind: ['127.0.0.1'], settings });
  const { AMQP_URL = '', RABBITMQ_MANAGEMENT_URL = '' } = world.environment();
  const client = await use(AMQP_URL);
  const control = world.instance('amqp').control.find(({ name }) => name === 'rabbitmqctl');
  return {
    ...(await managementOf(RABBITMQ_MANAGEMENT_URL.replace('guest:guest@', ''))),
    rabbitmqctl: async (words) => resultOf(await control?.run({ words })),
    stop: async () => {
      await client.close().catch(() => undefined);
      await world.close(0);
    },
  };
}

/** One queue with messages, one consumer that holds some of them, and a channel that confirms. */
async function use(url: string): Promise<ChannelModel> {
  const client = await amqplib.connect(url);
  const channel = await client.createConfirmChannel();
  await channel.assertQueue('used', { durable: true });
  for (let count = 0; count < 5; count++) channel.sendToQueue('used', Buffer.from('x'), { persistent: true });
  await channel.waitForConfirms();
  await channel.prefetch(2);
  await channel.consume('used', () => undefined, { consumerTag: 'reader' });
  return client;
}

async function managementOf(url: string): Promise<Management> {
  const text = JSON.stringify(await get({ url }, '/overview'));
  const [, clusterName = ''] = /"cluster_name":"([^"]+)"/.exec(text) ?? [];
  const [, nodeName = ''] = /"node":"([^"]+)"/.exec(text) ?? [];
  return { url, nodeName, clusterName };
}

function resultOf(value: unknown): Result {
  const known = typeof value === 'object' && value !== null && 'status' in value && 'stdout' in value && 'stderr' in value;
  if (!known) throw new Error('no result of rabbitmqctl');
  return { status: Number(value.status), stdout: String(value.stdout), stderr: String(value.stderr) };
}
