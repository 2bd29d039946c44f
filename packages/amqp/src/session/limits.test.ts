import { World } from '@wirelike/kernel';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import amqp from '../index.ts';
import { Broker, type Condition, releaseOf } from '../model/index.ts';
import { failureOf } from './errors.ts';

const queue = { type: 'queue', vhost: '/', name: 'q' } as const;
const exchange = { type: 'exchange', vhost: '/', name: 'x' } as const;

// RabbitMQ's texts, but for the last two.
const TEXTS: readonly (readonly [Condition, string, string])[] = [
  [{ kind: 'queue-limit', resource: queue, limit: 3 }, 'channel', "406 cannot declare queue 'q': queue limit in vhost '/' (3) is reached"],
  [
    { kind: 'cluster-queue-limit', resource: queue, limit: 3 },
    'channel',
    "406 cannot declare queue 'q': queue limit in cluster (3) is reached",
  ],
  [
    { kind: 'exchange-limit', resource: exchange, limit: 3 },
    'channel',
    "406 cannot declare exchange 'x' in vhost '/': exchange limit of 3 is reached",
  ],
  [{ kind: 'vhost-limit', vhost: 'v', limit: 3 }, 'channel', "406 cannot create vhost 'v': vhost limit of 3 is reached"],
  [{ kind: 'node-connection-limit', limit: 3 }, 'connection', '530 connection refused: node connection limit (3) is reached'],
  [
    { kind: 'node-channel-limit', node: 'n', limit: 3 },
    'connection',
    "530 number of channels opened on node 'n' has reached the maximum allowed limit of (3)",
  ],
  [{ kind: 'consumer-limit', limit: 3 }, 'connection', '530 reached maximum (3) of consumers per channel'],
  [
    { kind: 'definitions-limit', limit_bytes: 3 },
    'connection',
    '506 cannot hold more queues, bindings and consumers: limit of 3 bytes is reached',
  ],
  [{ kind: 'too-many', what: 'users', limit: 3 }, 'channel', '406 cannot keep more users: limit of 3 is reached'],
];

test.each(TEXTS)('%o', (condition, scope, text) => {
  const failure = failureOf(condition, releaseOf('4'));
  expect([failure.scope, `${failure.code} ${failure.text.replace(/^[A-Z_]+ - /, '')}`]).toEqual([scope, text]);
});

async function open(settings: Readonly<Record<string, string>>): Promise<World> {
  const world = await World.open({ name: 'limits', emulators: [amqp], ephemeral: true, without: ['amqps'], settings: { amqp: settings } });
  onTestFinished(() => world.close(0));
  return world;
}

function brokerOf(world: World): Broker {
  const model = world.model('amqp');
  if (!(model instanceof Broker)) throw new Error('no broker');
  return model;
}

describe('settings of limits', () => {
  it('are numbers, amounts of memory or infinity', async () => {
    const { settings } = brokerOf(
      await open({ cluster_queue_limit: '10', cluster_exchange_limit: 'infinity', definitions_max_bytes: '64MiB', vhost_max: '7' }),
    );
    expect([settings.cluster_queue_limit_queues, settings.cluster_exchange_limit_exchanges]).toEqual([10, Number.POSITIVE_INFINITY]);
    expect([settings.definitions_max_bytes, settings.vhost_max_vhosts]).toEqual([67_108_864, 7]);
    await expect(open({ cluster_queue_limit: 'many' })).rejects.toThrow(
      'amqp.cluster_queue_limit: expected a number or infinity, found "many"',
    );
  });

  it('hold for the HTTP API, which answers with the same texts', async () => {
    const world = await open({ cluster_queue_limit: '0', vhost_max: '1' });
    const url = (world.environment().RABBITMQ_MANAGEMENT_URL ?? '').replace('guest:guest@', '');
    const put = async (path: string): Promise<unknown> => {
      const headers = { authorization: `Basic ${btoa('guest:guest')}` };
      const answer = await fetch(`${url}/api${path}`, { method: 'PUT', headers, body: '{}' });
      return [answer.status, await answer.json()];
    };
    expect(await put('/queues/%2F/q')).toEqual([
      400,
      { error: 'bad_request', reason: "cannot declare queue 'q': queue limit in cluster (0) is reached" },
    ]);
    expect(await put('/vhosts/v')).toEqual([400, { error: 'bad_request', reason: "cannot create vhost 'v': vhost limit of 1 is reached" }]);
  });
});
