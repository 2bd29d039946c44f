import type { Actor } from './actor.ts';
import type { ChannelScript } from './channel-script.ts';
import type { Plain } from './codec/fields.ts';

type Arguments = Readonly<Record<string, Plain>>;

/** A queue of that type and these arguments on a new channel. Neither type can be exclusive: {@link remove} it. */
export async function replicated(a: Actor, type: 'quorum' | 'stream', args: Arguments = {}, label = 'q'): Promise<ChannelScript> {
  const ch = await a.channel();
  await ch.queue(a.name(label), { durable: true, arguments: { 'x-queue-type': type, ...args } });
  return ch;
}

export function quorum(a: Actor, args: Arguments = {}): Promise<ChannelScript> {
  return replicated(a, 'quorum', args);
}

/** Named `s`. */
export function stream(a: Actor, args: Arguments = {}): Promise<ChannelScript> {
  return replicated(a, 'stream', args, 's');
}

export async function remove(a: Actor, label = 'q'): Promise<void> {
  await (await a.channel()).call('queue.delete', { queue: a.name(label) });
}
