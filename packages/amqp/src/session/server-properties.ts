import type { Field, Table } from '../wire/field.ts';
import type { Announced } from './persona.ts';

/** rabbit_reader:server_capabilities/1. */
export const CAPABILITIES: readonly string[] = [
  'publisher_confirms',
  'exchange_exchange_bindings',
  'basic.nack',
  'consumer_cancel_notify',
  'connection.blocked',
  'consumer_priorities',
  'authentication_failure_close',
  'per_consumer_qos',
  'direct_reply_to',
];

/** What connection.start says about the server. */
export function serverProperties(server: Announced, clusterName: string, capabilities: readonly string[]): Table {
  return new Map<string, Field>([
    ['capabilities', { type: 'F', value: new Map(capabilities.map((name): [string, Field] => [name, { type: 't', value: true }])) }],
    ['cluster_name', { type: 'S', value: clusterName }],
    ['copyright', { type: 'S', value: server.copyright }],
    ['information', { type: 'S', value: 'Licensed under the MPL 2.0. Website: https://rabbitmq.com' }],
    ['platform', { type: 'S', value: server.platform }],
    ['product', { type: 'S', value: 'RabbitMQ' }],
    ['version', { type: 'S', value: server.release.version }],
  ]);
}

/** Whether the client says that it can do `name` (`client-properties.capabilities`). */
export function hasCapability(clientProperties: Table, name: string): boolean {
  const capabilities = clientProperties.get('capabilities');
  if (capabilities?.type !== 'F') return false;
  const field = capabilities.value.get(name);
  return field?.type === 't' && field.value;
}
