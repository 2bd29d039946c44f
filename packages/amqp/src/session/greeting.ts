import type { Release } from '../model/index.ts';
import { type Greeting, PROTOCOL_HEADER } from '../wire/protocol-header.ts';

/**
 * The header that answers a client of a protocol that is not spoken; undefined for one that is. It names the protocol to
 * come back with (AMQP 0-9-1 §4.2.2). On purpose not what RabbitMQ 4 says, which names AMQP 1.0, its first protocol
 * (rabbit_reader:version_negotiation/2), to who asks for nothing it knows: here AMQP 1.0 is not spoken.
 */
export function refusalOf(greeting: Greeting, release: Release): Buffer | undefined {
  switch (greeting) {
    case '0-9-1':
    case '0-9':
      return undefined;
    case '0-8':
      return release.persona === '4' ? PROTOCOL_HEADER : undefined;
    case 'unknown':
      return PROTOCOL_HEADER;
  }
}
