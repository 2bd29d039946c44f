export { Broker, type BrokerOptions, type LoginOrigin } from './broker.ts';
export { BrokerConnection, type ConnectionDetails, type ConnectionPeer, type ConnectionRequest } from './broker-connection.ts';
export { Channel, type Gotten } from './channel.ts';
export type { ArgumentFault, Condition, ConditionKind, Resource, Stated } from './condition.ts';
export type {
  Consumption,
  ExchangeBinding,
  ExchangeDeclaration,
  QueueBinding,
  QueueDeclaration,
  QueueDeclared,
} from './declaration.ts';
export { type Decimal, EMPTY_TABLE, FIELD_TYPE_NAMES, type Field, type FieldType, type Table } from './field-table.ts';
export { type BasicProperties, Message, type MessageHeader, PlainHeader } from './message.ts';
export { type Persona, personaOf } from './persona.ts';
export { Refusal } from './refusal.ts';
export type { ChannelSink, ConnectionSink } from './sink.ts';
