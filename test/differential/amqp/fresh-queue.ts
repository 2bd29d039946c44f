import type { Actor } from './actor.ts';
import type { ChannelScript } from './channel-script.ts';
import type { Plain } from './codec/fields.ts';

/** An exclusive queue of these arguments on a new channel, in confirm mode if asked. */
export async function fresh(
  a: Actor,
  args: Readonly<Record<string, Plain>> = {},
  options: { readonly confirm?: boolean } = {},
): Promise<ChannelScript> {
  const ch = await a.channel();
  await ch.queue(a.name('q'), { exclusive: true, arguments: args });
  if (options.confirm === true) await ch.confirmSelect();
  return ch;
}

export function publish(a: Actor, ch: ChannelScript, ...bodies: readonly string[]): void {
  for (const body of bodies) ch.publish({ key: a.name('q'), body });
}

/** As {@link publish}, each when all before were confirmed; what comes before its confirm is recorded where it came. */
export async function publishConfirmed(a: Actor, ch: ChannelScript, ...bodies: readonly string[]): Promise<void> {
  for (const body of bodies) {
    publish(a, ch, body);
    await ch.confirms();
  }
}

/** As {@link publishConfirmed}, but leaves waiting what is no confirm. */
export async function publishSettled(a: Actor, ch: ChannelScript, ...bodies: readonly string[]): Promise<void> {
  for (const body of bodies) {
    publish(a, ch, body);
    await ch.settled();
  }
}

/** That channel in confirm mode. */
export async function confirming(channel: Promise<ChannelScript>): Promise<ChannelScript> {
  const ch = await channel;
  await ch.confirmSelect();
  return ch;
}
