import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { capabilities } from './capabilities.ts';
import { type Program, succeed } from './program.ts';

const sources: string = fileURLToPath(new URL('amqp091', import.meta.url));

// Debian's Go packages are sources below a GOPATH. Nothing may be fetched, and no C compiler is needed.
const env = { GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOFLAGS: '', GOTOOLCHAIN: 'local', CGO_ENABLED: '0' };

export const amqp091: Program = {
  name: 'amqp091-go',
  needs: ['go', 'amqp091-go'],
  build: async (directory) => {
    const binary = join(directory, 'amqp091');
    const files = readdirSync(sources).map((file) => join(sources, file));
    await succeed(['go', 'build', '-o', binary, ...files], { env, timeout_milliseconds: 300_000 });
    return [binary];
  },
  scenarios: {
    connect: ['RabbitMQ', capabilities, 7, 8192, 9, 7, [504, 'channel id space exhausted', false], false, true],
    topology: ['3', '1', '2', '1', null, 1, 0, 1, 0],
    confirms: [400, [401], 400, 402],
    consume: [
      ['one', 1, false, 'worker'],
      ['two', 2, false, 'worker'],
      0,
      ['one', 3, true, 'worker'],
      ['three', 4, false, 'worker'],
      ['four', 5, false, 'worker'],
      false,
      0,
    ],
    get: [null, [true, 'm0', 1, false, 1], [true, 'm0', 1, true, 2], [true, 'm1', 0, false, 3], null],
    'dead letters': [
      [
        'dropped',
        'late',
        { count: 1, exchange: '', queue: 'go.mortal', reason: 'maxlen', 'routing-keys': ['go.mortal'] },
        true,
        'maxlen',
        null,
      ],
      [
        'expired',
        'late',
        { count: 1, exchange: '', 'original-expiration': '50', queue: 'go.mortal', reason: 'expired', 'routing-keys': ['go.mortal'] },
        true,
        'expired',
        null,
      ],
      [
        'rejected',
        'late',
        { count: 1, exchange: '', queue: 'go.mortal', reason: 'rejected', 'routing-keys': ['go.mortal'] },
        true,
        'rejected',
        true,
      ],
    ],
    returns: [true, 312, 'NO_ROUTE', '', 'go.nowhere', 'c1', 'lost'],
    fields: [15, [], ['application/json', 'gzip', 2, 3, 'c', 'r', '60000', 'm', 1700000000, 't', 'guest', 'a'], '"\\x00\\xffbinary"'],
    'channel errors': [
      [404, "NOT_FOUND - no queue 'go.nope' in vhost '/'", true],
      [
        406,
        "PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'go.fixed' in vhost '/': received 'true' but current is 'false'",
        true,
      ],
      [
        405,
        "RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'go.private' in vhost '/'. It could be originally declared on another connection or the exclusive property value does not match that of the original declaration.",
        true,
      ],
      [403, "ACCESS_REFUSED - queue name 'amq.mine' contains reserved prefix 'amq.*'", true],
      [406, "PRECONDITION_FAILED - invalid arg 'x-max-priority' for queue 'go.odd' in vhost '/': {max_value_exceeded,256}", true],
      [
        406,
        "PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'amq.topic' in vhost '/': received 'direct' but current is 'topic'",
        true,
      ],
      [404, "NOT_FOUND - no exchange 'go.no-exchange' in vhost '/'", true],
      [406, 'PRECONDITION_FAILED - unknown delivery tag 42', true],
      [404, "NOT_FOUND - no exchange 'go.no-exchange' in vhost '/'", true],
      [false, false],
    ],
    'connection errors': [
      [403, 'username or password not allowed', false],
      [403, 'no access to this vhost', false],
      [540, 'NOT_IMPLEMENTED - immediate=true', true],
      true,
    ],
    TLS: [200000, true, true],
    dropped: [
      [320, 'CONNECTION_FORCED - Closed via management plugin', true],
      [320, 'CONNECTION_FORCED - Closed via management plugin', true],
      false,
      [504, 'channel/connection is not open', false],
    ],
    heartbeat: [1, 'alive'],
    'a consumer is told': ['watcher', false],
    transactions: [0, 1, 'kept'],
    streams: [
      ['0', 0, '1', 1, '2', 2, '3', 3, '4', 4],
      ['3', 3, '4', 4],
      ['0', 0],
      406,
      [540, "NOT_IMPLEMENTED - basic.get not supported by stream queues queue 'go.stream' in vhost '/'", true],
      true,
    ],
    priorities: ['one', 'two', 'three'],
  },
};
