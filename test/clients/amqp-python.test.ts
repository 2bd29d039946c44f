import amqp from '@wirelike/amqp';
import { World } from '@wirelike/kernel';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeWithClient } from '../peers/describe.ts';
import { runPythonJson } from '../peers/python.ts';

let world: World;

beforeEach(async () => {
  world = await World.open({ name: 'clients', emulators: [amqp], ephemeral: true });
});

afterEach(() => world.close());

const run = (script: string): Promise<unknown> => runPythonJson(script, { env: world.environment() });

describeWithClient('python3-pika', 'pika', () => {
  test('publishes and consumes', async () => {
    const seen = await run(`
      import json, os, pika
      connection = pika.BlockingConnection(pika.URLParameters(os.environ['AMQP_URL']))
      channel = connection.channel()
      channel.exchange_declare('logs', 'topic', durable=True)
      queue = channel.queue_declare('', exclusive=True).method.queue
      channel.queue_bind(queue, 'logs', '*.error')
      for key in ('app.error', 'app.info', 'db.error'):
          channel.basic_publish('logs', key, key.encode(), pika.BasicProperties(headers={'n': 1}, delivery_mode=2))
      got = []
      for method, properties, body in channel.consume(queue, inactivity_timeout=5):
          if method is None: break
          channel.basic_ack(method.delivery_tag)
          got.append([method.exchange, method.routing_key, body.decode(), properties.headers, properties.delivery_mode])
          if len(got) == 2: break
      channel.cancel()
      connection.close()
      print(json.dumps(got))
    `);
    expect(seen).toEqual([
      ['logs', 'app.error', 'app.error', { n: 1 }, 2],
      ['logs', 'db.error', 'db.error', { n: 1 }, 2],
    ]);
  });

  test('confirms, returns, get, nack, qos', async () => {
    const seen = await run(`
      import json, os, pika
      connection = pika.BlockingConnection(pika.URLParameters(os.environ['AMQP_URL']))
      channel = connection.channel()
      channel.confirm_delivery()
      channel.queue_declare('q')
      got = []
      channel.basic_publish('', 'q', b'one', mandatory=True)
      try:
          channel.basic_publish('', 'nowhere', b'two', mandatory=True)
      except pika.exceptions.UnroutableError as error:
          got.append([m.method.reply_code, m.method.reply_text, m.body.decode()] for m in error.messages)
          got[-1] = list(got[-1])
      channel.basic_qos(prefetch_count=1)
      method, _, body = channel.basic_get('q')
      got.append([body.decode(), method.redelivered, method.message_count])
      channel.basic_nack(method.delivery_tag, requeue=True)
      method, _, body = channel.basic_get('q')
      got.append([body.decode(), method.redelivered, method.message_count])
      channel.basic_reject(method.delivery_tag, requeue=False)
      got.append(channel.basic_get('q')[0])
      got.append(channel.queue_purge('q').method.message_count)
      connection.close()
      print(json.dumps(got))
    `);
    expect(seen).toEqual([[[312, 'NO_ROUTE', 'two']], ['one', false, 0], ['one', true, 0], null, 0]);
  });

  test('errors have codes and texts', async () => {
    const seen = await run(`
      import json, os, pika
      parameters = pika.URLParameters(os.environ['AMQP_URL'])
      got = []
      def attempt(work):
          try:
              work()
          except (pika.exceptions.ChannelClosedByBroker, pika.exceptions.ConnectionClosedByBroker) as error:
              got.append([type(error).__name__, error.reply_code, error.reply_text])
          except pika.exceptions.AMQPConnectionError as error:
              got.append([type(error).__name__, repr(error)])
      connection = pika.BlockingConnection(parameters)
      attempt(lambda: connection.channel().queue_declare('nope', passive=True))
      attempt(lambda: connection.channel().queue_declare('amq.mine'))
      attempt(lambda: connection.channel().exchange_declare('amq.direct', 'fanout', durable=True))
      attempt(lambda: connection.channel().basic_qos(prefetch_size=10))
      def login(**changes):
          parameters = pika.URLParameters(os.environ['AMQP_URL'])
          for name, value in changes.items(): setattr(parameters, name, value)
          return pika.BlockingConnection(parameters)
      attempt(lambda: login(virtual_host='nope'))
      attempt(lambda: login(credentials=pika.PlainCredentials('guest', 'wrong')))
      print(json.dumps(got))
    `);
    expect(seen).toEqual([
      ['ChannelClosedByBroker', 404, "NOT_FOUND - no queue 'nope' in vhost '/'"],
      ['ChannelClosedByBroker', 403, "ACCESS_REFUSED - queue name 'amq.mine' contains reserved prefix 'amq.*'"],
      [
        'ChannelClosedByBroker',
        406,
        "PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'amq.direct' in vhost '/': received 'fanout' but current is 'direct'",
      ],
      ['ConnectionClosedByBroker', 540, 'NOT_IMPLEMENTED - prefetch_size!=0 (10)'],
      ['ProbableAccessDeniedError', expect.stringContaining('NOT_ALLOWED - vhost nope not found')],
      [
        'ProbableAuthenticationError',
        expect.stringContaining(
          'ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile.',
        ),
      ],
    ]);
  });

  test('heartbeats keep an idle connection, and frames fit what was negotiated', async () => {
    const seen = await run(`
      import json, os, pika
      parameters = pika.URLParameters(os.environ['AMQP_URL'])
      parameters.heartbeat, parameters.frame_max, parameters.channel_max = 1, 8192, 4
      connection = pika.BlockingConnection(parameters)
      channel = connection.channel()
      channel.queue_declare('q', exclusive=True)
      connection.sleep(3.5)
      channel.basic_publish('', 'q', b'x' * 100_000)
      got = [len(channel.basic_get('q', auto_ack=True)[2]), connection.is_open]
      connection.close()
      print(json.dumps(got))
    `);
    expect(seen).toEqual([100_000, true]);
  });

  test('over TLS', async () => {
    const seen = await run(`
      import json, os, pika, ssl
      parameters = pika.URLParameters(os.environ['AMQPS_URL'])
      context = ssl.create_default_context(cafile=os.environ['WIRELIKE_CA_FILE'])
      parameters.ssl_options = pika.SSLOptions(context, '127.0.0.1')
      connection = pika.BlockingConnection(parameters)
      channel = connection.channel()
      channel.queue_declare('q')
      channel.basic_publish('', 'q', b'secret')
      print(json.dumps(channel.basic_get('q', auto_ack=True)[2].decode()))
      connection.close()
    `);
    expect(seen).toBe('secret');
  });
});

describeWithClient(['python3-kombu', 'python3-amqp'], 'kombu and py-amqp', () => {
  test('kombu produces and consumes', async () => {
    const seen = await run(`
      import json, os, kombu
      got = []
      with kombu.Connection(os.environ['AMQP_URL']) as connection:
          exchange = kombu.Exchange('tasks', 'direct')
          queue = kombu.Queue('tasks', exchange, routing_key='tasks')
          with connection.Producer(serializer='json') as producer:
              for n in range(3):
                  producer.publish({'n': n}, exchange=exchange, routing_key='tasks', declare=[queue], priority=n)
          def take(body, message):
              got.append([body, message.properties['priority']])
              message.ack()
          with connection.Consumer(queue, callbacks=[take]):
              while len(got) < 3:
                  connection.drain_events(timeout=5)
          got.append(connection.SimpleQueue('tasks').qsize())
      print(json.dumps(got))
    `);
    expect(seen).toEqual([[{ n: 0 }, 0], [{ n: 1 }, 1], [{ n: 2 }, 2], 0]);
  });

  test('py-amqp over TLS: takes the first mechanism that it knows', async () => {
    const seen = await run(`
      import json, os, amqp
      from urllib.parse import urlparse
      url = urlparse(os.environ['AMQPS_URL'])
      connection = amqp.Connection(f'{url.hostname}:{url.port}', ssl={'ca_certs': os.environ['WIRELIKE_CA_FILE']})
      connection.connect()
      channel = connection.channel()
      queue = channel.queue_declare('', exclusive=True).queue
      channel.basic_publish(amqp.Message('secret' * 50_000), '', queue)
      message = channel.basic_get(queue)
      connection.close()
      print(json.dumps(message.body == 'secret' * 50_000))
    `);
    expect(seen).toBe(true);
  });

  test('py-amqp: AMQPLAIN, transactions, recover, bindings between exchanges', async () => {
    const seen = await run(`
      import json, os, amqp
      from urllib.parse import urlparse
      url = urlparse(os.environ['AMQP_URL'])
      connection = amqp.Connection(f'{url.hostname}:{url.port}', 'guest', 'guest', login_method='AMQPLAIN')
      connection.connect()
      channel = connection.channel()
      channel.exchange_declare('from', 'fanout', auto_delete=False)
      channel.exchange_declare('to', 'fanout', auto_delete=False)
      channel.exchange_bind('to', 'from')
      queue = channel.queue_declare('', exclusive=True).queue
      channel.queue_bind(queue, 'to')
      channel.tx_select()
      channel.basic_publish(amqp.Message('dropped'), 'from', '')
      channel.tx_rollback()
      channel.basic_publish(amqp.Message('kept', application_headers={'list': [1, 'two', True, None]}), 'from', '')
      got = [channel.queue_declare(queue, passive=True).message_count]
      channel.tx_commit()
      message = channel.basic_get(queue)
      got += [message.body, message.headers]
      channel.basic_recover(requeue=True)
      message = channel.basic_get(queue)
      got.append(message.delivery_info['redelivered'])
      connection.close()
      print(json.dumps(got))
    `);
    expect(seen).toEqual([0, 'kept', { list: [1, 'two', true, null] }, true]);
  });
});
