import { fileURLToPath } from 'node:url';
import { python_path } from '../../peers/peers.ts';
import type { Program } from './program.ts';

export const oslo_directory: string = fileURLToPath(new URL('oslo', import.meta.url));

const refused = (login: string): string =>
  `AccessRefused: (0, 0): (403) ACCESS_REFUSED - Login was refused using authentication mechanism ${login}. For details see the broker logfile.`;

interface Variant {
  readonly durable?: boolean;
  readonly auto_delete?: boolean;
  /** Arguments of the topic's queues, and of the service's own queue for what is sent to all of them. */
  readonly queue?: object;
  readonly fanout?: object;
}

/** What a service of this topic declares: its queues, its exchanges, its bindings; and that it answers. */
function declared(topic: string, { durable = false, auto_delete = false, queue = {}, fanout = {} }: Variant): unknown {
  const [exchange, all] = [`${topic}_exchange`, `${topic}_fanout`];
  return [
    1000,
    [
      [topic, durable, auto_delete, queue],
      [`${topic}.here`, durable, auto_delete, queue],
      [`${all}_*`, false, false, { 'x-expires': 1_800_000, ...fanout }],
    ],
    [
      [exchange, durable, auto_delete, 'topic'],
      [all, false, true, 'fanout'],
    ],
    [
      [exchange, topic, topic],
      [exchange, `${topic}.here`, `${topic}.here`],
      [all, `${all}_*`, topic],
    ],
  ];
}

export const oslo: Program = {
  name: 'oslo.messaging',
  needs: ['python3-oslo.messaging'],
  build: () => Promise.resolve([python_path, `${oslo_directory}/play.py`]),
  isPatient: true,
  scenarios: {
    'remote calls': [
      [10, ['one', 'two'], ['one', 'two'], ['req-7', { text: 'Grüße ✓', list: [1, null, 2.5, true] }], 400_000, 'cba', true],
      [['fanout'], ['cast', 'fanout']],
      [
        ['RemoteError', 'Refusal', 'no'],
        ['Refusal_Remote', 'no'],
        ['LookupError', 'nobody'],
        ['RemoteError', 'NoSuchMethod', 'Endpoint does not support RPC method unknown'],
        ['RemoteError', 'UnsupportedVersion', 'Endpoint does not support RPC version 1.9. Attempted method: who'],
        ['RemoteError', 'UnsupportedVersion', 'Endpoint does not support RPC version 1.0. Attempted method: who'],
        [
          'RPCVersionCapError',
          'Requested message version, 1.1 is incompatible.  It needs to be equal in major version and less than or equal in minor version as the specified version cap 1.0.',
        ],
      ],
      [
        ['MessagingTimeout'],
        ['answered', 'at last'],
        ['MessagingTimeout'],
        ['MessageUndeliverable', 'Basic.return: (312) NO_ROUTE', 'oslo', 'nobody'],
      ],
    ],
    notifications: [
      ['audit', 'info', 'compute.host', 'n', 'for both'],
      ['batches', [0, 1, 2]],
      ['batches', [3, 4, 5]],
      ['batches', [6]],
      ['billing', 'info', 'compute.host', 'n', 'for both'],
      ['single', 'error', 'compute.host', 'instance.fail', 'failed'],
      ['single', 'info', 'compute.host', 'instance.create', 'early'],
      ['single', 'info', 'compute.host', 'instance.create', 'elsewhere'],
      ['single', 'info', 'compute.host', 'instance.create', 'twice'],
      ['single', 'refused', 'twice'],
    ],
    declarations: [
      {
        plain: declared('plain', {}),
        durable: declared('durable', { durable: true }),
        deleted: declared('deleted', { auto_delete: true }),
        mirrored: declared('mirrored', { queue: { 'x-ha-policy': 'all' }, fanout: { 'x-ha-policy': 'all', 'x-expires': 60_000 } }),
        quorum: declared('quorum', {
          durable: true,
          queue: {
            'x-queue-type': 'quorum',
            'x-delivery-limit': 3,
            'x-max-in-memory-length': 100,
            'x-max-in-memory-bytes': 1_000_000,
          },
        }),
      },
      "Failed to publish message to topic 'plain_exchange': Exchange.declare: (406) PRECONDITION_FAILED - inequivalent arg 'durable' for exchange 'plain_exchange' in vhost '/': received 'true' but current is 'false'",
    ],
    logins: [
      'here',
      'here',
      'here',
      refused('AMQPLAIN'),
      refused('PLAIN'),
      'NotAllowed: Connection.open: (530) NOT_ALLOWED - vhost nope not found',
    ],
    'gone and back': ['here', 'here', 'at last', 'at last', 'here'],
    heartbeats: ['idle', 'stopped', 'stopped', 'idle', true],
  },
};
