import type { Actor, ConnectionScript } from '../actor.ts';
import type { ChannelScript } from '../channel-script.ts';
import { type Area, scenario } from '../scenario.ts';

/** Until every connection has heard of an alarm. */
const spreading_milliseconds = 300;
const silence_milliseconds = 300;

async function alarm(a: Actor, on: boolean): Promise<void> {
  a.note(on ? 'an alarm' : 'no alarm');
  await a.operator.setDiskAlarm(on);
  await a.settle(spreading_milliseconds);
}

/** What came on channel 0 and on that channel by now. */
async function heard(c: ConnectionScript, ch: ChannelScript): Promise<void> {
  await ch.quiet(silence_milliseconds);
  while (c.wire.inbox(0).size > 0) await c.take(1);
}

/** Who is blocked by an alarm, what is still done for them, and what waits until it is over. */
export const alarms: Area = {
  name: 'alarms',
  operates: true,
  scenarios: [
    scenario('who only consumes does not notice', async (a) => {
      const c = await a.connect({ label: 'c' });
      const ch = await c.channel();
      await ch.queue(a.name('q'), { exclusive: true });
      for (const body of ['1', '2', '3']) ch.publish({ key: a.name('q'), body });
      await ch.sync();
      await alarm(a, true);
      await ch.qos(1);
      await ch.consume(a.name('q'));
      await ch.bodies(1);
      ch.ack(1);
      await ch.bodies(1);
      ch.nack(2, { requeue: true });
      await ch.bodies(1);
      await heard(c, ch);
      // It waits behind the message.
      ch.publish({ key: a.name('q'), body: '4' });
      await c.take(1);
      ch.ack(3);
      await heard(c, ch);
      await alarm(a, false);
      await c.take(1);
      await ch.bodies(1);
      ch.ack(4);
      await ch.bodies(1);
    }),
    scenario('what is behind a message waits, even the end', async (a) => {
      for (const [name, number] of [
        ['channel.close', 1],
        ['connection.close', 0],
        ['queue.delete', 1],
      ] as const) {
        const c = await a.connect({ label: 'c' });
        const ch = await c.channel();
        await ch.queue(a.name(name), { exclusive: true });
        await alarm(a, true);
        ch.publish({ key: a.name(name), body: 'm' });
        await c.take(1);
        const args = name === 'queue.delete' ? { queue: a.name(name) } : { replyCode: 200, replyText: 'bye' };
        if (number === 0) c.send(name, args);
        else ch.send(name, args);
        await heard(c, ch);
        await alarm(a, false);
        await c.take(1);
        await ch.quiet(silence_milliseconds);
        if (number === 0) await c.take(1);
      }
    }),
    scenario('the first message without a body is taken, of one with a body the head alone', async (a) => {
      const reader = await a.channel();
      for (const body of ['', 'm']) {
        const c = await a.connect({ label: 'c' });
        const ch = await c.channel();
        await ch.confirmSelect();
        await ch.queue(a.name('q'), { autoDelete: true });
        await alarm(a, true);
        for (const _ of [1, 2]) ch.publish({ key: a.name('q'), body });
        await c.take(1);
        await heard(c, ch);
        await reader.queue(a.name('q'), { passive: true });
        await alarm(a, false);
        await c.take(1);
        await ch.confirms();
        await ch.call('queue.delete', { queue: a.name('q') });
      }
    }),
    scenario('a message that is refused', async (a) => {
      for (const [exchange, mandatory] of [
        ['nope', false],
        ['', true],
      ] as const) {
        const c = await a.connect({ label: 'c' });
        const ch = await c.channel();
        await alarm(a, true);
        ch.publish({ exchange, mandatory, key: a.name('nowhere') });
        await c.take(1);
        await ch.quiet(silence_milliseconds);
        const other = c.at(2);
        other.send('channel.open');
        await other.quiet(silence_milliseconds);
        await alarm(a, false);
        await c.take(1);
        await other.answer('channel.open');
      }
    }),
    scenario('one alarm after the other', async (a) => {
      const c = await a.connect({ label: 'c' });
      const ch = await c.channel();
      await ch.queue(a.name('q'), { exclusive: true });
      for (const body of ['1', '2']) {
        await alarm(a, true);
        ch.publish({ key: a.name('q'), body });
        await c.take(1);
        await alarm(a, false);
        await c.take(1);
      }
      await alarm(a, true);
      await alarm(a, false);
      await heard(c, ch);
      await ch.drain(a.name('q'));
    }),
    scenario('what waits meets the next alarm', async (a) => {
      const c = await a.connect({ label: 'c' });
      const ch = await c.channel();
      const other = await c.channel();
      await ch.queue(a.name('q'), { exclusive: true });
      await alarm(a, true);
      ch.publish({ key: a.name('q'), body: '1' });
      ch.publish({ key: a.name('q'), body: '2' });
      ch.publish({ key: a.name('q'), body: '3' });
      await c.take(1);
      await alarm(a, false);
      await c.take(1);
      await ch.until(a.name('q'), 3);
      await alarm(a, true);
      other.publish({ key: a.name('q'), body: '4' });
      await c.take(1);
      await alarm(a, false);
      await c.take(1);
      await ch.drain(a.name('q'));
    }),
    scenario('who can not be told', async (a) => {
      const c = await a.connect({ label: 'c', clientProperties: { capabilities: { 'connection.blocked': false } } });
      const ch = await c.channel();
      await ch.queue(a.name('q'), { exclusive: true });
      await alarm(a, true);
      ch.publish({ key: a.name('q'), body: 'm' });
      ch.send('basic.get', { queue: a.name('q'), noAck: true });
      await heard(c, ch);
      await alarm(a, false);
      await ch.answer('basic.get');
      await heard(c, ch);
    }),
    scenario('who is blocked still hears of messages, cancelled consumers and its end', async (a) => {
      const c = await a.connect({ label: 'c' });
      const ch = await c.channel();
      const b = await a.connect({ label: 'b' });
      const deleter = await b.channel();
      for (const name of ['q', 'r']) {
        await ch.queue(a.name(name), { autoDelete: true });
        await ch.consume(a.name(name), { tag: name, noAck: true });
      }
      await alarm(a, true);
      ch.publish({ key: a.name('nowhere'), body: 'm' });
      await c.take(1);
      deleter.publish({ key: a.name('q') });
      await b.take(1);
      await ch.take(1);
      const late = await (await a.connect({ label: 'l' })).channel();
      await late.call('queue.delete', { queue: a.name('q') });
      await ch.take(1);
      await a.operator.rabbitmqctl('close_all_user_connections', 'guest', 'because I can');
      await c.takeToEnd();
      await alarm(a, false);
    }),
    scenario('who is blocked and gone is gone when the alarm is over', async (a) => {
      const c = await a.connect({ label: 'c' });
      const ch = await c.channel();
      const b = await a.connect({ label: 'b' });
      await ch.queue(a.name('q'), { exclusive: true });
      await alarm(a, true);
      ch.publish({ key: a.name('q'), body: 'm' });
      await c.take(1);
      c.wire.destroy();
      await a.settle(silence_milliseconds);
      await (await b.channel()).queue(a.name('q'), { passive: true });
      await alarm(a, false);
      await (await b.channel()).queue(a.name('q'), { passive: true });
    }),
    scenario('who is blocked in the middle of a message', async (a) => {
      const c = await a.connect({ label: 'c', frameMax: 8_192 });
      const ch = await c.channel();
      await ch.confirmSelect();
      await ch.queue(a.name('q'), { exclusive: true });
      await alarm(a, true);
      ch.publish({ key: a.name('q'), body: 'x'.repeat(100_000) });
      await c.take(1);
      await heard(c, ch);
      await alarm(a, false);
      await c.take(1);
      await ch.confirms();
      await ch.get(a.name('q'));
    }),
    scenario('a transaction', async (a) => {
      const c = await a.connect({ label: 'c' });
      const ch = await c.channel();
      await ch.queue(a.name('q'), { exclusive: true });
      await ch.call('tx.select');
      ch.publish({ key: a.name('q'), body: '1' });
      await ch.sync();
      await alarm(a, true);
      await ch.call('tx.commit');
      ch.publish({ key: a.name('q'), body: '2' });
      await c.take(1);
      ch.send('tx.commit');
      await heard(c, ch);
      await alarm(a, false);
      await c.take(1);
      await ch.answer('tx.commit');
      await ch.drain(a.name('q'));
    }),
  ],
};
