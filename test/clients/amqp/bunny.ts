import { fileURLToPath } from 'node:url';
import { capabilities } from './capabilities.ts';
import type { Program } from './program.ts';

const program: string = fileURLToPath(new URL('bunny.rb', import.meta.url));

export const bunny: Program = {
  name: 'bunny',
  needs: ['ruby', 'ruby-bunny'],
  build: () => Promise.resolve(['/usr/bin/ruby', program]),
  scenarios: {
    connect: ['RabbitMQ', capabilities, 'PLAIN', 8192, 7, 9, 4, true],
    topology: [['3', '1', '4'], ['2'], ['1'], [true, true, false], [3, 0, 3, 0]],
    confirms: [true, 500, 0, 0, 500],
    'a full queue refuses': [true, false, [2], 1],
    consume: [
      ['one', 1, false, 'worker'],
      ['two', 2, false, 'worker'],
      0,
      ['one', 3, true, 'worker'],
      ['three', 4, false, 'worker'],
      ['four', 5, false, 'worker'],
      [3, 'worker'],
    ],
    get: [[null, null, null], ['m0', 'id0', 'note', false, '', true], ['m0', true], 1],
    'dead letters': [
      ['dropped', 'late', null, death('maxlen'), true, ['', 'bunny.mortal', 'maxlen'], null],
      ['expired', 'late', null, { ...death('expired'), 'original-expiration': '50' }, true, ['', 'bunny.mortal', 'expired'], null],
      ['rejected', 'late', null, death('rejected'), true, ['', 'bunny.mortal', 'rejected'], 'yes'],
    ],
    returns: [312, 'NO_ROUTE', '', 'bunny.nowhere', 'c1', 'lost'],
    fields: [
      {},
      true,
      {
        content_type: 'application/json',
        content_encoding: 'gzip',
        delivery_mode: 2,
        priority: 3,
        correlation_id: 'c',
        reply_to: 'r',
        expiration: '60000',
        message_id: 'm',
        type: 't',
        user_id: 'guest',
        app_id: 'a',
      },
      1_700_000_000,
      [...Buffer.from('\0\xffbinary', 'latin1')],
    ],
    'channel errors': [
      ['Bunny::NotFound', 404, "NOT_FOUND - no queue 'bunny.nope' in vhost '/'", 50, 10],
      [
        'Bunny::PreconditionFailed',
        406,
        "PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'bunny.fixed' in vhost '/': received 'true' but current is 'false'",
        50,
        10,
      ],
      [
        'Bunny::ResourceLocked',
        405,
        "RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'bunny.private' in vhost '/'. It could be originally declared on another connection or the exclusive property value does not match that of the original declaration.",
        50,
        10,
      ],
      ['Bunny::AccessRefused', 403, "ACCESS_REFUSED - exchange name 'amq.mine' contains reserved prefix 'amq.*'", 40, 10],
      ['Bunny::NotFound', 404, "NOT_FOUND - no queue 'bunny.nope' in vhost '/'", 60, 20],
      ['Bunny::NotFound', 404, "NOT_FOUND - no exchange 'bunny.no-exchange' in vhost '/'", 50, 20],
      [
        'Bunny::PreconditionFailed',
        406,
        "PRECONDITION_FAILED - invalid arg 'x-message-ttl' for queue 'bunny.odd' in vhost '/': {value_negative,-1}",
        50,
        10,
      ],
      ['Bunny::PreconditionFailed', 406, 'PRECONDITION_FAILED - cannot switch from confirm to tx mode', 90, 10],
      [406, 'PRECONDITION_FAILED - unknown delivery tag 42', 60, 80],
      [false, true, true],
    ],
    'connection errors': [
      [
        'Bunny::AuthenticationFailureError',
        'Authentication with RabbitMQ failed. Please check your connection settings. Username: guest, vhost: /, password length: 5',
      ],
      ['Bunny::NotAllowedError', 'Connection-level error: NOT_ALLOWED - vhost nope not found'],
      ['Bunny::NotAllowedError', "Connection-level error: NOT_ALLOWED - attempt to reuse consumer tag 'same'"],
    ],
    TLS: [true, 200_000, 'certificate verify failed'],
    'TLS with a certificate of another authority': 'let in',
    recovery: ['before', 'after', true, 1],
    heartbeat: [1, true, 'alive'],
    'a consumer is told': 'watcher',
    transactions: [0, 1, 'kept'],
  },
};

function death(reason: string): object {
  return { count: 1, reason, queue: 'bunny.mortal', exchange: '', 'routing-keys': ['bunny.mortal'] };
}
