/**
 * What is an atom to RabbitMQ's node already, but no type of exchange, it calls an invalid type; anything else is an unknown one
 * (rabbit_exchange:check_type/1). It knows some fifty thousand, which grow while it runs: these are words that clients and their
 * tests may say, as far as 3.10, 3.13, 4.0 and 4.3 all know them after their start.
 */
const ATOMS: ReadonlySet<string> = new Set(
  [
    ' all amqp any bad broadcast classic default durable error exchange false foo hash header hello internal invalid',
    'kind match message multicast name none null number ok other queue queues quorum rabbit random stream string system',
    'test transient true type undefined unknown',
  ].flatMap((line) => line.split(' ')),
);

export function isKnownAtom(name: string): boolean {
  return ATOMS.has(name);
}
