import { join } from 'node:path';
import amqp from '@wirelike/amqp';
import { World } from '@wirelike/kernel';
import { test } from 'vitest';
import { BackgroundProcess } from '../peers/background-process.ts';
import { describeWithClient } from '../peers/describe.ts';
import { python_path } from '../peers/peers.ts';
import { dedent } from '../peers/python.ts';
import { describeProgram } from './amqp/describe-program.ts';
import { oslo, oslo_directory } from './amqp/oslo.ts';
import { wirelikeStage } from './amqp/wirelike-stage.ts';

describeProgram(oslo, wirelikeStage);

// Calls for ever; each answer is a line. A reset closes no connection, so the caller learns only from the refusal of
// its next publish that the exchange is gone (404), and declares it again for the one after. A call that comes before
// the service has its queues again is lost.
const caller = `
  import sys, time
  sys.path.insert(0, sys.argv[1])
  from bus import oslo_messaging, rpc_client
  client = rpc_client('reset', kombu_reconnect_delay=0)
  answers = 0
  while True:
      try:
          who = client.prepare(timeout=1).call({}, 'who')
          answers += 1
          print(who, answers, flush=True)
      except (oslo_messaging.MessagingTimeout, oslo_messaging.MessageDeliveryFailure):
          pass
      time.sleep(0.05)
`;

describeWithClient('python3-oslo.messaging', 'a reset under oslo.messaging', () => {
  test('services and callers find each other again', { timeout: 60_000 }, async () => {
    const world = await World.open({ name: 'reset', emulators: [amqp], ephemeral: true });
    const env = world.environment();
    const options = JSON.stringify({ kombu_reconnect_delay: 0 });
    const program = join(oslo_directory, 'service.py');
    const service = new BackgroundProcess(python_path, [program, 'reset', 'here', 'threading', options], { env });
    const client = new BackgroundProcess(python_path, ['-c', dedent(caller), oslo_directory], { env });
    const answered = async (): Promise<void> => {
      const last = Number(/here (\d+)\n$/.exec(client.output)?.[1] ?? 0);
      await client.waitForOutput(new RegExp(`here ${last + 10}\n`), 30_000);
    };
    try {
      await service.waitForOutput(/ready/);
      await answered();
      await world.reset();
      await answered();
      await world.reset();
      await answered();
    } finally {
      await client.stop();
      await service.stop();
      await world.close();
    }
  });
});
