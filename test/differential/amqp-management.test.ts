import amqp from '@wirelike/amqp';
import { World } from '@wirelike/kernel';
import amqplib, { type ChannelModel } from 'amqplib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runClient } from '../peers/client.ts';
import { describeWithPeer } from '../peers/describe.ts';
import { waitUntil } from '../peers/ports.ts';
import { type RabbitMq, startRabbitMq } from '../peers/rabbitmq.ts';
import { rabbitMqCommand } from '../peers/rabbitmq-release.ts';
import { ask, type Management, readCommandLines, readSteps, shapeOf, shown } from './amqp-management/answers.ts';

/** Their values are figures of the machine and of Erlang: only names and types can be compared. */
const FIGURES = ['/overview', '/nodes'];

// Debian's /usr/sbin/rabbitmqctl changes to the rabbitmq user; the script below it does not.
const rabbitmqctl = '/usr/lib/rabbitmq/bin/rabbitmqctl';

describeWithPeer('rabbitmq', "RabbitMQ's management HTTP API", () => {
  let rabbit: RabbitMq;
  let world: World;
  let theirs: Management;
  let ours: Management;
  const clients: ChannelModel[] = [];

  beforeAll(async () => {
    rabbit = await startRabbitMq({ plugins: ['rabbitmq_management'], configuration: ['collect_statistics_interval = 1000'] });
    const settings = { amqp: { persona: rabbit.release } };
    world = await World.open({ name: 'management', emulators: [amqp], ephemeral: true, bind: ['127.0.0.1'], settings });
    theirs = await managementOf(`http://127.0.0.1:${rabbit.managementPort}`);
    ours = await managementOf((world.environment().RABBITMQ_MANAGEMENT_URL ?? '').replace('guest:guest@', ''));
    for (const url of [rabbit.url, world.environment().AMQP_URL ?? '']) clients.push(await use(url));
  }, 120_000);

  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close().catch(() => undefined)));
    await Promise.all([rabbit?.stop(), world?.close(0)]);
  });

  it.sequential('shows connections, channels, consumers and queues in use with the same members', { timeout: 60_000 }, async () => {
    await shows('/connections', 'recv_oct');
    await shows('/queues/%2F/used', 'message_stats');
    await shows('/nodes', 'mnesia_ram_tx_count');
    for (const path of [
      '/connections',
      '/channels',
      '/consumers',
      '/queues/%2F/used',
      '/vhosts/%2F/connections',
      '/connections/username/guest',
    ]) {
      expect([path, shapeOf(await get(ours, path))]).toEqual([path, shapeOf(await get(theirs, path))]);
    }
  });

  /** RabbitMQ gathers figures in the background. */
  const shows = (path: string, member: string): Promise<void> =>
    waitUntil(async () => JSON.stringify(await get(theirs, path)).includes(`"${member}"`), {
      timeout_milliseconds: 20_000,
      isAlive: () => true,
      explain: () => `RabbitMQ never shows ${member} on ${path}`,
    });

  // Later steps build on earlier ones.
  for (const step of readSteps()) {
    it.sequential(step.line, { timeout: 20_000 }, async () => {
      const [expected, actual] = await Promise.all([ask(theirs, step), ask(ours, step)]);
      const figures = FIGURES.includes(step.path);
      expect(figures ? { ...actual, body: keysOf(actual.body) } : actual).toEqual(
        figures ? { ...expected, body: keysOf(expected.body) } : expected,
      );
    });
  }

  // Every call of the real one starts an Erlang node, which takes a second.
  it.sequential('has the same rabbitmqctl', { timeout: 180_000 }, async () => {
    const ctl = world.instance('amqp').control.find(({ name }) => name === 'rabbitmqctl');
    for (const line of readCommandLines()) {
      const words = line.split(' ');
      const { command, args } = rabbitMqCommand(rabbitmqctl, words);
      const real = await runClient(command, args, { env: rabbit.env, timeout_milliseconds: 30_000 });
      const result = resultOf(await ctl?.run({ words }));
      expect([line, shown(result, ours.nodeName)]).toEqual([line, shown(real, theirs.nodeName)]);
    }
  });
});

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

async function get({ url }: Pick<Management, 'url'>, path: string): Promise<unknown> {
  const response = await fetch(`${url}/api${path}`, { headers: { authorization: `Basic ${btoa('guest:guest')}` } });
  return response.json();
}

function keysOf(value: unknown): unknown {
  const [first] = Array.isArray(value) ? value : [value];
  return typeof first === 'object' && first !== null ? Object.keys(first).sort() : first;
}

function resultOf(value: unknown): { status: number; stdout: string; stderr: string } {
  const known = typeof value === 'object' && value !== null && 'status' in value && 'stdout' in value && 'stderr' in value;
  if (!known) throw new Error('no result of rabbitmqctl');
  return { status: Number(value.status), stdout: String(value.stdout), stderr: String(value.stderr) };
}
