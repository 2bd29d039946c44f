// Garbage on every port of one world, plain, TLS and unix: an answer or a close, and nobody else notices.
import amqp from '@wirelike/amqp';
import ldap from '@wirelike/ldap';
import libvirt from '@wirelike/libvirt';
import { eventually, garbage, liveBytes, openWorld, WireClient } from '@wirelike/testkit';
import { expect, test } from 'vitest';

const GROWTH_MAX_BYTES = 48 * 1_048_576;

test('garbage on every port', { timeout: 60_000 }, async () => {
  const emulators = [ldap, amqp, libvirt];
  const world = await openWorld(emulators);
  const names = emulators.flatMap((emulator) => emulator.listeners.map((spec) => spec.name));
  expect(world.listeners.map(({ spec }) => spec.name)).toEqual(names);
  const bystanders = await Promise.all(world.listeners.map(({ address }) => WireClient.connect(address)));
  await eventually('everybody is there', () => world.listeners.every(({ connections }) => connections.size === 1));
  const before = liveBytes();

  for (const { address, spec } of world.listeners) {
    for (const [what, bytes] of garbage()) {
      const client = await WireClient.connect(address);
      client.write(bytes);
      await eventually(`${what} on ${spec.name}: an answer or a close`, () => client.bytes_received > 0 || client.ending !== 'open');
      client.destroy();
    }
  }

  await eventually('only the bystanders are left', () => world.listeners.every(({ connections }) => connections.size === 1));
  expect(bystanders.map((client) => client.ending)).toEqual(bystanders.map(() => 'open'));
  expect(world.failures).toEqual([]);
  expect(liveBytes() - before).toBeLessThan(GROWTH_MAX_BYTES);
  for (const client of bystanders) client.destroy();
});
