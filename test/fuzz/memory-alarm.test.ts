import amqp from '@wirelike/amqp';
import { eventually, liveBytes, openWorld } from '@wirelike/testkit';
import amqplib from 'amqplib';
import { expect, test } from 'vitest';

test('a publisher that memory stopped goes on when its messages were consumed', async () => {
  liveBytes(); // collects
  const watermark_bytes = process.memoryUsage.rss() + 64 * 1_048_576;
  const world = await openWorld([amqp], { settings: { amqp: { vm_memory_high_watermark: String(watermark_bytes) } } });
  const open = () => amqplib.connect(world.environment().AMQP_URL ?? '');
  const [publisher, consumer] = [await open(), await open()];
  let blocked = false;
  publisher.on('blocked', () => {
    blocked = true;
  });
  publisher.on('unblocked', () => {
    blocked = false;
  });
  const channel = await publisher.createConfirmChannel();
  await channel.assertQueue('full');
  let published = 0;
  let confirmed = 0;
  let enough = false;
  const publish = (): void => {
    if (blocked || enough) return;
    published++;
    channel.sendToQueue('full', Buffer.alloc(100_000, published), {}, () => {
      confirmed++;
      publish();
    });
  };
  for (let n = 0; n < 20; n++) publish();
  await eventually('memory stops it', () => blocked);
  enough = true;

  let consumed = 0;
  const reader = await consumer.createChannel();
  await reader.consume('full', () => void consumed++, { noAck: true });
  await eventually('it may go on', () => !blocked, 5_000);
  enough = false;
  publish();
  enough = true;
  await eventually('everything was confirmed and consumed', () => confirmed === published && consumed === published, 5_000);
  expect(published).toBeGreaterThan(100);
  await Promise.all([publisher.close(), consumer.close()]);
});
