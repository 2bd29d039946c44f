import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import amqp from '@wirelike/amqp';
import { World } from '@wirelike/kernel';
import { type AmqpConnectionManager, connect } from 'amqp-connection-manager';
import type { Channel, ConfirmChannel, ConsumeMessage } from 'amqplib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let world: World;
let manager: AmqpConnectionManager;

const options = { reconnectTimeInSeconds: 0.1 };
const open = (port = 0): Promise<World> =>
  World.open({ name: 'clients', emulators: [amqp], ephemeral: true, bind: ['127.0.0.1'], ports: { amqp: port } });
const portOf = (it: World): number => it.addresses.get('amqp')?.port ?? 0;

beforeEach(async () => {
  world = await open();
  manager = connect([world.environment().AMQP_URL ?? ''], options);
});

afterEach(async () => {
  await manager.close();
  await world.close();
});

describe('amqp-connection-manager', () => {
  test('keeps what is published while the server is away, and declares everything again when it is back', async () => {
    const channel = manager.createChannel({ json: true, setup: (it: ConfirmChannel) => it.assertQueue('orders', { durable: false }) });
    await channel.waitForConnect();
    await channel.sendToQueue('orders', { n: 1 });
    expect(await channel.checkQueue('orders')).toMatchObject({ messageCount: 1 });

    const away = once(manager, 'disconnect');
    const port = portOf(world);
    await world.close();
    expect(String((await away)[0].err)).toContain("broker forced connection closure with reason 'shutdown'");
    const sent = [channel.sendToQueue('orders', { n: 2 }), channel.sendToQueue('orders', { n: 3 })];
    world = await open(port);
    expect(await Promise.all(sent)).toEqual([true, true]);
    const bodies: unknown[] = [];
    for (const _ of sent) {
      const message = await channel.get('orders', { noAck: true });
      bodies.push(message !== false && JSON.parse(message.content.toString()));
    }
    expect(bodies).toEqual([{ n: 2 }, { n: 3 }]);
  });

  test('consumes on after an operator has closed its connection', async () => {
    const received: string[] = [];
    const channel = manager.createChannel({ setup: (it: Channel) => it.assertQueue('work', { durable: true }) });
    await channel.consume(
      'work',
      (message: ConsumeMessage) => {
        received.push(message.content.toString());
        channel.ack(message);
      },
      { prefetch: 1 },
    );
    await channel.sendToQueue('work', Buffer.from('before'));
    await expect.poll(() => received).toEqual(['before']);

    const back = once(manager, 'connect');
    const management = new URL(world.environment().RABBITMQ_MANAGEMENT_URL ?? '');
    const headers = { authorization: `Basic ${btoa(`${management.username}:${management.password}`)}` };
    const closed = await fetch(`${management.origin}/api/connections/username/guest`, { method: 'DELETE', headers });
    expect(closed.status).toBe(204);
    await back;
    await channel.sendToQueue('work', Buffer.from('after'));
    await expect.poll(() => received).toEqual(['before', 'after']);
  });

  test('hears that memory is low, and publishes when it no longer is', async () => {
    const control = (name: string): unknown =>
      world
        .instance('amqp')
        .control.find((each) => each.name === name)
        ?.run({});
    const channel = manager.createChannel({ setup: (it: ConfirmChannel) => it.assertQueue('held') });
    await channel.waitForConnect();
    const blocked = once(manager, 'blocked');
    await control('alarm.raise');
    const sent = channel.sendToQueue('held', Buffer.from('x'));
    expect((await blocked)[0]).toEqual({ reason: 'low on memory' });
    const unblocked = once(manager, 'unblocked');
    await control('alarm.clear');
    await unblocked;
    expect(await sent).toBe(true);
  });

  test('goes on to the next server when the first refuses it', async () => {
    const other = await open();
    const secure = connect([`amqp://127.0.0.1:${portOf(world)}/nope`, other.environment().AMQPS_URL ?? ''], {
      ...options,
      connectionOptions: { ca: [readFileSync(other.environment().WIRELIKE_CA_FILE ?? '')] },
    });
    try {
      const [{ url }] = await once(secure, 'connect');
      expect(String(url)).toBe(other.environment().AMQPS_URL);
    } finally {
      await secure.close();
      await other.close();
    }
  });
});
