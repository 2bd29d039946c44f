import { fileURLToPath } from 'node:url';
import { python_path } from '../../peers/peers.ts';
import type { Program } from './program.ts';

const program: string = fileURLToPath(new URL('aioamqp-program.py', import.meta.url));

const none = ['ChannelClosed', 404, "NOT_FOUND - no queue 'aioamqp.none' in vhost '/'"];

export const aioamqp: Program = {
  name: 'aioamqp',
  needs: ['python3-aioamqp'],
  build: () => Promise.resolve([python_path, program]),
  isPatient: true,
  scenarios: {
    routing: ['RabbitMQ', 'taker', ['a.error', 'b.error', 'c.error'].map((key) => [key, key, { n: 1 }, 2]), 300_000, 0],
    confirming: 50,
    refusing: [
      none,
      [
        'ChannelClosed',
        406,
        "PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'amq.direct' in vhost '/': received 'fanout' but current is 'direct'",
      ],
      none,
      ['ChannelClosed', 403, "ACCESS_REFUSED - deletion of system exchange 'amq.direct' in vhost '/' not allowed"],
      none,
      'AmqpClosedConnection',
      'AmqpClosedConnection',
    ],
  },
};
