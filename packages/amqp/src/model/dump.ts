import { DumpError, type ModelDump } from '@wirelike/kernel';
import type { BacklogSnapshot } from './backlog.ts';
import { bindingIdentity } from './binding.ts';
import type { Broker } from './broker.ts';
import {
  base64,
  bytes,
  dumpField,
  dumpProperties,
  dumpTable,
  flag,
  list,
  loadField,
  loadProperties,
  loadTable,
  number,
  record,
  word,
} from './dump-fields.ts';
import { Entry } from './entry.ts';
import { isExchangeType } from './exchange-type.ts';
import type { Field } from './field-table.ts';
import { Message, PlainHeader } from './message.ts';
import { APPLY_TO, type Policy, type PolicyDefinition } from './policy.ts';
import { isQueueType } from './queue-arguments.ts';
import type { QueueState } from './queue-state.ts';
import { AnnotatedMessage } from './sender-selected.ts';
import {
  type BindingSnapshot,
  BrokerSnapshot,
  type ExchangeSnapshot,
  type QueueSnapshot,
  takeSnapshot,
  type VhostSnapshot,
} from './snapshot.ts';
import { type StreamEntry, storedBytes } from './stream-log.ts';
import { newUser, type User } from './users.ts';

const VERSION = 1;

/** Everything but what hangs on connections: exclusive queues, consumers. Unacknowledged messages are ready again. */
export function dumpBroker(broker: Broker): ModelDump {
  const { vhosts, users, clusterName, globalParameters } = takeSnapshot(broker);
  return {
    emulator: 'amqp',
    version: VERSION,
    state: { clusterName, globalParameters: [...globalParameters], users: users.map(dumpUser), vhosts: vhosts.map(dumpVhost) },
  };
}

/** Throws {@link DumpError}. */
export function readDump(dump: ModelDump): BrokerSnapshot {
  if (dump.emulator !== 'amqp') throw new DumpError(`a dump of ${dump.emulator}, not of amqp`);
  if (dump.version !== VERSION) throw new DumpError(`version ${dump.version} of an AMQP dump; this one reads ${VERSION}`);
  const { clusterName, globalParameters, users, vhosts } = record(dump.state);
  return new BrokerSnapshot(list(vhosts).map(loadVhost), list(users).map(loadUser), word(clusterName), new Map(pairs(globalParameters)));
}

function dumpUser({ permissions, topicPermissions, ...user }: User): unknown {
  return {
    ...user,
    permissions: [...permissions],
    topicPermissions: Array.from(topicPermissions, ([vhost, topics]) => [vhost, [...topics]]),
  };
}

function loadUser(value: unknown): User {
  const { name, passwordHash, hashingAlgorithm, tags, limits, permissions, topicPermissions } = record(value);
  const algorithm = word(hashingAlgorithm);
  const user = newUser(word(name), word(passwordHash), list(tags).map(word));
  return {
    ...user,
    hashingAlgorithm:
      algorithm === 'rabbit_password_hashing_sha512' || algorithm === 'rabbit_password_hashing_md5' ? algorithm : user.hashingAlgorithm,
    limits: loadLimits(limits),
    permissions: new Map(
      pairs(permissions).map(([vhost, permission]) => {
        const { configure, write, read } = record(permission);
        return [vhost, { configure: word(configure), write: word(write), read: word(read) }];
      }),
    ),
    topicPermissions: new Map(
      pairs(topicPermissions).map(([vhost, topics]) => [
        vhost,
        new Map(
          pairs(topics).map(([exchange, permission]) => {
            const { write, read } = record(permission);
            return [exchange, { write: word(write), read: word(read) }];
          }),
        ),
      ]),
    ),
  };
}

function dumpVhost({ exchanges, queues, ...rest }: VhostSnapshot): unknown {
  return { ...rest, exchanges: exchanges.map(dumpExchange), queues: queues.filter(({ owner }) => owner === undefined).map(dumpQueue) };
}

function loadVhost(value: unknown): VhostSnapshot {
  const { name, metadata, limits, tracing, protectedFromDeletion, policies, operatorPolicies, parameters, exchanges, queues } =
    record(value);
  const { description, tags, defaultQueueType } = record(metadata);
  return {
    name: word(name),
    metadata: {
      description: word(description),
      tags: list(tags).map(word),
      defaultQueueType: defaultQueueType === undefined ? undefined : word(defaultQueueType),
    },
    limits: loadLimits(limits),
    tracing: flag(tracing),
    protectedFromDeletion: protectedFromDeletion === true,
    policies: list(policies).map(loadPolicy),
    operatorPolicies: list(operatorPolicies).map(loadPolicy),
    parameters: list(parameters).map((item) => {
      const parameter = record(item);
      return { component: word(parameter.component), name: word(parameter.name), value: parameter.value };
    }),
    exchanges: list(exchanges).map(loadExchange),
    queues: list(queues).map(loadQueue),
  };
}

function loadPolicy(value: unknown): Policy {
  const { name, pattern, definition, priority, applyTo } = record(value);
  const scope = APPLY_TO.find((candidate) => candidate === applyTo);
  if (scope === undefined) throw new DumpError(`no policy applies to ${String(applyTo)}`);
  return { name: word(name), pattern: word(pattern), definition: loadDefinition(definition), priority: number(priority), applyTo: scope };
}

function loadDefinition(value: unknown): PolicyDefinition {
  return Object.fromEntries(
    Object.entries(record(value)).map(([key, setting]) => {
      if (typeof setting === 'string' || typeof setting === 'boolean') return [key, setting];
      return [key, number(setting)];
    }),
  );
}

function loadLimits(value: unknown): Record<string, number> {
  return Object.fromEntries(Object.entries(record(value)).map(([key, limit]) => [key, number(limit)]));
}

function dumpExchange({ properties, creator, bindings, delayed }: ExchangeSnapshot): unknown {
  const { name, type, durable, autoDelete, internal, arguments: args } = properties;
  return {
    name,
    type,
    durable,
    autoDelete,
    internal,
    arguments: dumpTable(args),
    creator,
    bindings: bindings.map(({ kind, destination, routingKey, arguments: args }) => ({
      kind,
      destination,
      routingKey,
      arguments: dumpTable(args),
    })),
    delayed: delayed.map(({ dueAt, message }) => ({ dueAt, message: dumpMessage(message) })),
  };
}

function loadExchange(value: unknown): ExchangeSnapshot {
  const { name, type, durable, autoDelete, internal, arguments: args, creator, bindings, delayed } = record(value);
  if (!isExchangeType(word(type))) throw new DumpError(`no exchange type ${word(type)}`);
  return {
    properties: {
      name: word(name),
      type: word(type),
      durable: flag(durable),
      autoDelete: flag(autoDelete),
      internal: flag(internal),
      arguments: loadTable(args),
    },
    creator: word(creator),
    bindings: list(bindings).map(loadBinding),
    delayed: list(delayed).map((item) => ({ dueAt: number(record(item).dueAt), message: loadMessage(record(item).message) })),
  };
}

function loadBinding(value: unknown): BindingSnapshot {
  const { kind, destination, routingKey, arguments: args } = record(value);
  const to = kind === 'queue' ? 'queue' : 'exchange';
  const table = loadTable(args);
  return {
    identity: bindingIdentity(to, word(destination), word(routingKey), table),
    kind: to,
    destination: word(destination),
    routingKey: word(routingKey),
    arguments: table,
  };
}

function dumpQueue({ properties, creator, state }: QueueSnapshot): unknown {
  const { name, type, durable, autoDelete, arguments: args } = properties;
  return {
    name,
    type,
    durable,
    autoDelete,
    arguments: dumpTable(args),
    creator,
    sequence: state.sequence,
    ready: Array.from(state.ready.entries(), dumpEntry),
    unacked: state.unacked.map(dumpEntry),
    ...(state.log === undefined
      ? {}
      : { log: state.log.segments.map(({ entries, length }) => entries.slice(0, length).map(dumpStreamEntry)) }),
  };
}

function loadQueue(value: unknown): QueueSnapshot {
  const { name, type, durable, autoDelete, arguments: args, creator, sequence, ready, unacked, log } = record(value);
  const queueType = word(type);
  if (!isQueueType(queueType)) throw new DumpError(`no queue type ${queueType}`);
  const entries = list(ready).map(loadEntry);
  const held = list(unacked).map(loadEntry);
  const state: QueueState = {
    ready: listed(entries),
    unacked: held,
    expiring: [...entries, ...held].some(({ expiresAt }) => expiresAt !== 0),
    sequence: number(sequence),
    readyBytes: entries.reduce((sum, { message }) => sum + message.size, 0),
  };
  return {
    properties: { name: word(name), type: queueType, durable: flag(durable), autoDelete: flag(autoDelete), arguments: loadTable(args) },
    owner: undefined,
    creator: word(creator),
    state: log === undefined ? state : { ...state, log: { segments: list(log).map(loadSegment), next: number(sequence) } },
  };
}

function loadSegment(value: unknown): { entries: StreamEntry[]; length: number; bytes: number } {
  const entries = list(value).map((item) => {
    const { offset, time, filter, message } = record(item);
    return {
      offset: number(offset),
      time: number(time),
      filter: filter === undefined ? undefined : word(filter),
      message: loadMessage(message),
    };
  });
  return { entries, length: entries.length, bytes: entries.reduce((sum, { message }) => sum + storedBytes(message), 0) };
}

function dumpStreamEntry({ offset, time, filter, message }: StreamEntry): unknown {
  return { offset, time, filter, message: dumpMessage(message) };
}

function dumpEntry({ message, sequence, returns, expiresAt, failures }: Entry): unknown {
  return { sequence, returns, expiresAt, failures, message: dumpMessage(message) };
}

function loadEntry(value: unknown): Entry {
  const { message, sequence, returns, expiresAt, failures } = record(value);
  return new Entry(loadMessage(message), number(sequence), number(returns), number(expiresAt), number(failures ?? 0));
}

function dumpMessage(message: Message): unknown {
  const { exchange, routingKey, header, body } = message;
  const dumped = { exchange, routingKey, properties: dumpProperties(header.properties()), body: base64(body) };
  if (!(message instanceof AnnotatedMessage)) return dumped;
  const { deaths, ...annotations } = message.annotations;
  return { ...dumped, ...annotations, deaths: deaths.map((death: Field) => dumpField(death)) };
}

function loadMessage(value: unknown): Message {
  const { exchange, routingKey, properties, body, blindKeys, deaths, failures, redirected } = record(value);
  const header = new PlainHeader(loadProperties(properties));
  const message = new Message(word(exchange), word(routingKey), header, bytes(body));
  if (blindKeys === undefined) return message;
  return new AnnotatedMessage(message, header, {
    blindKeys: list(blindKeys).map(word),
    deaths: list(deaths).map(loadField),
    failures: number(failures ?? 0),
    redirected: redirected === true,
  });
}

function listed(entries: readonly Entry[]): BacklogSnapshot {
  return { length: entries.length, entries: () => entries.values() };
}

function pairs(value: unknown): readonly (readonly [string, unknown])[] {
  return list(value).map((pair) => [word(list(pair)[0]), list(pair)[1]] as const);
}
