import type { Actor } from './authority.ts';
import type { Resource } from './condition.ts';
import type { ExchangeBinding, ExchangeDeclaration, QueueBinding, QueueDeclaration } from './declaration.ts';
import { assertExchangeEquivalence, assertQueueEquivalence } from './equivalence.ts';
import type { Exchange } from './exchange.ts';
import { exchangeTypeOf, hasExchangeType } from './exchange-type.ts';
import { EMPTY_TABLE, FIELD_TYPE_NAMES, type Table, text } from './field-table.ts';
import { generateName } from './generated-name.ts';
import type { Queue } from './queue.ts';
import { checkQueueArguments, checkStreamSizes, isQueueType, QUEUE_TYPE_MODULES, type QueueType, queueTypeOf } from './queue-arguments.ts';
import { refuse } from './refusal.ts';
import type { VirtualHost } from './virtual-host.ts';

/**
 * Declaring, binding and deleting, with RabbitMQ's checks in RabbitMQ's order (rabbit_channel:handle_method/6),
 * which decides what a client is told when several things are wrong.
 */
export function declareExchange(vhost: VirtualHost, actor: Actor, declaration: ExchangeDeclaration): Exchange {
  const name = cleaned(declaration.exchange);
  const resource = vhost.resource('exchange', name);
  if (declaration.passive) {
    checkNotDefault(name);
    checkPassive(vhost, actor, resource);
    return existingExchange(vhost, name);
  }
  if (!hasExchangeType(vhost.release, declaration.type)) refuse({ kind: 'unknown-exchange-type', type: declaration.type });
  checkNotDefault(name);
  actor.check('configure', resource);
  const properties = {
    name,
    type: declaration.type,
    durable: declaration.durable ?? false,
    autoDelete: declaration.autoDelete ?? false,
    internal: declaration.internal ?? false,
    arguments: declaration.arguments ?? EMPTY_TABLE,
  };
  const existing = vhost.exchanges.get(name);
  if (existing !== undefined) {
    assertExchangeEquivalence(existing, properties);
    return existing;
  }
  checkName('exchange', name);
  checkExchangeArgument(vhost, actor, resource, properties.arguments, 'alternate-exchange');
  checkExchangeLimit(vhost, resource);
  const problem = exchangeTypeOf(properties.type).check(resource, properties.arguments);
  if (problem !== undefined) refuse(problem);
  return vhost.addExchange(properties, actor.user);
}

export function deleteExchange(vhost: VirtualHost, actor: Actor, exchange: string, ifUnused: boolean): void {
  const name = cleaned(exchange);
  const resource = vhost.resource('exchange', name);
  checkNotDefault(name);
  if (name.startsWith('amq.')) refuse({ kind: 'system-exchange', resource });
  actor.check('configure', resource);
  const existing = vhost.exchanges.get(name);
  if (existing === undefined) return;
  if (ifUnused && existing.bindings.size > 0) refuse({ kind: 'in-use', resource });
  vhost.removeExchange(existing);
}

export function declareQueue(vhost: VirtualHost, actor: Actor, declaration: QueueDeclaration): Queue {
  const name = cleaned(declaration.queue);
  if (declaration.passive) {
    checkPassive(vhost, actor, vhost.resource('queue', name));
    const queue = existingQueue(vhost, name);
    queue.checkAccess(actor.connection);
    queue.touch();
    return queue;
  }
  const exclusive = declaration.exclusive ?? false;
  const properties = {
    // An exclusive queue does not outlive its connection, so it is never durable.
    durable: (declaration.durable ?? false) && !exclusive,
    autoDelete: declaration.autoDelete ?? false,
    arguments: withDefaultType(vhost, declaration),
  };
  if (name === '') checkServerNamed(properties.arguments);
  else checkName('queue', name);
  const actualName = name === '' ? generateName('amq.gen', vhost.broker.random) : name;
  const resource = vhost.resource('queue', actualName);
  actor.check('configure', resource);
  const owner = exclusive ? actor.connection : undefined;
  const existing = vhost.queues.get(actualName);
  vhost.broker.churn.queue_declared++;
  if (existing !== undefined) {
    assertQueueEquivalence(existing, properties, owner);
    existing.touch();
    return existing;
  }
  checkExchangeArgument(vhost, actor, resource, properties.arguments, 'x-dead-letter-exchange');
  const type = checkQueueArguments(resource, properties.arguments, vhost.release, declaration.arguments?.has('x-queue-type') !== true);
  checkQueueProperties(resource, type, properties.durable, exclusive, properties.autoDelete);
  if (type === 'stream') checkStreamSizes(properties.arguments, vhost.persona);
  if (!properties.durable && !exclusive && !vhost.broker.settings.permitsTransientQueues)
    refuse({ kind: 'denied-feature', feature: 'transient_nonexcl_queues' });
  if (properties.arguments.has('x-queue-master-locator') && vhost.release.has('denied-queue-master-locator')) {
    refuse({ kind: 'denied-feature', feature: 'queue_master_locator' });
  }
  const limit = vhost.limits['max-queues'];
  if (limit !== undefined && limit >= 0 && vhost.queues.size >= limit) refuse({ kind: 'queue-limit', resource, limit });
  checkQueueLimit(vhost, resource);
  return vhost.addQueue({ name: actualName, type, ...properties }, owner, actor.user);
}

/** How many messages went with the queue. A queue that is not there is no error. */
export function deleteQueue(vhost: VirtualHost, actor: Actor, name: string, ifUnused: boolean, ifEmpty: boolean): number {
  const resource = vhost.resource('queue', cleaned(name));
  actor.check('configure', resource);
  const queue = vhost.queues.get(resource.name);
  if (queue === undefined) return 0;
  queue.checkAccess(actor.connection);
  queue.checkDelete(ifUnused, ifEmpty);
  const count = queue.type === 'stream' ? 0 : queue.readyCount;
  vhost.removeQueue(queue);
  return count;
}

export function purgeQueue(vhost: VirtualHost, actor: Actor, name: string): number {
  actor.check('read', vhost.resource('queue', name));
  const queue = existingQueue(vhost, name);
  queue.checkAccess(actor.connection);
  return queue.purge();
}

export function bindQueue(vhost: VirtualHost, actor: Actor, binding: QueueBinding): void {
  const name = cleaned(binding.queue);
  checkEnds(vhost, actor, vhost.resource('queue', name), cleaned(binding.exchange), binding.routingKey);
  const source = existingExchange(vhost, cleaned(binding.exchange));
  const queue = existingQueue(vhost, name);
  queue.checkAccess(actor.connection);
  checkBindingRoom(source, queue, binding);
  vhost.addBinding(source, queue, binding.routingKey, binding.arguments ?? EMPTY_TABLE);
}

/** Nothing that is missing is an error: not the binding, not its ends (rabbit_binding:remove/3). */
export function unbindQueue(vhost: VirtualHost, actor: Actor, binding: QueueBinding): void {
  const name = cleaned(binding.queue);
  const source = cleaned(binding.exchange);
  checkEnds(vhost, actor, vhost.resource('queue', name), source, binding.routingKey);
  remove(vhost, source, 'queue', name, binding, () => vhost.queues.get(name)?.checkAccess(actor.connection));
}

export function bindExchange(vhost: VirtualHost, actor: Actor, binding: ExchangeBinding): void {
  const name = cleaned(binding.destination);
  checkEnds(vhost, actor, vhost.resource('exchange', name), cleaned(binding.source), binding.routingKey);
  const source = existingExchange(vhost, cleaned(binding.source));
  const destination = existingExchange(vhost, name);
  checkBindingRoom(source, destination, binding);
  vhost.addBinding(source, destination, binding.routingKey, binding.arguments ?? EMPTY_TABLE);
}

export function unbindExchange(vhost: VirtualHost, actor: Actor, binding: ExchangeBinding): void {
  const name = cleaned(binding.destination);
  const source = cleaned(binding.source);
  checkEnds(vhost, actor, vhost.resource('exchange', name), source, binding.routingKey);
  remove(vhost, source, 'exchange', name, binding);
}

export function existingQueue(vhost: VirtualHost, name: string): Queue {
  return vhost.queues.get(name) ?? refuse({ kind: 'not-found', resource: vhost.resource('queue', name) });
}

export function existingExchange(vhost: VirtualHost, name: string): Exchange {
  return vhost.exchanges.get(name) ?? refuse({ kind: 'not-found', resource: vhost.resource('exchange', name) });
}

function checkEnds(vhost: VirtualHost, actor: Actor, destination: Resource, source: string, routingKey: string): void {
  actor.check('write', destination);
  if (destination.type === 'exchange') checkNotDefault(destination.name);
  checkNotDefault(source);
  const resource = vhost.resource('exchange', source);
  actor.check('read', resource);
  if (vhost.exchanges.get(source)?.type === 'topic') actor.checkTopic('read', resource, routingKey);
}

function remove(
  vhost: VirtualHost,
  source: string,
  kind: 'queue' | 'exchange',
  destination: string,
  { routingKey, arguments: args = EMPTY_TABLE }: { readonly routingKey: string; readonly arguments?: Table },
  check: () => void = () => undefined,
): void {
  const binding = vhost.exchanges.get(source)?.find(kind, destination, routingKey, args);
  if (binding === undefined) return;
  check();
  vhost.removeBinding(binding);
}

function checkPassive(vhost: VirtualHost, actor: Actor, resource: Resource): void {
  if (vhost.release.has('guarded-passive-declares')) actor.checkAny(resource);
}

/** An argument that names an exchange needs access to it: what the queue or exchange sends there is sent on the declarer's behalf. */
function checkExchangeArgument(vhost: VirtualHost, actor: Actor, resource: Resource, args: Table, argument: string): void {
  const field = args.get(argument);
  if (field === undefined) return;
  if (field.type !== 'S') refuse({ kind: 'invalid-argument-type', argument, resource, got: FIELD_TYPE_NAMES[field.type] });
  actor.check('read', resource);
  actor.check('write', vhost.resource('exchange', Buffer.from(field.value).toString()));
}

/** rabbit_queue_type_util:run_checks/2 in the order of quorum and stream queues. */
function checkQueueProperties(resource: Resource, type: QueueType, durable: boolean, exclusive: boolean, autoDelete: boolean): void {
  if (type === 'classic') return;
  if (autoDelete) refuse({ kind: 'invalid-property', property: 'auto-delete', resource });
  if (exclusive) refuse({ kind: 'invalid-property', property: 'exclusive-owner', resource });
  if (!durable) refuse({ kind: 'invalid-property', property: 'non-durable', resource });
}

function checkServerNamed(args: Table): void {
  const type = queueTypeOf(args);
  if (type !== undefined && type !== 'classic') refuse({ kind: 'server-named-queue', queueType: QUEUE_TYPE_MODULES[type] });
}

/**
 * The virtual host's default queue type, where the other properties allow it. From 4.0 on every queue says
 * what it is (rabbit_amqqueue:augment_declare_args/5).
 */
function withDefaultType(vhost: VirtualHost, declaration: QueueDeclaration): Table {
  const args = declaration.arguments ?? EMPTY_TABLE;
  if (args.has('x-queue-type')) return args;
  const preferred = vhost.metadata.defaultQueueType ?? 'classic';
  const lasting = declaration.durable === true && !declaration.exclusive && !declaration.autoDelete;
  const type = preferred !== 'classic' && isQueueType(preferred) && lasting ? preferred : 'classic';
  if (type === 'classic' && vhost.persona !== '4') return args;
  // One table for the many queues without arguments of their own.
  return args.size === 0 && type === 'classic' ? CLASSIC : new Map(args).set('x-queue-type', text(type));
}

function checkQueueLimit({ broker }: VirtualHost, resource: Resource): void {
  const limit = broker.settings.cluster_queue_limit_queues;
  let queues = 0;
  for (const vhost of broker.vhosts.values()) queues += vhost.queues.size;
  if (queues >= limit) refuse({ kind: 'cluster-queue-limit', resource, limit });
  broker.checkRoom();
}

/** A binding that is there already takes no room. */
function checkBindingRoom(source: Exchange, { kind, name }: Queue | Exchange, binding: QueueBinding | ExchangeBinding): void {
  const { broker } = source.vhost;
  if (!broker.full || source.find(kind, name, binding.routingKey, binding.arguments ?? EMPTY_TABLE) !== undefined) return;
  broker.checkRoom();
}

function checkExchangeLimit({ broker }: VirtualHost, resource: Resource): void {
  const limit = broker.settings.cluster_exchange_limit_exchanges;
  let exchanges = 0;
  for (const vhost of broker.vhosts.values()) exchanges += vhost.exchanges.size;
  if (exchanges >= limit) refuse({ kind: 'exchange-limit', resource, limit });
  broker.checkRoom();
}

function checkName(type: 'queue' | 'exchange', name: string): void {
  if (name.startsWith('amq.')) refuse({ kind: 'reserved-name', type, name });
}

function checkNotDefault(exchange: string): void {
  if (exchange === '') refuse({ kind: 'default-exchange' });
}

/** RabbitMQ drops line breaks from names (rabbit_channel:strip_cr_lf/1). */
function cleaned(name: string): string {
  return name.includes('\n') || name.includes('\r') ? name.replaceAll(/[\r\n]/g, '') : name;
}

const CLASSIC: Table = new Map([['x-queue-type', text('classic')]]);
