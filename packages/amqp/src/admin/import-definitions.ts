import {
  type Broker,
  bindExchange,
  bindQueue,
  declareExchange,
  declareQueue,
  hashPassword,
  newUser,
  OPERATOR,
  type Policy,
  patternMistake,
  Refusal,
  type VirtualHost,
} from '../model/index.ts';
import {
  type BindingDefinition,
  type Definitions,
  type ExchangeDefinition,
  type ParameterDefinition,
  type PermissionDefinition,
  type PolicyBody,
  type QueueDefinition,
  readDefinitions,
  readLimits,
  readPolicy,
  type TopicPermissionDefinition,
  type UserDefinition,
  type VhostDefinition,
} from './definitions-format.ts';
import { DefinitionError, Found } from './found.ts';
import { tableFromJson } from './json-table.ts';
import { policyProblem } from './policy-problem.ts';
import { refusedDefinition } from './refused-definition.ts';

/**
 * Adds what definitions describe, in RabbitMQ's order (rabbit_definitions:apply_defs/3). Users are replaced;
 * queues, exchanges and bindings that are there already stay as they are. With `vhost`, everything belongs to
 * that one and the rest is left out. `actor`: who makes virtual hosts, with the exchanges that each has.
 *
 * Throws {@link DefinitionError}; what was added before it stays.
 */
export function importDefinitions(broker: Broker, value: unknown, vhost?: string, actor?: string): void {
  const definitions = readDefinitions(value);
  if (vhost === undefined) {
    each('users', definitions.users, (user) => importUser(broker, user));
    each('vhosts', definitions.vhosts, (described) => importVhost(broker, described, actor));
    each('permissions', definitions.permissions, (permission) => importPermission(broker, permission));
  }
  const at = (own: string | undefined): VirtualHost => vhostOf(broker, vhost ?? own);
  each('exchanges', definitions.exchanges, (exchange) => importExchange(at(exchange.vhost), exchange));
  if (vhost === undefined) {
    each('topic_permissions', definitions.topic_permissions, (permission) => importTopicPermission(broker, permission));
    each('global_parameters', definitions.global_parameters, ({ name, value }) => importGlobalParameter(broker, name, value));
  }
  each('policies', definitions.policies, ({ vhost: own, name, ...policy }) => importPolicy(at(own), name, policy));
  each('parameters', definitions.parameters, (parameter) => importParameter(at(parameter.vhost), parameter));
  each('queues', definitions.queues, (queue) => importQueue(at(queue.vhost), queue));
  each('bindings', definitions.bindings, (binding) => importBinding(at(binding.vhost), binding));
}

/** Tells of a problem where it is: the category and the index in it. */
function each<T>(category: keyof Definitions, items: readonly T[], add: (item: T) => void): void {
  items.forEach((item, index) => {
    try {
      add(item);
    } catch (error) {
      if (error instanceof Refusal) {
        const { keys, problem } = refusedDefinition(error.condition) ?? { keys: [], problem: error.message };
        throw new DefinitionError([category, index, ...keys], `${category}.${index}: ${problem}`, error);
      }
      if (error instanceof DefinitionError)
        throw new DefinitionError([category, index, ...error.keys], `${category}.${index}: ${error.message}`);
      throw error;
    }
  });
}

function vhostOf(broker: Broker, name: string | undefined): VirtualHost {
  if (name === undefined) throw new DefinitionError(['vhost'], 'expected a vhost: these definitions are of a single one');
  const vhost = broker.vhost(name);
  if (vhost === undefined) throw new DefinitionError(['vhost'], `expected a vhost that exists, found '${name}'`);
  return vhost;
}

function importUser(broker: Broker, { name, tags, password, password_hash, hashing_algorithm, limits }: UserDefinition): void {
  const existing = broker.users.get(name);
  const hash = password === undefined ? (password_hash ?? '') : hashPassword(password, broker.random);
  const algorithm = password === undefined ? hashing_algorithm : 'rabbit_password_hashing_sha256';
  broker.putUser({ ...newUser(name, hash), ...existing, passwordHash: hash, hashingAlgorithm: algorithm, tags, limits });
}

function importVhost(broker: Broker, described: VhostDefinition, actor: string | undefined): void {
  const vhost = broker.createVhost(described.name, actor);
  const { description, tags, default_queue_type, protected_from_deletion } = { ...described.metadata, ...given(described) };
  vhost.metadata = {
    description: description ?? vhost.metadata.description,
    tags: tags ?? vhost.metadata.tags,
    defaultQueueType: typeof default_queue_type === 'string' && default_queue_type !== 'undefined' ? default_queue_type : undefined,
  };
  if (broker.release.has('deletion-protection')) vhost.protectedFromDeletion = protected_from_deletion ?? vhost.protectedFromDeletion;
  vhost.setTracing(described.tracing);
}

/** Without the members that say nothing, which would hide those of the metadata. */
function given(described: VhostDefinition): Partial<VhostDefinition> {
  return Object.fromEntries(Object.entries(described).filter(([, value]) => value !== undefined));
}

function importPermission(broker: Broker, { user, vhost, configure, write, read }: PermissionDefinition): void {
  vhostOf(broker, vhost);
  userOf(broker, user);
  readable({ configure, write, read }, broker);
  broker.setPermission(user, vhost, { configure, write, read });
}

function importTopicPermission(broker: Broker, { user, vhost, exchange, write, read }: TopicPermissionDefinition): void {
  vhostOf(broker, vhost);
  userOf(broker, user);
  readable({ write, read }, broker);
  broker.setTopicPermission(user, vhost, exchange, { write, read });
}

/** Throws {@link DefinitionError} at a regular expression that is none. */
function readable(expressions: Readonly<Record<string, string>>, { release }: Broker): void {
  for (const [key, expression] of Object.entries(expressions)) {
    const mistake = patternMistake(expression, release);
    if (mistake === undefined) continue;
    throw new DefinitionError([key], `${key}: expected a regular expression, found '${expression}' (${mistake.text} at ${mistake.at})`);
  }
}

function userOf(broker: Broker, name: string): string {
  if (!broker.users.has(name)) throw new DefinitionError(['user'], `expected a user who exists, found '${name}'`);
  return name;
}

function importGlobalParameter(broker: Broker, name: string, value: unknown): void {
  if (name === 'cluster_name' && typeof value === 'string') broker.clusterName = value;
  broker.setGlobalParameter(name, value);
}

function importPolicy(vhost: VirtualHost, name: string, policy: PolicyBody): void {
  vhost.setPolicy(name, { name, ...checked(policy, vhost, false) });
}

function checked(policy: PolicyBody, vhost: VirtualHost, operator: boolean): Omit<Policy, 'name'> {
  const { 'apply-to': applyTo, ...rest } = policy;
  const problem = policyProblem({ ...policy }, operator, vhost.release);
  if (problem !== undefined) throw new DefinitionError([], problem);
  return { applyTo, ...rest };
}

function importParameter(vhost: VirtualHost, { component, name, value }: ParameterDefinition): void {
  const body = new Found(value, ['value']);
  if (component === 'vhost-limits') vhost.limits = readLimits(body);
  else if (component === 'operator_policy') {
    vhost.setOperatorPolicy(name, { name, ...checked(readPolicy(body), vhost, true) });
  } else vhost.setParameter({ component, name, value });
}

function importExchange(vhost: VirtualHost, exchange: ExchangeDefinition): void {
  if (vhost.exchanges.has(exchange.name)) return;
  const { name, auto_delete, arguments: args, ...rest } = exchange;
  declareExchange(vhost, OPERATOR, { ...rest, exchange: name, autoDelete: auto_delete, arguments: tableFromJson(args) });
}

function importQueue(vhost: VirtualHost, queue: QueueDefinition): void {
  if (vhost.queues.has(queue.name)) return;
  const { name, auto_delete, durable, arguments: args, type } = queue;
  const table = tableFromJson(type === undefined || 'x-queue-type' in args ? args : { ...args, 'x-queue-type': type });
  declareQueue(vhost, OPERATOR, { queue: name, durable, autoDelete: auto_delete, arguments: table });
}

function importBinding(vhost: VirtualHost, binding: BindingDefinition): void {
  const { source, destination, destination_type, routing_key: routingKey } = binding;
  const args = tableFromJson(binding.arguments);
  // Bindings to the default exchange exist by themselves.
  if (source === '') return;
  if (destination_type === 'queue') bindQueue(vhost, OPERATOR, { queue: destination, exchange: source, routingKey, arguments: args });
  else bindExchange(vhost, OPERATOR, { destination, source, routingKey, arguments: args });
}
