/**
 * A RabbitMQ broker without sockets: declare, publish, consume and inspect in process.
 *
 * ```ts
 * const broker = new Broker({ clock, random });
 * const sink = new Recorder();
 * const channel = broker.connect({ user: 'guest', vhost: '/', name: 'test', sink }).openChannel(1, sink);
 * channel.queueDeclare({ queue: 'orders' });
 * channel.basicPublish(Message.of('', 'orders', Buffer.from('hello')), false, false);
 * broker.vhost('/')?.queues.get('orders')?.readyCount; // 1
 * ```
 */
export type { AlarmedResource, Alarms } from './alarms.ts';
export { type Actor, OPERATOR, type PermissionKind } from './authority.ts';
export type { Binding } from './binding.ts';
export { Broker, type BrokerOptions, type LoginOrigin } from './broker.ts';
export { BrokerConnection, type ConnectionDetails, type ConnectionPeer, type ConnectionRequest } from './broker-connection.ts';
export { type BrokerSettings, type CertificateLogin, defaultSettings } from './broker-settings.ts';
export { Channel, type Gotten } from './channel.ts';
export type { ArgumentFault, Condition, ConditionKind, Resource, Stated } from './condition.ts';
export type { Consumer } from './consumer.ts';
export type {
  Consumption,
  ExchangeBinding,
  ExchangeDeclaration,
  QueueBinding,
  QueueDeclaration,
  QueueDeclared,
} from './declaration.ts';
export type { Delivery } from './delivery.ts';
export type { Entry } from './entry.ts';
export type { Exchange } from './exchange.ts';
export { exchangeTypes } from './exchange-type.ts';
export { byName, type Decimal, EMPTY_TABLE, FIELD_TYPE_NAMES, type Field, type FieldType, type Table } from './field-table.ts';
export type { LoginAttempt } from './login-attempts.ts';
export { type BasicProperties, Message, type MessageHeader, PlainHeader } from './message.ts';
export { PARAMETER_COMPONENTS, type Parameter } from './parameter.ts';
export { type Pattern, patternMistake, patternOf } from './pattern.ts';
export type { PatternMistake } from './pattern-mistake.ts';
export { type Novelty, type Persona, personaOf, type Release, releaseOf } from './persona.ts';
export { APPLY_TO, type ApplyTo, type Policy, type PolicyDefinition, type PolicyValue } from './policy.ts';
export type { Queue } from './queue.ts';
export type { QueueType } from './queue-arguments.ts';
export { QuorumQueue } from './quorum-queue.ts';
export { type Delivered, Recorder } from './recorder.ts';
export { Refusal } from './refusal.ts';
export type { ChannelSink, ConnectionSink } from './sink.ts';
export type { ChannelStats, ChurnStats, ExchangeStats, QueueStats } from './stats.ts';
export {
  bindExchange,
  bindQueue,
  declareExchange,
  declareQueue,
  deleteExchange,
  deleteQueue,
  purgeQueue,
  unbindExchange,
  unbindQueue,
} from './topology.ts';
export { hashPassword, newUser, type Permission, type TopicPermission, type User, type UserLimits } from './users.ts';
export { LOG_EXCHANGE, type VirtualHost, type VirtualHostLimits, type VirtualHostMetadata } from './virtual-host.ts';
