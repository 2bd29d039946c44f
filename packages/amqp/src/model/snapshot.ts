import type { ModelSnapshot } from '@wirelike/kernel';
import type { Broker } from './broker.ts';
import type { BrokerConnection } from './broker-connection.ts';
import type { BrokerSettings } from './broker-settings.ts';
import type { DelayedMessage } from './delayed-messages.ts';
import type { Entry } from './entry.ts';
import type { Exchange, ExchangeProperties } from './exchange.ts';
import { sameTable, type Table } from './field-table.ts';
import type { Parameter } from './parameter.ts';
import type { Policy } from './policy.ts';
import type { Queue, QueueProperties } from './queue.ts';
import type { QueueState } from './queue-state.ts';
import { ChannelStats, ChurnStats, ExchangeStats, QueueStats } from './stats.ts';
import type { User } from './users.ts';
import type { VirtualHost, VirtualHostLimits, VirtualHostMetadata } from './virtual-host.ts';

/** A broker at one moment. Costs what there is of queues and exchanges; messages are shared, not copied. */
export class BrokerSnapshot implements ModelSnapshot {
  readonly emulator = 'amqp';
  readonly vhosts: readonly VhostSnapshot[];
  readonly users: readonly User[];
  readonly clusterName: string;
  readonly globalParameters: ReadonlyMap<string, unknown>;
  /** A dump has none: another broker may have others. */
  readonly settings: BrokerSettings | undefined;

  constructor(
    vhosts: readonly VhostSnapshot[],
    users: readonly User[],
    clusterName: string,
    globalParameters: ReadonlyMap<string, unknown>,
    settings?: BrokerSettings,
  ) {
    this.vhosts = vhosts;
    this.users = users;
    this.clusterName = clusterName;
    this.globalParameters = globalParameters;
    this.settings = settings;
  }
}

export interface VhostSnapshot {
  readonly name: string;
  readonly metadata: VirtualHostMetadata;
  readonly limits: VirtualHostLimits;
  readonly tracing: boolean;
  readonly protectedFromDeletion: boolean;
  readonly policies: readonly Policy[];
  readonly operatorPolicies: readonly Policy[];
  readonly parameters: readonly Parameter[];
  readonly exchanges: readonly ExchangeSnapshot[];
  readonly queues: readonly QueueSnapshot[];
}

export interface ExchangeSnapshot {
  readonly properties: ExchangeProperties;
  readonly creator: string;
  readonly bindings: readonly BindingSnapshot[];
  readonly delayed: readonly DelayedMessage[];
}

export interface BindingSnapshot {
  readonly identity: string;
  readonly kind: 'queue' | 'exchange';
  readonly destination: string;
  readonly routingKey: string;
  readonly arguments: Table;
}

export interface QueueSnapshot {
  readonly properties: QueueProperties;
  readonly owner: BrokerConnection | undefined;
  readonly creator: string;
  readonly state: QueueState;
}

export function takeSnapshot(broker: Broker): BrokerSnapshot {
  const unacked = unackedEntries(broker);
  const vhosts = [...broker.vhosts.values()].map((vhost) => snapshotVhost(vhost, unacked));
  return new BrokerSnapshot(vhosts, [...broker.users.values()], broker.clusterName, new Map(broker.globalParameters), {
    ...broker.settings,
  });
}

function snapshotVhost(vhost: VirtualHost, unacked: ReadonlyMap<Queue, readonly Entry[]>): VhostSnapshot {
  return {
    name: vhost.name,
    metadata: vhost.metadata,
    limits: vhost.limits,
    tracing: vhost.tracing,
    protectedFromDeletion: vhost.protectedFromDeletion,
    policies: [...vhost.policies.values()],
    operatorPolicies: [...vhost.operatorPolicies.values()],
    parameters: [...vhost.parameters.values()],
    exchanges: [...vhost.exchanges.values()].map(snapshotExchange),
    queues: [...vhost.queues.values()].map((queue) => ({
      properties: queue,
      owner: queue.owner,
      creator: queue.creator,
      state: queue.snapshot(unacked.get(queue) ?? NONE),
    })),
  };
}

function snapshotExchange(exchange: Exchange): ExchangeSnapshot {
  return {
    properties: exchange,
    creator: exchange.creator,
    bindings: exchange.bindingSnapshot(),
    delayed: exchange.delayed?.snapshot() ?? NONE,
  };
}

function unackedEntries(broker: Broker): ReadonlyMap<Queue, readonly Entry[]> {
  const entries = new Map<Queue, Entry[]>();
  for (const connection of broker.connections) {
    for (const channel of connection.channels.values()) {
      for (const { queue, entry, stale } of channel.outstanding()) {
        if (stale) continue;
        const some = entries.get(queue);
        if (some === undefined) entries.set(queue, [entry]);
        else some.push(entry);
      }
    }
  }
  return entries;
}

export function restoreBroker(broker: Broker, snapshot: BrokerSnapshot): void {
  for (const name of [...broker.vhosts.keys()]) if (!snapshot.vhosts.some((vhost) => vhost.name === name)) broker.removeVhost(name);
  for (const name of [...broker.users.keys()]) if (!snapshot.users.some((user) => user.name === name)) broker.removeUser(name);
  broker.replaceUsers(snapshot.users);
  broker.clusterName = snapshot.clusterName;
  Object.assign(broker.settings, snapshot.settings);
  broker.globalParameters.clear();
  for (const [name, value] of snapshot.globalParameters) broker.globalParameters.set(name, value);
  for (const connection of broker.connections) for (const channel of connection.channels.values()) channel.forgetDeliveries();
  for (const vhost of snapshot.vhosts) restoreVhost(broker.addVhost(vhost.name), vhost);
  beginAnew(broker);
}

export function resetBroker(broker: Broker): void {
  for (const name of [...broker.vhosts.keys()]) if (name !== '/') broker.removeVhost(name);
  for (const connection of broker.connections) for (const channel of connection.channels.values()) channel.forgetDeliveries();
  const vhost = broker.addVhost('/');
  vhost.clear();
  vhost.limits = {};
  vhost.tracing = false;
  vhost.protectedFromDeletion = false;
  vhost.predeclare();
  broker.replaceUsers([]);
  broker.clusterName = broker.nodeName;
  Object.assign(broker.settings, broker.settingsAtStart());
  broker.globalParameters.clear();
  broker.populate();
  beginAnew(broker);
}

/** Statistics count from here on, and no alarm is left; one that the process's memory raises comes back by itself. */
function beginAnew(broker: Broker): void {
  Object.assign(broker.churn, new ChurnStats());
  broker.attempts.clear();
  for (const vhost of broker.vhosts.values()) {
    Object.assign(vhost.stats, new ChannelStats());
    for (const exchange of vhost.exchanges.values()) Object.assign(exchange.stats, new ExchangeStats());
    for (const queue of vhost.queues.values()) Object.assign(queue.stats, new QueueStats());
  }
  // Last of all: who was blocked goes on publishing at once.
  for (const resource of ['memory', 'disk'] as const) broker.alarms.clear(resource);
}

function restoreVhost(vhost: VirtualHost, snapshot: VhostSnapshot): void {
  vhost.metadata = snapshot.metadata;
  vhost.limits = snapshot.limits;
  vhost.tracing = snapshot.tracing;
  vhost.protectedFromDeletion = snapshot.protectedFromDeletion;
  vhost.policies.clear();
  vhost.operatorPolicies.clear();
  for (const policy of snapshot.policies) vhost.policies.set(policy.name, policy);
  for (const policy of snapshot.operatorPolicies) vhost.operatorPolicies.set(policy.name, policy);
  vhost.parameters.clear();
  for (const parameter of snapshot.parameters) vhost.setParameter(parameter);
  const queues = snapshot.queues.filter(({ owner }) => owner === undefined || vhost.broker.connections.has(owner));
  removeOthers(vhost, queues, snapshot.exchanges);
  for (const { properties, creator } of snapshot.exchanges) {
    if (!vhost.exchanges.has(properties.name)) vhost.addExchange(properties, creator);
  }
  for (const { properties, owner, creator, state } of queues) {
    const queue = vhost.queues.get(properties.name) ?? vhost.addQueue(properties, owner, creator);
    queue.restore(state);
  }
  for (const exchange of snapshot.exchanges) restoreBindings(vhost, exchange);
  vhost.policiesChanged();
}

/** What is not in the snapshot goes; what has the same name but is something else goes too, and is made anew. */
function removeOthers(vhost: VirtualHost, queues: readonly QueueSnapshot[], exchanges: readonly ExchangeSnapshot[]): void {
  const queuesByName = new Map(queues.map((queue) => [queue.properties.name, queue]));
  const exchangesByName = new Map(exchanges.map((exchange) => [exchange.properties.name, exchange]));
  for (const queue of [...vhost.queues.values()]) {
    const kept = queuesByName.get(queue.name);
    if (kept === undefined || kept.owner !== queue.owner || !sameQueue(kept.properties, queue)) vhost.removeQueue(queue);
  }
  for (const exchange of [...vhost.exchanges.values()]) {
    const kept = exchangesByName.get(exchange.name);
    if (kept === undefined || !sameExchange(kept.properties, exchange)) vhost.removeExchange(exchange);
  }
}

function sameQueue(one: QueueProperties, other: QueueProperties): boolean {
  return (
    one.type === other.type &&
    one.durable === other.durable &&
    one.autoDelete === other.autoDelete &&
    sameTable(one.arguments, other.arguments)
  );
}

function sameExchange(one: ExchangeProperties, other: ExchangeProperties): boolean {
  return (
    one === other ||
    (one.type === other.type &&
      one.durable === other.durable &&
      one.internal === other.internal &&
      one.autoDelete === other.autoDelete &&
      sameTable(one.arguments, other.arguments))
  );
}

function restoreBindings(vhost: VirtualHost, snapshot: ExchangeSnapshot): void {
  const exchange = vhost.exchanges.get(snapshot.properties.name);
  if (exchange === undefined) return;
  if (exchange.bindingSnapshot() !== snapshot.bindings) {
    const wanted = new Set(snapshot.bindings.map(({ identity }) => identity));
    for (const binding of [...exchange.bindings.values()]) if (!wanted.has(binding.identity)) exchange.unbind(binding);
    for (const binding of snapshot.bindings) {
      if (exchange.bindings.has(binding.identity)) continue;
      const destination = (binding.kind === 'queue' ? vhost.queues : vhost.exchanges).get(binding.destination);
      if (destination !== undefined) vhost.addBinding(exchange, destination, binding.routingKey, binding.arguments);
    }
    exchange.adoptBindingSnapshot(snapshot.bindings);
  }
  exchange.delayed?.restore(snapshot.delayed);
}

const NONE: readonly never[] = [];
