import {
  type Binding,
  type Broker,
  type Exchange,
  LOG_EXCHANGE,
  type Parameter,
  type Policy,
  type Queue,
  type User,
  type VirtualHost,
} from '../model/index.ts';
import { inOrder } from './json.ts';
import { tableToJson } from './json-table.ts';

export type Json = Record<string, unknown>;

/** All of a broker in RabbitMQ's format, without messages. */
export function exportDefinitions(broker: Broker): Json {
  const { version } = broker;
  const vhosts = [...broker.vhosts.values()];
  const users = [...broker.users.values()];
  return {
    rabbit_version: version,
    rabbitmq_version: version,
    product_name: 'RabbitMQ',
    product_version: version,
    ...(broker.persona === '4'
      ? {
          rabbitmq_definition_format: 'cluster',
          original_cluster_name: broker.clusterName,
          explanation: `Definitions of cluster '${broker.clusterName}'`,
        }
      : {}),
    users: users.map(userDefinition),
    vhosts: vhosts.map((vhost) => vhostDefinition(broker, vhost)),
    permissions: users.flatMap(({ name, permissions }) =>
      Array.from(permissions, ([vhost, permission]) => ({ user: name, vhost, ...permission })),
    ),
    topic_permissions: users.flatMap(topicPermissions),
    parameters: vhosts.flatMap((vhost) => parametersOf(vhost).map(({ value, ...named }) => ({ value, vhost: vhost.name, ...named }))),
    global_parameters: Array.from(broker.globalParameters, ([name, value]) => ({ name, value })),
    policies: vhosts.flatMap((vhost) =>
      Array.from(vhost.policies.values(), (policy) => ({ vhost: vhost.name, ...policyDefinition(policy) })),
    ),
    ...contents(vhosts, true),
  };
}

/** One virtual host: its members don't name it. */
export function exportVhostDefinitions(vhost: VirtualHost): Json {
  const { broker } = vhost;
  const { version } = broker;
  return {
    rabbit_version: version,
    ...(broker.persona === '4'
      ? {
          rabbitmq_version: version,
          product_name: 'RabbitMQ',
          product_version: version,
          rabbitmq_definition_format: 'single_virtual_host',
          original_vhost_name: vhost.name,
          explanation: `Definitions of virtual host '${vhost.name}'`,
        }
      : {}),
    ...(broker.release.has('vhosts-in-definitions') ? describedIn(vhost) : {}),
    parameters: parametersOf(vhost).map(({ value, ...named }) => ({
      ...{ value, ...(broker.persona === '3.10' ? { vhost: vhost.name } : {}), ...named },
    })),
    policies: Array.from(vhost.policies.values(), (policy) => ({
      ...(broker.persona === '3.10' ? { vhost: vhost.name } : {}),
      ...policyDefinition(policy),
    })),
    ...contents([vhost], false),
  };
}

function contents(vhosts: readonly VirtualHost[], named: boolean): Json {
  const of = (vhost: VirtualHost): Json => (named ? { vhost: vhost.name } : {});
  return {
    queues: vhosts.flatMap((vhost) => exported(vhost.queues).map((queue) => queueDefinition(queue, of(vhost)))),
    exchanges: vhosts.flatMap((vhost) => exported(vhost.exchanges).map((exchange) => exchangeDefinition(exchange, of(vhost)))),
    bindings: vhosts.flatMap((vhost) =>
      [...vhost.exchanges.values()].flatMap((exchange) =>
        [...exchange.bindings.values()].filter(isExported).map((binding) => bindingDefinition(binding, of(vhost))),
      ),
    ),
  };
}

/** Exclusive queues go with their connections, and what is predeclared is there anyway. */
function exported<T extends Queue | Exchange>(things: ReadonlyMap<string, T>): T[] {
  return [...things.values()].filter((thing) => (thing.kind === 'queue' ? !thing.exclusive : isExportedExchange(thing)));
}

/** That of the logs is exported as no other internal one is. */
function isExportedExchange({ name, internal, vhost }: Exchange): boolean {
  if (name === LOG_EXCHANGE) return vhost.release.has('leaner-definitions');
  return name !== '' && !name.startsWith('amq.') && !(internal && vhost.release.has('leaner-definitions'));
}

function isExported({ destination }: Binding): boolean {
  return destination.kind === 'exchange' || !destination.exclusive;
}

function userDefinition({ name, passwordHash, hashingAlgorithm, tags, limits }: User): Json {
  return { name, password_hash: passwordHash, hashing_algorithm: hashingAlgorithm, tags, limits };
}

function topicPermissions({ name, topicPermissions }: User): Json[] {
  return [...topicPermissions].flatMap(([vhost, exchanges]) =>
    Array.from(exchanges, ([exchange, permission]) => ({ user: name, vhost, exchange, ...permission })),
  );
}

function vhostDefinition(broker: Broker, { name, metadata, limits, protectedFromDeletion }: VirtualHost): Json {
  if (broker.persona === '3.10') return { name };
  const { description, tags, defaultQueueType } = metadata;
  const protection = protectedFromDeletion ? { protected_from_deletion: true } : {};
  if (!broker.release.has('default-queue-types')) {
    const type = defaultQueueType === undefined ? {} : { default_queue_type: defaultQueueType };
    return { name, description, tags, metadata: { description, tags, ...type } };
  }
  const described = { description, tags, default_queue_type: defaultQueueType ?? 'classic', ...protection };
  if (broker.release.has('leaner-definitions')) return { name, limits, metadata: described };
  return { ...{ name, description, metadata: described }, ...described };
}

/** An empty table is an empty list to Erlang. */
function describedIn(vhost: VirtualHost): Json {
  const { name: _, tags: __, ...described } = vhostDefinition(vhost.broker, vhost);
  if (vhost.release.has('leaner-definitions')) return { ...described, description: vhost.metadata.description };
  return { metadata: described.metadata, ...described, limits: Object.keys(vhost.limits).length === 0 ? [] : vhost.limits };
}

/** Limits and operator policies are parameters to RabbitMQ. */
export function parametersOf(vhost: VirtualHost): Parameter[] {
  const limits = Object.keys(vhost.limits).length === 0 ? [] : [{ component: 'vhost-limits', name: 'limits', value: vhost.limits }];
  const operator = Array.from(vhost.operatorPolicies.values(), ({ name, ...policy }) => {
    const { pattern, definition, priority, applyTo } = policy;
    return { component: 'operator_policy', name, value: { pattern, definition, priority, 'apply-to': applyTo } };
  });
  return [...limits, ...operator, ...[...vhost.parameters.values()].map((parameter) => ({ ...parameter }))];
}

function policyDefinition({ name, pattern, applyTo, definition, priority }: Policy): Json {
  return { name, pattern, 'apply-to': applyTo, definition: inOrder(definition), priority };
}

function queueDefinition(queue: Queue, of: Json): Json {
  return {
    name: queue.name,
    ...of,
    durable: queue.durable,
    auto_delete: queue.autoDelete,
    arguments: tableToJson(queue.arguments),
    ...(queue.vhost.release.has('leaner-definitions') ? { type: queue.type } : {}),
  };
}

function exchangeDefinition(exchange: Exchange, of: Json): Json {
  const { name, type, durable, autoDelete, internal } = exchange;
  return {
    name,
    ...of,
    type,
    durable,
    auto_delete: autoDelete,
    ...(exchange.vhost.release.has('leaner-definitions') ? {} : { internal }),
    arguments: tableToJson(exchange.arguments),
  };
}

function bindingDefinition(binding: Binding, of: Json): Json {
  const { source, destination, routingKey } = binding;
  return {
    source: source.name,
    ...of,
    destination: destination.name,
    destination_type: destination.kind,
    routing_key: routingKey,
    arguments: tableToJson(binding.arguments),
  };
}
