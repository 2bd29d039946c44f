import { fileURLToPath } from 'node:url';
import type { Program } from './program.ts';

const program: string = fileURLToPath(new URL('php-amqp.php', import.meta.url));

export const phpAmqp: Program = {
  name: 'PHP’s amqp extension',
  needs: ['php', 'php-amqp'],
  build: () => Promise.resolve(['/usr/bin/php', program]),
  scenarios: {
    publishing: ['ack', 'ack', 'nack 3', [312, 'NO_ROUTE', '', 'php.nowhere']],
    properties: [
      100_000,
      {
        bool: true,
        decimal: [2, 12_345],
        float: 1.5,
        int: 5,
        list: ['a', 'b'],
        long: 2 ** 40,
        none: null,
        table: { x: 1 },
        text: 'é',
        time: '1700000000',
      },
      ...['a/b', 'gzip', 2, 3, 'c', 'r', '60000', 'm', 1_700_000_000, 't', 'guest', 'a'],
      false,
    ],
    consuming: [
      [
        ['a.error', false, 'taker'],
        ['b.error', false, 'taker'],
        ['b.error', true, 'taker'],
        ['c.error', false, 'taker'],
      ],
      'kept',
      true,
      0,
    ],
    errors: [
      ['AMQPQueueException', 404, "Server channel error: 404, message: NOT_FOUND - no queue 'php.none' in vhost '/'"],
      [
        'AMQPQueueException',
        403,
        "Server channel error: 403, message: ACCESS_REFUSED - queue name 'amq.mine' contains reserved prefix 'amq.*'",
      ],
      [
        'AMQPQueueException',
        405,
        "Server channel error: 405, message: RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'php.private' in vhost '/'. It could be originally declared on another connection or the exclusive property value does not match that of the original declaration.",
      ],
      [
        'AMQPExchangeException',
        406,
        "Server channel error: 406, message: PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'amq.direct' in vhost '/': received 'fanout' but current is 'direct'",
      ],
      true,
      [
        'AMQPConnectionException',
        403,
        'Server connection error: 403, message: ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile. - Potential login failure.',
      ],
      [
        'AMQPConnectionException',
        530,
        'Server connection error: 530, message: NOT_ALLOWED - vhost nope not found - Potential login failure.',
      ],
    ],
    TLS: [200_000, 'AMQPConnectionException'],
  },
};
