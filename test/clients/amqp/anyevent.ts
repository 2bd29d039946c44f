import { fileURLToPath } from 'node:url';
import type { Program } from './program.ts';

const program: string = fileURLToPath(new URL('anyevent.pl', import.meta.url));

const none = [404, "NOT_FOUND - no queue 'perl.none' in vhost '/'"];

export const anyEvent: Program = {
  name: 'AnyEvent::RabbitMQ',
  needs: ['perl-anyevent-rabbitmq'],
  build: () => Promise.resolve(['/usr/bin/perl', program]),
  isPatient: true,
  scenarios: {
    consuming: [
      [
        ['a.error', 0, '7', 2],
        ['b.error', 0, '7', 2],
        ['b.error', 1, '7', 2],
        ['c.error', 0, '7', 2],
      ],
      'taker',
      300_000,
      'empty',
    ],
    confirming: ['ack', 'ack', 'nack', [312, 'NO_ROUTE'], 'ack', 1],
    errors: [
      none,
      [403, "ACCESS_REFUSED - queue name 'amq.mine' contains reserved prefix 'amq.*'"],
      [
        406,
        "PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'amq.topic' in vhost '/': received 'direct' but current is 'topic'",
      ],
      none,
      [530, 'NOT_ALLOWED - vhost nope not found'],
    ],
  },
};
