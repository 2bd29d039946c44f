import { fileURLToPath } from 'node:url';
import { python_path } from '../../peers/peers.ts';
import type { Program } from './program.ts';

const program: string = fileURLToPath(new URL('aio-pika-program.py', import.meta.url));

export const aioPika: Program = {
  name: 'aio-pika',
  needs: ['python3-aio-pika'],
  build: () => Promise.resolve([python_path, program]),
  isPatient: true,
  scenarios: {
    publishing: [
      'Ack',
      49,
      'DeliveryError',
      'PublishError',
      true,
      ['a/b', 'gzip', 2, 3, 'c', 'r'],
      [60, 'm', '2024-01-02 03:04:05', 't', 'guest', 'a', [0, 255]],
    ],
    consuming: [
      2,
      [
        ['0', false],
        ['1', false],
        ['1', true],
        ['2', false],
        ['3', false],
      ],
    ],
    getting: [[null, ['QueueEmpty']], 0, 'kept', true, 0, 0],
    patterns: [true, ['ValueError', 'no good'], 'MessageProcessError', [0, 1, 2, 3, 4]],
    errors: [
      ['ChannelNotFoundEntity', "NOT_FOUND - no queue 'aio.none' in vhost '/'"],
      ['ChannelAccessRefused', "ACCESS_REFUSED - queue name 'amq.mine' contains reserved prefix 'amq.*'"],
      [
        'ChannelLockedResource',
        "RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'aio.private' in vhost '/'. It could be originally declared on another connection or the exclusive property value does not match that of the original declaration.",
      ],
      [
        'ChannelPreconditionFailed',
        "PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'amq.topic' in vhost '/': received 'fanout' but current is 'topic'",
      ],
      ['ChannelAccessRefused', 'ACCESS_REFUSED - operation not permitted on the default exchange'],
      [
        'ChannelPreconditionFailed',
        "PRECONDITION_FAILED - invalid arg 'x-message-ttl' for queue 'aio.odd' in vhost '/': \"expected integer, got longstr\"",
      ],
      0,
      [
        'ProbableAuthenticationError',
        'ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile.',
      ],
      ['AMQPInternalError', "one of ['Connection.OpenOk']"],
    ],
    robust: ['before', 'after'],
    'TLS and heartbeats': [300_000, 'ConnectionError'],
  },
};
