import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor, ConnectionScript } from '../actor.ts';
import type { ChannelScript } from '../channel-script.ts';
import { type Area, scenario } from '../scenario.ts';

/** RabbitMQ counts connections and channels behind their back; a busy machine takes its time. */
const counting_milliseconds = 1_000;

/** A channel that hears nothing for a second forgets what it was allowed to do (rabbit_channel:handle_pre_hibernate/1). */
const idle_milliseconds = 5_000;
const busy_milliseconds = 200;

async function operate(a: Actor, ...words: readonly string[]): Promise<void> {
  a.note(`rabbitmqctl ${words.join(' ')}`);
  await a.operator.rabbitmqctl(...words);
}

/** A new user who may do everything in `/`, connected. */
async function user(a: Actor, name = 'u'): Promise<ConnectionScript> {
  await a.operator.rabbitmqctl('add_user', a.name(name), 'secret');
  await a.operator.rabbitmqctl('set_permissions', a.name(name), '.*', '.*', '.*');
  return login(a, name);
}

function login(a: Actor, label: string, password = 'secret', vhost = '/'): Promise<ConnectionScript> {
  return a.connect({ label: label.charAt(0), user: a.name(label.charAt(0)), password, vhost });
}

/** As guest, in another vhost. */
function visit(a: Actor, label: string, vhost: string): Promise<ConnectionScript> {
  return a.connect({ label, vhost: a.name(vhost) });
}

/** What the operator does takes a while, in which the channel has something to do. */
async function busily(ch: ChannelScript, work: Promise<void>): Promise<void> {
  let done = false;
  const finished = work.finally(() => {
    done = true;
  });
  while (!done) await Promise.all([ch.stir(), Promise.race([finished, sleep(busy_milliseconds)])]);
  await finished;
  await ch.stir();
}

async function vhost(a: Actor, name = 'v'): Promise<void> {
  await a.operator.rabbitmqctl('add_vhost', a.name(name));
  await a.operator.rabbitmqctl('set_permissions', '-p', a.name(name), 'guest', '.*', '.*', '.*');
}

/** What clients see when users, permissions, virtual hosts and limits change while they are there. */
export const liveChanges: Area = {
  name: 'live changes',
  operates: true,
  scenarios: [
    scenario('permissions are taken from a channel at work, and from one that rests', async (a) => {
      const u = await user(a);
      const ch = await u.channel();
      await ch.queue(a.name('q'), { exclusive: true });
      await ch.consume(a.name('q'));
      ch.publish({ exchange: 'amq.direct', key: 'nowhere', body: '1' });
      ch.publish({ key: a.name('q'), body: '1' });
      await ch.take(1);
      await busily(ch, operate(a, 'clear_permissions', a.name('u')));
      ch.publish({ exchange: 'amq.direct', key: 'nowhere', body: '2' });
      ch.publish({ key: a.name('q'), body: '2' });
      await ch.take(1);
      await ch.queue(a.name('q'), { exclusive: true });
      await ch.consume(a.name('q'), { tag: 'd' });
      await ch.get(a.name('q'), false);
      const other = await u.channel();
      await other.get(a.name('q'));
      await login(a, 'u');
      await a.settle(idle_milliseconds);
      ch.publish({ key: a.name('q'), body: '3' });
      await ch.take(1);
    }),
    scenario('each channel remembers for itself, and no more than twelve permissions', async (a) => {
      const u = await user(a);
      const ch = await u.channel();
      const publish = async (exchange: string): Promise<void> => {
        ch.publish({ exchange, key: 'nowhere', body: 'm' });
        await ch.stir();
      };
      const queues = Array.from({ length: 11 }, (_, index) => a.name(`q${index}`));
      await publish('amq.direct');
      await publish('amq.fanout');
      for (const queue of queues) await ch.queue(queue, { exclusive: true });
      const idle = await u.channel();
      idle.publish({ exchange: 'amq.direct', key: 'nowhere', body: 'm' });
      await idle.stir();
      await busily(ch, operate(a, 'set_permissions', a.name('u'), '^$', '^$', '^$'));
      await publish('amq.fanout');
      await ch.queue(queues[10] ?? '', { exclusive: true });
      await ch.queue(queues[0] ?? '', { exclusive: true });
      await publish('amq.direct');
      await ch.take(1);
      await idle.stir();
      await u.channel();
    }),
    scenario('permissions are granted to who had none', async (a) => {
      const u = await user(a);
      const ch = await u.channel();
      await busily(ch, operate(a, 'set_permissions', a.name('u'), '^$', '^$', '^$'));
      await ch.queue(a.name('q'), { exclusive: true });
      const other = await u.channel();
      await busily(other, operate(a, 'set_permissions', a.name('u'), '.*', '^amq\\.default$', '.*'));
      await other.queue(a.name('q'), { exclusive: true });
      other.publish({ key: a.name('q'), body: 'm' });
      await other.get(a.name('q'));
      await other.bind(a.name('q'), 'amq.direct', 'k');
    }),
    scenario('topic permissions come and go', async (a) => {
      const u = await user(a);
      const ch = await u.channel();
      const publish = async (key: string): Promise<void> => {
        ch.publish({ exchange: 'amq.topic', key, body: key });
        await ch.stir();
      };
      await ch.queue(a.name('q'), { exclusive: true });
      await ch.bind(a.name('q'), 'amq.topic', 'closed.#');
      await ch.bind(a.name('q'), 'amq.topic', 'open.#');
      await publish('open.1');
      await publish('closed.1');
      await busily(ch, operate(a, 'set_topic_permissions', a.name('u'), 'amq.topic', '^open', '^open'));
      await publish('closed.1');
      await publish('open.2');
      await ch.bind(a.name('q'), 'amq.topic', 'closed.#');
      const other = await u.channel();
      await busily(ch, operate(a, 'clear_topic_permissions', a.name('u'), 'amq.topic'));
      await publish('closed.2');
      await busily(ch, operate(a, 'set_topic_permissions', a.name('u'), 'amq.topic', '^open', '^open'));
      await publish('closed.2');
      await ch.drain(a.name('q'));
      await publish('closed.3');
      await ch.take(1);
      await other.bind(a.name('q'), 'amq.topic', 'closed.3');
    }),
    scenario('a user is deleted and comes back while it is there', async (a) => {
      const u = await user(a);
      const ch = await u.channel();
      await ch.queue(a.name('q'), { exclusive: true });
      await ch.consume(a.name('q'));
      await operate(a, 'delete_user', a.name('u'));
      await u.takeToEnd();
      await login(a, 'u');
      await operate(a, 'add_user', a.name('u'), 'secret');
      await login(a, 'u');
      await operate(a, 'set_permissions', a.name('u'), '.*', '.*', '.*');
      await (await login(a, 'u')).channel();
    }),
    scenario('a password is changed, and cleared', async (a) => {
      const u = await user(a);
      const ch = await u.channel();
      await operate(a, 'change_password', a.name('u'), 'another');
      await login(a, 'u');
      await login(a, 'u', 'another');
      await ch.queue(a.name('q'), { exclusive: true });
      await u.call('connection.update-secret', { newSecret: Buffer.from('secret'), reason: 'old' });
      await ch.queue(a.name('q'), { exclusive: true });
      await operate(a, 'clear_password', a.name('u'));
      await login(a, 'u', 'another');
      await (await u.channel()).queue(a.name('q'), { exclusive: true });
    }),
    scenario('who may say that it is somebody else was asked at login', async (a) => {
      const u = await user(a);
      await operate(a, 'set_user_tags', a.name('u'), 'impersonator');
      const ch = await u.channel();
      ch.publish({ key: 'nowhere', body: 'm', properties: { userId: 'guest' } });
      await ch.sync();
      const late = await (await login(a, 'u')).channel();
      await operate(a, 'set_user_tags', a.name('u'));
      late.publish({ key: 'nowhere', body: 'm', properties: { userId: 'guest' } });
      await late.sync();
    }),
    scenario('a vhost is deleted and comes back', async (a) => {
      await vhost(a);
      const v = await visit(a, 'v', 'v');
      const w = await visit(a, 'w', 'v');
      const ch = await v.channel();
      await ch.queue('q', { durable: true });
      ch.publish({ key: 'q', body: 'm' });
      await ch.sync();
      await (await w.channel()).consume('q');
      await w.at(1).take(1);
      await operate(a, 'delete_vhost', a.name('v'));
      await v.takeToEnd();
      await w.takeToEnd();
      await visit(a, 'x', 'v');
      await operate(a, 'add_vhost', a.name('v'));
      await visit(a, 'y', 'v');
      await operate(a, 'set_permissions', '-p', a.name('v'), 'guest', '.*', '.*', '.*');
      await (await (await visit(a, 'z', 'v')).channel()).queue('q', { passive: true });
      await operate(a, 'delete_vhost', a.name('v'));
    }),
    scenario('a user’s limit of connections is lowered, reached and lifted', async (a) => {
      const u = await user(a);
      await login(a, 'u');
      await a.settle(counting_milliseconds);
      await operate(a, 'set_user_limits', a.name('u'), '{"max-connections": 1}');
      await login(a, 'u');
      await (await u.channel()).queue(a.name('q'), { exclusive: true });
      await operate(a, 'set_user_limits', a.name('u'), '{"max-connections": 0}');
      await login(a, 'u');
      await operate(a, 'set_user_limits', a.name('u'), '{"max-connections": -1}');
      await login(a, 'u');
      await operate(a, 'set_user_limits', a.name('u'), '{"max-connections": 3}');
      await a.settle(counting_milliseconds);
      await login(a, 'u');
      await operate(a, 'clear_user_limits', a.name('u'), 'max-connections');
      await login(a, 'u');
    }),
    scenario('a user’s limit of channels is lowered, reached and lifted', async (a) => {
      const u = await user(a);
      const ch = await u.channel(1);
      await u.channel(2);
      await a.settle(counting_milliseconds);
      await operate(a, 'set_user_limits', a.name('u'), '{"max-channels": 1}');
      await ch.queue(a.name('q'), { exclusive: true });
      const w = await login(a, 'u');
      await w.at(1).call('channel.open');
      await w.takeToEnd();
      await operate(a, 'set_user_limits', a.name('u'), '{"max-channels": 3}');
      const x = await login(a, 'u');
      await x.channel(1);
      await a.settle(counting_milliseconds);
      await u.at(3).call('channel.open');
      await u.takeToEnd();
      await a.settle(counting_milliseconds);
      await x.channel(2);
      await x.channel(3);
      await operate(a, 'clear_user_limits', a.name('u'), 'all');
      await x.channel(4);
    }),
    scenario('a vhost’s limits are lowered, reached and lifted', async (a) => {
      await vhost(a);
      const v = await visit(a, 'v', 'v');
      const ch = await v.channel();
      await ch.queue('q', { exclusive: true });
      await ch.queue('r', { exclusive: true });
      await a.settle(counting_milliseconds);
      await operate(a, 'set_vhost_limits', '-p', a.name('v'), '{"max-connections": 1, "max-queues": 1}');
      await visit(a, 'w', 'v');
      await ch.queue('q', { exclusive: true });
      await ch.queue('s', { exclusive: true });
      const again = await v.channel();
      await again.call('queue.delete', { queue: 'q' });
      await again.queue('s', { exclusive: true });
      await operate(a, 'set_vhost_limits', '-p', a.name('v'), '{"max-connections": 0, "max-queues": 0}');
      await visit(a, 'x', 'v');
      await (await v.channel()).queue('', { exclusive: true });
      await operate(a, 'set_vhost_limits', '-p', a.name('v'), '{"max-connections": -1, "max-queues": -1}');
      await (await (await visit(a, 'y', 'v')).channel()).queue('t', { exclusive: true });
      await operate(a, 'set_vhost_limits', '-p', a.name('v'), '{"max-connections": 2, "max-queues": 2}');
      await a.settle(counting_milliseconds);
      await visit(a, 'z', 'v');
      await (await v.channel()).queue('u', { exclusive: true });
      await operate(a, 'clear_vhost_limits', '-p', a.name('v'));
      await (await (await visit(a, 'z', 'v')).channel()).queue('u', { exclusive: true });
      await operate(a, 'delete_vhost', a.name('v'));
    }),
  ],
};
