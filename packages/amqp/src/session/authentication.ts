import type { Connection } from '@wirelike/kernel';
import type { Broker, Persona } from '../model/index.ts';
import { decodeTable } from '../wire/field-table.ts';
import { userOf } from './certificate-name.ts';
import { binary } from './erlang.ts';
import { type Failure, failure } from './replies.ts';

/** Who a client says it is, or why that can't be made out. */
export type Claim =
  | { readonly user: string; readonly password: string | undefined }
  | { readonly malformed: Failure }
  /** The mechanism itself refuses; the client gets the same text as for a wrong password. */
  | { readonly refused: true };

/**
 * What connection.start offers. RabbitMQ's order differs from node to node. EXTERNAL is there for those whose certificate
 * is a user's: py-amqp takes it wherever it is on offer, and RabbitMQ as it is installed (without
 * rabbitmq_auth_mechanism_ssl) does not offer it to anybody.
 */
export function offeredMechanisms(broker: Broker, connection: Connection): readonly string[] {
  const mechanisms = ['PLAIN', 'AMQPLAIN'];
  if (broker.persona === '4' && broker.anonymousUser !== undefined) mechanisms.push('ANONYMOUS');
  const user = certifiedUser(broker, connection);
  if (user !== undefined && broker.users.has(user)) mechanisms.push('EXTERNAL');
  return mechanisms;
}

/** Whether a client may choose `mechanism`: EXTERNAL also where it has not been offered, to be told what is wrong. */
export function isMechanism(mechanism: string, broker: Broker, connection: Connection): boolean {
  return offeredMechanisms(broker, connection).includes(mechanism) || (mechanism === 'EXTERNAL' && connection.tls !== undefined);
}

export function claimOf(mechanism: string, response: Uint8Array, broker: Broker, connection: Connection): Claim {
  switch (mechanism) {
    case 'PLAIN':
      return plain(response);
    case 'AMQPLAIN':
      return amqplain(response, broker.persona);
    case 'ANONYMOUS':
      return broker.anonymousUser === undefined ? { refused: true } : { user: broker.anonymousUser, password: undefined };
    case 'EXTERNAL':
      return external(broker, connection);
    default:
      return { refused: true };
  }
}

/** The name in a client's response, for the journal: no broker is asked who that is. */
export function claimedUser(mechanism: string, response: Uint8Array): string | undefined {
  const claim = mechanism === 'PLAIN' ? plain(response) : mechanism === 'AMQPLAIN' ? amqplain(response, '4') : undefined;
  return claim !== undefined && 'user' in claim ? claim.user : undefined;
}

/** RFC 4616: authorization identity (which RabbitMQ does not take: it must be empty), user and password. */
function plain(response: Uint8Array): Claim {
  const parts = Buffer.from(response).toString('utf8').split('\0');
  const [authorization, user, password] = parts;
  if (parts.length !== 3 || authorization !== '' || user === undefined) {
    return { malformed: failure('SYNTAX_ERROR', `response ${binary(response)} invalid`) };
  }
  return { user, password };
}

/** A field table without its length. */
function amqplain(response: Uint8Array, persona: Persona): Claim {
  const bytes = Buffer.from(response);
  const table = decodeTable(bytes, 0, bytes.length);
  const login = table?.get('LOGIN');
  const password = table?.get('PASSWORD');
  if (login === undefined || password === undefined || !isChecked(login.type, password.type, persona)) return missing(response);
  const [user, secret] = [textOf(login.value), textOf(password.value)];
  if (user !== undefined && secret !== undefined) return { user, password: secret };
  // RabbitMQ looks for a user of that name; a number crashes it.
  return ['number', 'bigint'].includes(typeof login.value) ? missing(response) : { refused: true };
}

/** Its guard lets more than texts through: `orelse` and `andalso` without brackets (rabbit_auth_mechanism_amqplain:handle_response/2). */
function isChecked(login: string, password: string, persona: Persona): boolean {
  if (login === 'S') return true;
  return persona === '3.10' ? password === 'S' : password === 'x' || (login === 'x' && password === 'S');
}

function missing(response: Uint8Array): Claim {
  return { malformed: failure('SYNTAX_ERROR', `AMQPLAIN auth info ${binary(response)} is missing LOGIN or PASSWORD field`) };
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : undefined;
}

/** The client's certificate names the user. */
function external(broker: Broker, connection: Connection): Claim {
  const user = certifiedUser(broker, connection);
  return user === undefined ? { refused: true } : { user, password: undefined };
}

function certifiedUser({ settings, release }: Broker, connection: Connection): string | undefined {
  const certificate = connection.client_certificate;
  return certificate === undefined ? undefined : userOf(certificate, settings.certificateLogin, release);
}

/** Where a client is, as RabbitMQ counts its logins. Whoever asks in process is here. */
export function addressOf(connection: Connection | undefined): string {
  return connection?.peer.address.replace(/^::ffff:/, '') ?? '127.0.0.1';
}

/** `guest` may only come from here. */
export function isLoopback(connection: Connection): boolean {
  const { transport, address } = connection.peer;
  return transport === 'unix' || address === '::1' || address.replace(/^::ffff:/, '').startsWith('127.');
}
