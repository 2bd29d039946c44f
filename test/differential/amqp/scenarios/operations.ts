import { type Area, scenario } from '../scenario.ts';
import { protocol_header } from '../wire-client.ts';
import { handshake } from './connecting.ts';

/** What clients see when an operator does something to the server. They run one after the other: an alarm concerns everybody. */
export const operations: Area = {
  name: 'operations',
  operates: true,
  scenarios: [
    scenario('a policy is set and cleared under a queue with messages', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('live'), { exclusive: true });
      for (const body of ['1', '2', '3', '4']) ch.publish({ key: a.name('live'), body });
      await ch.sync();
      await a.operator.setPolicy(a.name('p'), `^${a.name('live')}$`, { 'max-length': 2 });
      await ch.until(a.name('live'), 2);
      ch.publish({ key: a.name('live'), body: '5' });
      await ch.sync();
      await ch.queue(a.name('live'), { passive: true });
      await a.operator.clearPolicy(a.name('p'));
      await a.settle(100);
      ch.publish({ key: a.name('live'), body: '6' });
      await ch.sync();
      await ch.drain(a.name('live'));
    }),
    scenario('an operator closes connections', async (a) => {
      const b = await a.connect({ label: 'b', user: 'leaving', password: 'leaving' });
      const ch = await b.channel();
      await ch.queue(a.name('q'), { autoDelete: true });
      await ch.consume(a.name('q'));
      await a.operator.closeConnectionsOf('leaving');
      await b.takeToEnd();
    }),
    scenario('a user is deleted', async (a) => {
      const b = await a.connect({ label: 'b', user: 'leaving', password: 'leaving' });
      await b.channel();
      await a.operator.removeUser('leaving');
      await b.takeToEnd();
      await a.connect({ label: 'c', user: 'leaving', password: 'leaving' });
    }),
    scenario('a vhost is deleted', async (a) => {
      const b = await a.connect({ label: 'b', vhost: 'doomed' });
      const ch = await b.channel();
      await ch.queue('q', { durable: true });
      await ch.consume('q');
      await a.operator.removeVhost('doomed');
      await b.takeToEnd();
      await a.connect({ label: 'c', vhost: 'doomed' });
    }),
    scenario('tracing', async (a) => {
      await a.operator.setTracing('traced', true);
      const b = await a.connect({ label: 'b', vhost: 'traced' });
      const ch = await b.channel();
      await ch.queue('trace', { exclusive: true });
      await ch.bind('trace', 'amq.rabbitmq.trace', '#');
      await ch.queue('q', { exclusive: true });
      ch.publish({ key: 'q', body: 'm', properties: { messageId: 'id', deliveryMode: 2, userId: 'guest' }, headers: { h: 1 } });
      await ch.until('trace', 1);
      await ch.get('trace');
      await ch.get('q', false);
      await ch.until('trace', 1);
      await ch.get('trace');
      await a.operator.setTracing('traced', false);
      ch.publish({ key: 'q', body: 'untraced' });
      await a.settle(50);
      await ch.get('trace');
    }),
    scenario('limits change while it runs', async (a) => {
      await a.operator.setSettings({ channel_max: 2, frame_max: 8_192, heartbeat: 7 });
      await handshake(a, { tuneOk: { channelMax: 3, frameMax: 4_096 } });
      await handshake(a, { tuneOk: { channelMax: 2, frameMax: 8_193 } });
      const c = await handshake(a, { tuneOk: { channelMax: 2, frameMax: 8_192 } });
      await c.channel(1);
      await c.channel(2);
      await c.at(3).call('channel.open');
      await a.operator.setSettings({ channel_max: 0, frame_max: 0, heartbeat: 0, max_message_size: 200_000 });
      const unlimited = await handshake(a, { tuneOk: { channelMax: 0, frameMax: 0 } });
      unlimited.wire.frame_max = 1_000_000;
      const ch = await unlimited.channel(9);
      await ch.queue(a.name('q'), { exclusive: true });
      ch.publish({ key: a.name('q'), body: 'x'.repeat(200_000) });
      await ch.get(a.name('q'));
      ch.publish({ key: a.name('q'), body: 'x'.repeat(200_001) });
      await unlimited.take(1);
      await a.operator.setSettings({ channel_max: 2_047, frame_max: 131_072, heartbeat: 60, max_message_size: 134_217_728 });
    }),
    scenario('a delivery that nobody acknowledges ends its channel', async (a) => {
      await a.operator.setSettings({ consumer_timeout: 900, channel_tick_interval: 300 });
      const c = await a.connect({ label: 'c' });
      const ch = await c.channel();
      await ch.queue(a.name('q'), { autoDelete: true, arguments: { 'x-consumer-timeout': 60_000 } });
      const got = await c.channel();
      const idle = await c.channel();
      await idle.consume(a.name('q'), { tag: 'idle' });
      await ch.qos(1);
      ch.publish({ key: a.name('q'), body: 'm1' });
      await idle.take(1);
      idle.ack(1);
      await ch.consume(a.name('q'), { tag: 'slow', arguments: { 'x-priority': 5 } });
      const before = performance.now();
      ch.publish({ key: a.name('q'), body: 'm2' });
      await ch.take(1);
      await ch.take(1);
      const passed = performance.now() - before;
      a.note(passed > 850 && passed < 1_900 ? 'in time' : `after ${Math.round(passed / 1_000)} s`);
      await idle.take(1);
      idle.nack(2, { requeue: true });
      await idle.call('basic.cancel', { consumerTag: 'idle' });
      await got.queue(a.name('kept'), { exclusive: true });
      got.publish({ key: a.name('kept'), body: 'm3' });
      await got.sync();
      await got.get(a.name('kept'), false);
      await got.take(1);
      const silent = await c.channel();
      await silent.queue(a.name('kept'), { passive: true });
      await silent.consume(a.name('kept'), { tag: 'silent', noAck: true });
      await silent.take(1);
      await a.settle(1_500);
      await silent.quiet();
      await a.operator.setSettings({ consumer_timeout: 1_800_000, channel_tick_interval: 60_000 });
    }),
    scenario('a delivery from a classic queue that nobody acknowledges', async (a) => {
      await a.operator.setSettings({ consumer_timeout: 900, channel_tick_interval: 300 });
      const c = await a.connect({ label: 'c' });
      const ch = await c.channel();
      await ch.queue(a.name('q'), { exclusive: true });
      await ch.consume(a.name('q'));
      ch.publish({ key: a.name('q'), body: 'm' });
      await ch.take(1);
      await ch.take(1);
      await a.operator.setSettings({ consumer_timeout: 1_800_000, channel_tick_interval: 60_000 });
    }),
    scenario('a delivery from a quorum queue that nobody acknowledges', async (a) => {
      await a.operator.setSettings({ consumer_timeout: 900, channel_tick_interval: 300 });
      const c = await a.connect({ label: 'c' });
      const ch = await c.channel();
      await ch.queue(a.name('q'), { durable: true, arguments: { 'x-queue-type': 'quorum' } });
      await ch.consume(a.name('q'));
      ch.publish({ key: a.name('q'), body: 'm' });
      await ch.take(1);
      await ch.take(1);
      // Too late, but where the channel is still there, it is no mistake.
      if (!ch.isClosed) ch.ack(1);
      await ch.sync();
      const other = await c.channel();
      await a.settle(300);
      await other.get(a.name('q'));
      await other.call('queue.delete', { queue: a.name('q') });
      const simple = await a.connect({ label: 's', clientProperties: {} });
      const untold = await simple.channel();
      await untold.queue(a.name('q'), { durable: true, arguments: { 'x-queue-type': 'quorum' } });
      await untold.consume(a.name('q'));
      untold.publish({ key: a.name('q'), body: 'm' });
      await untold.take(1);
      await untold.take(1);
      const last = await simple.channel();
      await last.until(a.name('q'), 1);
      await last.call('queue.delete', { queue: a.name('q') });
      await a.operator.setSettings({ consumer_timeout: 1_800_000, channel_tick_interval: 60_000 });
    }),
    scenario('a memory alarm blocks who publishes', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('q'), { exclusive: true });
      ch.publish({ key: a.name('q'), body: 'before' });
      await ch.sync();
      const idle = await a.connect({ label: 'idle' });
      await idle.channel();
      const simple = await a.connect({ label: 'simple', clientProperties: {} });
      const publisher = await simple.channel();
      await a.operator.setMemoryAlarm(true);
      await a.settle(300);
      ch.publish({ key: a.name('q'), body: 'during' });
      await (await a.main()).take(1, 2_000);
      publisher.publish({ key: a.name('other'), body: 'during' });
      await simple.take(1, 300);
      await idle.take(1, 100);
      const late = await a.connect({ label: 'late' });
      const reader = await late.channel();
      await reader.queue(a.name('late'), { exclusive: true });
      await reader.get(a.name('late'));
      reader.publish({ key: a.name('late'), body: 'late' });
      await late.take(1, 2_000);
      await a.operator.setMemoryAlarm(false);
      await (await a.main()).take(1, 8_000);
      await late.take(1, 2_000);
      await ch.drain(a.name('q'));
      await reader.drain(a.name('late'));
    }),
    scenario('a disk alarm, and a memory alarm on top of it', async (a) => {
      const c = await a.main();
      const ch = await c.channel();
      await ch.queue(a.name('q'), { exclusive: true });
      await a.operator.setDiskAlarm(true);
      await a.settle(100);
      ch.publish({ key: a.name('q'), body: '1' });
      await c.take(1, 2_000);
      await a.operator.setMemoryAlarm(true);
      await c.take(1, 1_000);
      const late = await a.connect({ label: 'late' });
      const publisher = await late.channel();
      publisher.publish({ key: a.name('nowhere'), body: 'late' });
      await late.take(1, 2_000);
      await a.operator.setDiskAlarm(false);
      await c.take(1, 500);
      await late.take(1, 100);
      await a.operator.setMemoryAlarm(false);
      await c.take(1, 8_000);
      await late.take(1, 2_000);
      await ch.drain(a.name('q'));
    }),
    scenario('a memory alarm, and a disk alarm on top of it', async (a) => {
      await a.operator.setMemoryAlarm(true);
      await a.operator.setDiskAlarm(true);
      await a.settle(300);
      const c = await a.main();
      const ch = await c.channel();
      ch.publish({ key: a.name('nowhere'), body: '1' });
      await c.take(1, 2_000);
      await a.operator.setMemoryAlarm(false);
      await a.settle(3_000);
      await a.operator.setDiskAlarm(false);
      await c.take(1, 2_000);
    }),
    scenario('who is blocked can still close and get heartbeats', async (a) => {
      const c = await a.connect({ label: 'c', heartbeat: 1 });
      const ch = await c.channel();
      await a.operator.setMemoryAlarm(true);
      await a.settle(300);
      ch.publish({ key: a.name('nowhere'), body: '1' });
      await c.take(1, 2_000);
      await a.settle(4_000);
      a.note(c.wire.isClosed ? 'cut off' : 'still there');
      a.note(c.wire.heartbeats > 1 ? 'heartbeats' : 'no heartbeats');
      await a.operator.setMemoryAlarm(false);
      await c.take(1, 8_000);
    }),
    scenario('the handshake timeout is another', async (a) => {
      await a.operator.setSettings({ handshake_timeout: 1_500 });
      for (const bytes of [undefined, Buffer.from('AM'), protocol_header]) {
        const c = await a.wire();
        const before = performance.now();
        if (bytes !== undefined) c.wire.raw(bytes);
        if (bytes === protocol_header) await c.wire.inbox(0).find(() => true, 1_000);
        await c.takeToEnd(8_000);
        const passed = performance.now() - before;
        a.note(passed > 1_400 && passed < 2_600 ? 'in time' : `after ${Math.round(passed / 1_000)} s`);
      }
      await a.operator.setSettings({ handshake_timeout: 10_000 });
    }),
  ],
};
