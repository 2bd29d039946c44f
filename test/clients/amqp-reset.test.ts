import amqp from '@wirelike/amqp';
import { World } from '@wirelike/kernel';
import amqplib from 'amqplib';
import { expect, test } from 'vitest';
import { BackgroundProcess } from '../peers/background-process.ts';
import { describeWithClient } from '../peers/describe.ts';
import { python_path } from '../peers/peers.ts';
import { dedent } from '../peers/python.ts';

// A reset closes no connection: its clients are told what RabbitMQ 4.0.5 tells those whose queues and exchanges
// somebody deletes. What is expected here was seen there, with these same programs.

const program = `
  import os, pika
  connection = pika.BlockingConnection(pika.URLParameters(os.environ['AMQP_URL']))
  setup = connection.channel()
  setup.exchange_declare('x', 'topic', durable=True)
  channels = {}
  for name, kind in [('plain', 'classic'), ('quorum', 'quorum'), ('stream', 'stream')]:
      channel = channels[name] = connection.channel()
      channel.queue_declare(name, durable=True, arguments={'x-queue-type': kind})
      channel.queue_bind(name, 'x', '#')
      channel.basic_qos(prefetch_count=5)
      channel.add_on_cancel_callback(lambda frame: print('cancelled', frame.method.consumer_tag, flush=True))
      channel.basic_consume(name, lambda *delivery: None, consumer_tag=name)
  publisher = connection.channel()
  publisher.confirm_delivery()
  publisher.basic_publish('x', 'k', b'one')
  connection.process_data_events(0.5)
  print('ready', flush=True)
  connection.process_data_events(1)

  def attempt(name, step):
      try:
          print(name, step(), flush=True)
      except pika.exceptions.ChannelClosedByBroker as error:
          print(name, error, flush=True)

  for name, channel in channels.items():
      # Its message is gone, and nobody minds.
      attempt(name, lambda: channel.basic_ack(1))
      connection.process_data_events(0.2)
      print(name, 'open' if channel.is_open else 'closed', flush=True)
  attempt('publish', lambda: publisher.basic_publish('x', 'k', b'two'))
  attempt('again', lambda: connection.channel().queue_declare('plain').method.message_count)
  attempt('passive', lambda: connection.channel().queue_declare('quorum', passive=True))
  connection.close()
  print('closed', flush=True)
`;

describeWithClient('python3-pika', 'a reset under pika', () => {
  test('cancels consumers, refuses publishes to what is gone, and leaves channels and the connection open', {
    timeout: 30_000,
  }, async () => {
    await using world = await opened();
    const client = new BackgroundProcess(python_path, ['-c', dedent(program)], { env: world.environment() });
    try {
      await client.waitForOutput(/ready\n/);
      await world.reset();
      await client.waitForOutput(/closed\n$/, 20_000);
    } finally {
      await client.stop();
    }
    const [, ...lines] = client.output.trimEnd().split('\n');
    expect(lines).toEqual([
      ...['cancelled plain', 'cancelled quorum', 'cancelled stream'],
      ...['plain', 'quorum', 'stream'].flatMap((name) => [`${name} None`, `${name} open`]),
      `publish (404, "NOT_FOUND - no exchange 'x' in vhost '/'")`,
      'again 0',
      `passive (404, "NOT_FOUND - no queue 'quorum' in vhost '/'")`,
      'closed',
    ]);
  });
});

test('a reset under amqplib, in the middle of a stream of confirmed publishes', async () => {
  await using world = await opened();
  const connection = await amqplib.connect(world.environment().AMQP_URL ?? '');
  const events: string[] = [];
  const publisher = await connection.createConfirmChannel();
  publisher.on('error', (error) => events.push(error.message));
  const isClosed = new Promise<void>((resolve) => publisher.once('close', () => resolve()));
  await publisher.assertExchange('x', 'topic');
  await publisher.assertQueue('q');
  await publisher.bindQueue('q', 'x', '#');
  const consumer = await connection.createChannel();
  let consumed = 0;
  await consumer.consume('q', (message) => {
    if (message === null) events.push('cancelled');
    else if (++consumed < 100) consumer.ack(message);
  });
  let open = true;
  void isClosed.then(() => {
    open = false;
  });
  const answers = { confirmed: 0, failed: 0, published: 0 };
  for (let turn = 0; open; turn++) {
    for (let index = 0; index < 20; index++, answers.published++) {
      publisher.publish('x', 'k', Buffer.from('m'), {}, (error) => (error === null ? answers.confirmed++ : answers.failed++));
    }
    if (turn === 20) await world.reset();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(events).toEqual([
    'cancelled',
    `Channel closed by server: 404 (NOT-FOUND) with message "NOT_FOUND - no exchange 'x' in vhost '/'"`,
  ]);
  // Nobody waits for a confirm for ever.
  await expect.poll(() => answers.confirmed + answers.failed).toBe(answers.published);
  expect(answers.confirmed).toBeGreaterThan(0);
  expect(await consumer.assertQueue('q')).toMatchObject({ messageCount: 0, consumerCount: 0 });
  await connection.close();
});

async function opened(): Promise<World & AsyncDisposable> {
  const world = await World.open({ name: 'reset', emulators: [amqp], ephemeral: true });
  return Object.assign(world, { [Symbol.asyncDispose]: () => world.close() });
}
