import type { Binding, Exchange, Queue, VirtualHost } from '../model/index.ts';
import type { JsonObject } from './json.ts';
import { tableToJson } from './json-table.ts';

/** `/api/bindings`: one binding. */
export function bindingView(vhost: VirtualHost, binding: Binding): JsonObject {
  return {
    source: binding.source.name,
    vhost: vhost.name,
    destination: binding.destination.name,
    destination_type: binding.destination.kind,
    routing_key: binding.routingKey,
    arguments: tableToJson(binding.arguments),
    properties_key: propertiesKey(binding),
  };
}

/** Every queue is bound to the default exchange by its name; nobody stores that. */
export function defaultBindingView(queue: Pick<Queue, 'name' | 'vhost'>): JsonObject {
  return {
    source: '',
    vhost: queue.vhost.name,
    destination: queue.name,
    destination_type: 'queue',
    routing_key: queue.name,
    arguments: {},
    properties_key: quoted(queue.name),
  };
}

export function bindingsOfVhost(vhost: VirtualHost): JsonObject[] {
  return [...vhost.exchanges.values()].flatMap(bindingsFrom);
}

export function bindingsOfQueue(queue: Queue): JsonObject[] {
  return [defaultBindingView(queue), ...[...queue.bindings].map((binding) => bindingView(queue.vhost, binding))];
}

export function bindingsFrom(exchange: Exchange): JsonObject[] {
  if (exchange.name === '') return [...exchange.vhost.queues.values()].map(defaultBindingView);
  return [...exchange.bindings.values()].map((binding) => bindingView(exchange.vhost, binding));
}

export function bindingsTo(exchange: Exchange): JsonObject[] {
  return [...exchange.incoming].map((binding) => bindingView(exchange.vhost, binding));
}

/** rabbit_mgmt_format:pack_binding_props/2: `~`, or the routing key as in a form, then `~` and a digest of arguments. */
export function propertiesKey(binding: Binding): string {
  if (binding.arguments.size === 0) return binding.routingKey === '' ? '~' : quoted(binding.routingKey);
  return `${quoted(binding.routingKey)}~${binding.propertiesKey.slice(binding.propertiesKey.lastIndexOf('~') + 1)}`;
}

/** mochiweb's quote_plus/1. */
function quoted(text: string): string {
  return encodeURIComponent(text)
    .replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
    .replaceAll('~', '%7E');
}
