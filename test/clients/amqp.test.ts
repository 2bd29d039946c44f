import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import amqp from '@wirelike/amqp';
import { World } from '@wirelike/kernel';
import amqplib, { type Channel, type ChannelModel, type ConfirmChannel, type GetMessage } from 'amqplib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let world: World;
let environment: Record<string, string>;

beforeEach(async () => {
  world = await World.open({ name: 'clients', emulators: [amqp], ephemeral: true });
  environment = world.environment();
});

afterEach(() => world.close());

const url = (): string => environment.AMQP_URL ?? '';

describe('amqplib', () => {
  let connection: ChannelModel;

  beforeEach(async () => {
    connection = await amqplib.connect(url());
    // Errors that a test asks for come here too.
    connection.on('error', () => {});
  });

  afterEach(() => connection.close().catch(() => undefined));

  const open = async (): Promise<Channel> => {
    const channel = await connection.createChannel();
    channel.on('error', () => {});
    return channel;
  };
  const text = (message: GetMessage | false): string => (message === false ? 'nothing' : message.content.toString());

  test('knows RabbitMQ when it sees it', () => {
    expect(connection.connection.serverProperties).toMatchObject({ product: 'RabbitMQ', version: '4.0.5' });
  });

  test('routes through direct, fanout and topic exchanges', async () => {
    const channel = await open();
    for (const [type, key, hit, miss] of [
      ['direct', 'a', 'a', 'b'],
      ['fanout', '', 'anything', undefined],
      ['topic', 'eu.*.#', 'eu.orders.new.big', 'us.orders'],
    ] as const) {
      await channel.assertExchange(type, type);
      const { queue } = await channel.assertQueue('', { exclusive: true });
      await channel.bindQueue(queue, type, key);
      channel.publish(type, hit, Buffer.from(type));
      if (miss !== undefined) channel.publish(type, miss, Buffer.from('missed'));
      expect(await channel.checkQueue(queue)).toMatchObject({ messageCount: 1 });
      expect(text(await channel.get(queue, { noAck: true }))).toBe(type);
    }
  });

  test('keeps every property and header', async () => {
    const channel = await open();
    const { queue } = await channel.assertQueue('');
    const options = {
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      headers: { text: 'täxt', number: 7, big: 2 ** 40, fraction: 1.5, yes: true, list: [1, 'two'], nested: { deep: null } },
      deliveryMode: 2,
      priority: 3,
      correlationId: 'c',
      replyTo: 'r',
      expiration: '60000',
      messageId: 'm',
      timestamp: 1_700_000_000,
      type: 't',
      appId: 'a',
    };
    channel.sendToQueue(queue, Buffer.from('{}'), options);
    const message = await channel.get(queue);
    expect(message).toMatchObject({ properties: options });
  });

  test('consumes, acknowledges, rejects, and gets back what it did not acknowledge', async () => {
    const channel = await open();
    await channel.assertQueue('work');
    await channel.prefetch(2);
    for (const body of ['one', 'two', 'three']) channel.sendToQueue('work', Buffer.from(body));
    const seen: string[] = [];
    let enough: () => void = () => {};
    const three = new Promise<void>((resolve) => {
      enough = resolve;
    });
    await channel.consume('work', (message) => {
      if (message === null) return;
      seen.push(`${message.content.toString()}${message.fields.redelivered ? ' again' : ''}`);
      if (seen.length === 1) channel.ack(message);
      else if (seen.length === 2) channel.nack(message, false, true);
      else if (seen.length === 4) enough();
    });
    await three;
    expect(seen[0]).toBe('one');
    expect([...seen.slice(1)].sort()).toEqual(['three', 'two', 'two again']);
    await channel.close();
    expect(await (await open()).checkQueue('work')).toMatchObject({ messageCount: 2, consumerCount: 0 });
  });

  test('a body of many frames arrives whole', async () => {
    const channel = await open();
    const { queue } = await channel.assertQueue('');
    const body = Buffer.alloc(1_000_003, 'wire');
    channel.sendToQueue(queue, body);
    const message = await channel.get(queue);
    expect(message !== false && message.content.equals(body)).toBe(true);
  });

  test('confirms, and returns what goes nowhere before its confirm', async () => {
    const channel: ConfirmChannel = await connection.createConfirmChannel();
    const events: string[] = [];
    channel.on('return', (message) => events.push(`returned ${message.fields.routingKey}`));
    const { queue } = await channel.assertQueue('');
    for (const key of [queue, 'nowhere']) {
      channel.publish('', key, Buffer.from('x'), { mandatory: true }, (error) =>
        events.push(`${error === null ? 'confirmed' : 'refused'}`),
      );
    }
    await channel.waitForConfirms();
    expect(events).toEqual(expect.arrayContaining(['returned nowhere', 'confirmed', 'confirmed']));
    expect(events.at(-1)).toBe('confirmed');
  });

  test('many publishes, all confirmed, all there', async () => {
    const channel = await connection.createConfirmChannel();
    await channel.assertQueue('many');
    for (let count = 0; count < 5_000; count++) channel.sendToQueue('many', Buffer.from(String(count)));
    await channel.waitForConfirms();
    expect(await channel.checkQueue('many')).toMatchObject({ messageCount: 5_000 });
    expect(await channel.purgeQueue('many')).toEqual({ messageCount: 5_000 });
  });

  test('an error closes its channel, and only that', async () => {
    const [channel, other] = [await open(), await open()];
    await expect(channel.checkQueue('nope')).rejects.toThrow(`404 (NOT-FOUND) with message "NOT_FOUND - no queue 'nope' in vhost '/'"`);
    await expect(other.assertQueue('fine')).resolves.toMatchObject({ queue: 'fine' });
  });

  test('an error of the connection closes all of it', async () => {
    const channel = await open();
    const failed = once(connection, 'error');
    await channel.consume((await channel.assertQueue('')).queue, () => {}, { consumerTag: 'same' });
    await channel.consume((await channel.assertQueue('')).queue, () => {}, { consumerTag: 'same' }).catch(() => undefined);
    expect(String((await failed)[0])).toContain(`530 (NOT-ALLOWED) with message "NOT_ALLOWED - attempt to reuse consumer tag 'same'"`);
  });

  test('an exclusive queue goes with its connection', async () => {
    const other = await amqplib.connect(url());
    await (await other.createChannel()).assertQueue('mine', { exclusive: true });
    await expect((await open()).checkQueue('mine')).rejects.toThrow(/RESOURCE_LOCKED/);
    await other.close();
    await expect((await open()).checkQueue('mine')).rejects.toThrow(/NOT_FOUND/);
  });

  test('a consumer is told that its queue is gone', async () => {
    const [channel, other] = [await open(), await open()];
    await channel.assertQueue('doomed');
    const cancelled = new Promise((resolve) => void channel.consume('doomed', resolve));
    await other.deleteQueue('doomed');
    expect(await cancelled).toBeNull();
  });

  test('RPC over direct reply-to', async () => {
    const [client, server] = [await open(), await open()];
    await server.assertQueue('rpc');
    await server.consume('rpc', (request) => {
      if (request !== null) server.sendToQueue(request.properties.replyTo, Buffer.from(`re: ${request.content.toString()}`));
    });
    const answer = new Promise<string>((resolve) => {
      void client.consume('amq.rabbitmq.reply-to', (message) => resolve(message?.content.toString() ?? ''), { noAck: true });
    });
    client.sendToQueue('rpc', Buffer.from('hello'), { replyTo: 'amq.rabbitmq.reply-to' });
    expect(await answer).toBe('re: hello');
  });

  test('heartbeats keep an idle connection', async () => {
    const idle = await amqplib.connect(`${url()}?heartbeat=1`);
    const errors: string[] = [];
    idle.on('error', (error) => errors.push(String(error)));
    await sleep(3_500);
    const channel = await idle.createChannel();
    await expect(channel.assertQueue('', { exclusive: true })).resolves.toMatchObject({ messageCount: 0 });
    await idle.close();
    expect(errors).toEqual([]);
  });

  test('a world that closes says so', async () => {
    const gone = once(connection, 'close');
    const closed = world.close();
    expect(String((await gone)[0])).toContain(
      `320 (CONNECTION-FORCED) with message "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'"`,
    );
    await closed;
  });

  test('refuses wrong passwords and unknown virtual hosts', async () => {
    const wrong = url().replace('guest:guest', 'guest:wrong');
    await expect(amqplib.connect(wrong)).rejects.toThrow(
      /403 \(ACCESS-REFUSED\).*Login was refused using authentication mechanism PLAIN\. For details see the broker logfile\./,
    );
    // amqplib does not pass on why; pika does.
    await expect(amqplib.connect(url().replace('%2F', 'nope'))).rejects.toThrow(/Expected ConnectionOpenOk; got <ConnectionClose/);
  });

  test('talks over TLS, given the certificate authority', async () => {
    const ca = [readFileSync(environment.WIRELIKE_CA_FILE ?? '')];
    const secure = await amqplib.connect(environment.AMQPS_URL ?? '', { ca });
    const channel = await secure.createChannel();
    const { queue } = await channel.assertQueue('');
    channel.sendToQueue(queue, Buffer.from('secret'));
    expect(text(await channel.get(queue))).toBe('secret');
    await secure.close();
    await expect(amqplib.connect(environment.AMQPS_URL ?? '')).rejects.toThrow(/certificate/);
  });

  test('as RabbitMQ 3.10, an unknown exchange type is an error of the connection', async () => {
    for (const [persona, version, code] of [
      ['3.10', '3.10.8', '503 (COMMAND-INVALID)'],
      ['4', '4.0.5', '406 (PRECONDITION-FAILED)'],
    ] as const) {
      const other = await World.open({ name: persona, emulators: [amqp], ephemeral: true, settings: { amqp: { persona } } });
      const client = await amqplib.connect(other.environment().AMQP_URL ?? '');
      const errors: string[] = [];
      client.on('error', (error) => errors.push(String(error)));
      expect(client.connection.serverProperties).toMatchObject({ version });
      const channel = await client.createChannel();
      channel.on('error', (error) => errors.push(String(error)));
      await channel.assertExchange('x', 'zzz').catch((error: unknown) => errors.push(String(error)));
      expect(errors.join('\n')).toContain(code);
      await other.close();
    }
  });
});
