import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { capabilities } from './capabilities.ts';
import { type Program, succeed } from './program.ts';

const sources: string = fileURLToPath(new URL('java', import.meta.url));

// The client logs through slf4j, here to nowhere.
const jars: readonly string[] = ['amqp-client', 'slf4j-api', 'slf4j-nop'].map((name) => `/usr/share/java/${name}.jar`);

// A scenario is over before a better compiler or collector would pay.
const quick_start = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Dfile.encoding=UTF-8'];

export const java: Program = {
  name: 'the Java client',
  needs: ['javac', 'amqp-client.jar'],
  build: async (directory) => {
    const files = readdirSync(sources).map((file) => join(sources, file));
    const options = ['-encoding', 'UTF-8', '-classpath', jars.join(':'), '-d', directory];
    await succeed(['javac', ...options, ...files], { timeout_milliseconds: 120_000 });
    return ['java', ...quick_start, '-classpath', [...jars, directory].join(':'), 'Play'];
  },
  scenarios: {
    connect: ['RabbitMQ', capabilities, 3, 8192, 9, 'from Java', null, [false, ['connection', 200, 'OK', 0, 0]]],
    'non-blocking sockets': 300000,
    topology: ['3', '1', '2', '1', null, 1, 0, 0, 1, 0],
    confirms: [true, false, [401], 400, 402],
    returns: [[312, 'NO_ROUTE', '', 'java.nowhere', 'c1', 'lost'], 'confirmed 1'],
    fields: [
      {
        bool: true,
        byte: 'Byte -7',
        bytes: 'bytes [1, -1]',
        date: 'Date 1700000000',
        decimal: 'BigDecimal 3.1415',
        double: 'Double 1.25',
        float: 'Float 0.5',
        int: -70000,
        list: [1, 'two', [true, null]],
        long: -1099511627776,
        null: null,
        short: 'Short -300',
        table: { a: { b: [{ c: 1 }] } },
        text: 'täxt',
      },
      true,
      'bytes [0, -1, 120]',
      'application/json',
      'gzip',
      2,
      3,
      'c',
      'r',
      '60000',
      'm',
      'Date 1700000000',
      't',
      'guest',
      'a',
    ],
    consume: [
      ['one', 1, false],
      ['two', 2, false],
      0,
      ['one', 3, true],
      ['three', 4, false],
      ['four', 5, false],
      ['four', 6, true],
      'four',
      true,
      0,
    ],
    get: [null, ['m0', false, 1, ''], ['m0', true, 1, ''], ['m1', false, 0, ''], null],
    'dead letters': [
      ['dropped', 'late', { count: 1, exchange: '', queue: 'java.mortal', reason: 'maxlen', 'routing-keys': ['java.mortal'] }, true, null],
      [
        'expired',
        'late',
        { count: 1, exchange: '', 'original-expiration': '50', queue: 'java.mortal', reason: 'expired', 'routing-keys': ['java.mortal'] },
        true,
        null,
      ],
      [
        'rejected',
        'late',
        { count: 1, exchange: '', queue: 'java.mortal', reason: 'rejected', 'routing-keys': ['java.mortal'] },
        true,
        true,
      ],
    ],
    'channel errors': [
      ['channel', 404, "NOT_FOUND - no queue 'java.nope' in vhost '/'", 50, 10],
      [
        'channel',
        406,
        "PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'java.fixed' in vhost '/': received 'true' but current is 'false'",
        50,
        10,
      ],
      [
        'channel',
        405,
        "RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'java.private' in vhost '/'. It could be originally declared on another connection or the exclusive property value does not match that of the original declaration.",
        50,
        10,
      ],
      ['channel', 403, "ACCESS_REFUSED - queue name 'amq.mine' contains reserved prefix 'amq.*'", 50, 10],
      ['channel', 406, "PRECONDITION_FAILED - invalid arg 'x-expires' for queue 'java.odd' in vhost '/': {value_zero,0}", 50, 10],
      [
        'channel',
        406,
        "PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'amq.fanout' in vhost '/': received 'direct' but current is 'fanout'",
        40,
        10,
      ],
      ['channel', 404, "NOT_FOUND - no exchange 'java.no-exchange' in vhost '/'", 50, 20],
      ['channel', 404, "NOT_FOUND - no queue 'java.nope' in vhost '/'", 60, 20],
      ['channel', 406, "PRECONDITION_FAILED - user_id property set to 'ann' but authenticated user was 'guest'", 60, 40],
      ['channel', 406, 'PRECONDITION_FAILED - unknown delivery tag 42', 60, 80],
      ['channel', 404, "NOT_FOUND - no exchange 'java.no-exchange' in vhost '/'", 60, 40],
      [true, true],
    ],
    'connection errors': [
      [
        'AuthenticationFailureException',
        'ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile.',
      ],
      ['connection', 530, 'NOT_ALLOWED - vhost nope not found', 10, 40],
      ['connection', 530, "NOT_ALLOWED - attempt to reuse consumer tag 'same'", 60, 20],
      false,
    ],
    TLS: [200000, 'refused'],
    recovery: ['reader before', ['connection', 320, 'CONNECTION_FORCED - Closed via management plugin', 0, 0], true, 'reader after'],
    heartbeat: [1, 'alive'],
    'a consumer is told': 'watcher',
    'remote calls': ['re: one', 're: two'],
    transactions: [0, 1, 'kept'],
    'quorum queues': [
      [false, null],
      [true, 1],
      [true, 2],
      'delivery_limit',
      0,
      ['channel', 406, "PRECONDITION_FAILED - invalid property 'non-durable' for queue 'java.quorum' in vhost '/'", 50, 10],
    ],
    'one active consumer': ['first', 'first', 'second'],
  },
};
