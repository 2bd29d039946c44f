import type { Release } from '../model/index.ts';
import { type Greeting, PROTOCOL_HEADER, SASL_PROTOCOL_HEADER } from '../wire/protocol-header.ts';

/**
 * The header that answers a client of a protocol that is not spoken; undefined for one that is. RabbitMQ 4, whose first
 * protocol is AMQP 1.0, names that one to who asks for nothing it knows (rabbit_reader:version_negotiation/2). Here AMQP 1.0
 * is not spoken: its clients are told of 0-9-1.
 */
export function refusalOf(greeting: Greeting, release: Release): Buffer | undefined {
  switch (greeting) {
    case '0-9-1':
    case '0-9':
      return undefined;
    case '0-8':
      return release.persona === '4' ? SASL_PROTOCOL_HEADER : undefined;
    case '1.0':
    case 'later':
      return PROTOCOL_HEADER;
    case 'unknown':
      return release.persona === '4' ? SASL_PROTOCOL_HEADER : PROTOCOL_HEADER;
  }
}
