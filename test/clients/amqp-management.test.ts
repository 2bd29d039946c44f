import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import amqp from '@wirelike/amqp';
import { World } from '@wirelike/kernel';
import amqplib from 'amqplib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runClient } from '../peers/client.ts';
import { describeWithPeer } from '../peers/describe.ts';
import { python_path } from '../peers/peers.ts';
import { runPythonJson } from '../peers/python.ts';

let world: World;
let port: string;
let directory: string;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'wirelike-rabbitmqadmin-'));
  world = await World.open({ name: 'clients', emulators: [amqp], ephemeral: true });
  ({ port } = new URL(world.environment().RABBITMQ_MANAGEMENT_URL ?? ''));
});

afterEach(async () => {
  await world.close();
  rmSync(directory, { recursive: true, force: true });
});

describeWithPeer('rabbitmq', 'rabbitmqadmin', () => {
  const admin = async (...words: string[]): Promise<string> => {
    const { status, stdout, stderr } = await runClient(python_path, [rabbitmqadmin(), '-H', '127.0.0.1', '-P', port, ...words]);
    if (status !== 0) throw new Error(`${stdout}${stderr}`.trim());
    return stdout.trim();
  };
  const rows = async (...words: string[]): Promise<string[]> => (await admin('-f', 'tsv', ...words)).split('\n').slice(1);

  test('declares, publishes, gets and deletes', async () => {
    expect(await admin('declare', 'vhost', 'name=shop')).toBe('vhost declared');
    const there = ['-V', 'shop'];
    expect(await admin(...there, 'declare', 'exchange', 'name=x', 'type=topic')).toBe('exchange declared');
    expect(await admin(...there, 'declare', 'queue', 'name=a/b', 'durable=true', 'arguments={"x-max-length": 5}')).toBe('queue declared');
    expect(await admin(...there, 'declare', 'binding', 'source=x', 'destination=a/b', 'routing_key=a.#')).toBe('binding declared');
    expect(await admin(...there, 'publish', 'exchange=x', 'routing_key=a.b', 'payload=hello')).toBe('Message published');
    expect(await admin(...there, 'publish', 'exchange=x', 'routing_key=b', 'payload=lost')).toBe('Message published but NOT routed');
    expect(await rows(...there, 'get', 'queue=a/b', 'ackmode=ack_requeue_false')).toEqual(['a.b\tx\t0\thello\t5\tstring\t\tFalse']);
    expect(await rows(...there, 'list', 'queues', 'name', 'durable', 'messages')).toEqual(['a/b\tTrue\t0']);
    expect(await rows(...there, 'list', 'bindings', 'source', 'destination', 'properties_key')).toEqual(['\ta/b\ta%2Fb', 'x\ta/b\ta.%23']);
    expect(
      await admin(...there, 'delete', 'binding', 'source=x', 'destination_type=queue', 'destination=a/b', 'properties_key=a.%23'),
    ).toBe('binding deleted');
    expect(await admin(...there, 'purge', 'queue', 'name=a/b')).toBe('queue purged');
    expect(await admin(...there, 'delete', 'queue', 'name=a/b')).toBe('queue deleted');
    await expect(admin(...there, 'delete', 'queue', 'name=a/b')).rejects.toThrow('*** Not found: /api/queues/shop/a%2Fb');
    expect(await admin('delete', 'vhost', 'name=shop')).toBe('vhost deleted');
  });

  test('manages users, permissions, policies and parameters', async () => {
    await admin('declare', 'user', 'name=ann', 'password=pw', 'tags=management');
    await admin('declare', 'permission', 'vhost=/', 'user=ann', 'configure=^a', 'write=.*', 'read=.*');
    expect(await rows('list', 'permissions', 'user', 'configure')).toEqual(['ann\t^a', 'guest\t.*']);
    await admin('declare', 'policy', 'name=p', 'pattern=^q', 'definition={"max-length": 5}', 'apply-to=queues');
    expect(await rows('list', 'policies', 'name', 'definition')).toEqual(['p\t{"max-length": 5}']);
    expect(await admin('-u', 'ann', '-p', 'pw', 'declare', 'queue', 'name=a1')).toBe('queue declared');
    await expect(admin('-u', 'ann', '-p', 'pw', 'declare', 'queue', 'name=b1')).rejects.toThrow('*** Access refused: /api/queues/%2F/b1');
    await expect(admin('-u', 'ann', '-p', 'bad', 'list', 'queues')).rejects.toThrow('*** Access refused: /api/queues');
    await admin('delete', 'policy', 'name=p');
    await admin('delete', 'user', 'name=ann');
    expect(await rows('list', 'users', 'name', 'tags')).toEqual(['guest\tadministrator']);
  });

  test('closes connections', async () => {
    const client = await amqplib.connect(world.environment().AMQP_URL ?? '');
    const ended = new Promise<Error>((resolve) => client.on('close', resolve));
    const [name = ''] = await rows('list', 'connections', 'name');
    expect(await admin('close', 'connection', `name=${name}`)).toBe('connection closed');
    expect((await ended).message).toContain('CONNECTION_FORCED - Closed via management plugin');
  });

  test('exports definitions and imports them', async () => {
    await admin('declare', 'queue', 'name=kept', 'durable=true');
    const file = join(directory, 'definitions.json');
    await admin('export', file);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ queues: [{ name: 'kept' }] });
    await admin('delete', 'queue', 'name=kept');
    await admin('import', file);
    expect(await rows('list', 'queues', 'name')).toEqual(['kept']);
  });

  test('shows the rest', async () => {
    expect(await rows('show', 'overview')).toEqual(['4.0.5\trabbit@wirelike\t0\t0']);
    expect(await rows('list', 'nodes', 'name', 'type')).toEqual(['rabbit@wirelike\tdisc']);
    for (const what of ['channels', 'consumers', 'exchanges', 'vhosts', 'parameters', 'operator_policies', 'vhost_limits']) {
      await admin('list', what);
    }
  });
});

test('a client that keeps its connection open, compresses nothing and pages through lists', async () => {
  const seen = await runPythonJson(
    `
      import base64, http.client, json, os, sys
      connection = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]))
      headers = {'Authorization': 'Basic ' + base64.b64encode(b'guest:guest').decode(), 'Content-Type': 'application/json'}
      def call(method, path, body=None):
          connection.request(method, '/api' + path, None if body is None else json.dumps(body), headers)
          response = connection.getresponse()
          text = response.read().decode()
          return [response.status, json.loads(text) if text else None]
      for number in range(5): call('PUT', '/queues/%2F/q' + str(number), {'durable': True})
      page = call('GET', '/queues?page=2&page_size=2&sort=name&sort_reverse=true&columns=name')
      print(json.dumps([page, call('HEAD', '/queues'), call('PATCH', '/queues'), call('GET', '/queues/%2F/none')]))
    `,
    { args: [port] },
  );
  expect(seen).toEqual([
    [
      200,
      { filtered_count: 5, item_count: 2, items: [{ name: 'q2' }, { name: 'q1' }], page: 2, page_count: 3, page_size: 2, total_count: 5 },
    ],
    [200, null],
    [405, null],
    [404, { error: 'Object Not Found', reason: 'Not Found' }],
  ]);
});

/** RabbitMQ's management plugin brings it along. */
function rabbitmqadmin(): string {
  const root = '/usr/lib/rabbitmq/lib';
  for (const server of readdirSync(root)) {
    const plugins = join(root, server, 'plugins');
    const plugin = readdirSync(plugins).find((name) => name.startsWith('rabbitmq_management-'));
    if (plugin !== undefined) return join(plugins, plugin, 'priv/www/cli/rabbitmqadmin');
  }
  throw new Error('RabbitMQ is installed without its management plugin');
}
