import { once } from 'node:events';
import { connect } from 'node:net';
import { World, Writer } from '@wirelike/kernel';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import amqp from '../index.ts';
import { Broker } from '../model/index.ts';
import { writeMethod } from '../wire/method.ts';
import { PROTOCOL_HEADER } from '../wire/protocol-header.ts';

let world: World;

beforeEach(async () => {
  world = await World.open({
    name: 'logins',
    emulators: [amqp],
    ephemeral: true,
    settings: { amqp: { track_auth_attempt_source: 'true' } },
  });
});

afterEach(() => world.close(0));

function broker(): Broker {
  const model = world.model('amqp');
  if (!(model instanceof Broker)) throw new Error('no broker');
  return model;
}

/** Begins a connection, until the server has said something about the credentials. */
async function logIn(response: string): Promise<void> {
  const { port = 0 } = world.addresses.get('amqp') ?? {};
  const socket = connect(port, '127.0.0.1', () => socket.write(PROTOCOL_HEADER));
  await once(socket, 'data');
  const writer = new Writer();
  writeMethod(writer, 0, 'connection.start-ok', {
    clientProperties: new Map([
      ['capabilities', { type: 'F', value: new Map([['authentication_failure_close', { type: 't', value: true }]]) }],
    ]),
    mechanism: 'PLAIN',
    response: Buffer.from(response),
    locale: 'en_US',
  });
  socket.write(writer.view());
  // Of what is malformed it is told nothing until later.
  if (response !== 'junk') await once(socket, 'data');
  else await vi.waitFor(() => expect(broker().attempts.byProtocol.get('amqp091')?.failed).toBe(3));
  socket.destroy();
}

async function shown(which: '' | '/source'): Promise<unknown> {
  const url = (world.environment().RABBITMQ_MANAGEMENT_URL ?? '').replace('guest:guest@', '');
  const headers = { authorization: `Basic ${btoa('guest:guest')}` };
  return (await fetch(`${url}/api/auth/attempts/rabbit@wirelike${which}`, { headers })).json();
}

// As RabbitMQ 3.10.8, 4.0.5 and 4.3.6 count them.
test('logins are counted by protocol, and by address and user if somebody wants to know', async () => {
  for (const response of ['\0guest\0guest', '\0guest\0wrong', '\0nobody\0x', 'junk']) await logIn(response);
  const http = { protocol: 'http', auth_attempts: 1, auth_attempts_failed: 0, auth_attempts_succeeded: 1 };
  expect(await shown('')).toEqual([{ protocol: 'amqp091', auth_attempts: 4, auth_attempts_failed: 3, auth_attempts_succeeded: 1 }, http]);
  const here = { remote_address: '127.0.0.1', protocol: 'amqp091' };
  const refused = { auth_attempts: 1, auth_attempts_failed: 1, auth_attempts_succeeded: 0 };
  expect(await shown('/source')).toEqual([
    { ...here, username: 'guest', auth_attempts: 2, auth_attempts_failed: 1, auth_attempts_succeeded: 1 },
    { ...here, username: 'nobody', ...refused },
    { ...here, username: '', ...refused },
    { ...here, ...http, username: 'guest', auth_attempts: 2, auth_attempts_succeeded: 2 },
  ]);
  broker().settings.tracksLoginSources = false;
  await logIn('\0other\0x');
  expect(broker().attempts.bySource.size).toBe(4);
  broker().reset();
  expect([broker().attempts.bySource.size, broker().attempts.byProtocol.size]).toEqual([0, 0]);
});
