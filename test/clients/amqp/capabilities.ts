/** What every RabbitMQ from 3.10 on says it can do, in alphabetical order. */
export const capabilities: readonly string[] = [
  'authentication_failure_close',
  'basic.nack',
  'connection.blocked',
  'consumer_cancel_notify',
  'consumer_priorities',
  'direct_reply_to',
  'exchange_exchange_bindings',
  'per_consumer_qos',
  'publisher_confirms',
];
