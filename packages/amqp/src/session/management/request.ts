import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Addresses, Connection, Tap } from '@wirelike/kernel';
import type { Context, Env } from 'hono';
import { erlangList, isObject, type JsonObject } from '../../admin/json.ts';
import type { Rates } from '../../admin/rates.ts';
import type { Broker, Exchange, Queue, Release, User, VirtualHost } from '../../model/index.ts';
import { HttpError } from './http-error.ts';

/** What every handler has at hand. */
export interface Management {
  readonly broker: Broker;
  readonly addresses: Addresses;
  readonly rates: Rates;
  readonly tap: Tap;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Whose bare stream a socket is. */
  connectionOf(socket: Socket): Connection | undefined;
}

/** The authenticated user travels with the request. */
export interface ManagementEnv extends Env {
  Bindings: { readonly incoming?: IncomingMessage };
  Variables: { user: User; release: Release; negotiated?: boolean; unread?: boolean };
}

export type Request = Context<ManagementEnv>;

/** Tags, from the most to the least: each implies what follows it (https://www.rabbitmq.com/docs/management#permissions). */
export function isAdministrator(user: User): boolean {
  return user.tags.includes('administrator');
}

export function isMonitor(user: User): boolean {
  return isAdministrator(user) || user.tags.includes('monitoring');
}

export function isPolicymaker(user: User): boolean {
  return isAdministrator(user) || user.tags.includes('policymaker');
}

export function mayManage(user: User): boolean {
  return isMonitor(user) || isPolicymaker(user) || user.tags.includes('management');
}

/** Virtual hosts whose contents the user is shown. */
export function visibleVhosts(broker: Broker, user: User): ReadonlySet<string> {
  if (isMonitor(user)) return new Set(broker.vhosts.keys());
  return new Set([...user.permissions.keys()].filter((vhost) => broker.vhosts.has(vhost)));
}

/** The virtual host in the path: 404 if it does not exist. Whether the user may see it was asked before. */
export function vhostOf(broker: Broker, request: Request): VirtualHost {
  const vhost = broker.vhosts.get(param(request, 'vhost'));
  if (vhost === undefined) throw HttpError.notFound();
  return vhost;
}

export function queueOf(broker: Broker, request: Request): Queue {
  const queue = vhostOf(broker, request).queues.get(param(request, 'name'));
  if (queue === undefined) throw HttpError.notFound();
  return queue;
}

/** The default exchange is called `amq.default` in paths, where it can't be empty. */
export function exchangeOf(broker: Broker, request: Request, name: string = param(request, 'name')): Exchange {
  const exchange = vhostOf(broker, request).exchanges.get(name === 'amq.default' ? '' : name);
  if (exchange === undefined) throw HttpError.notFound();
  return exchange;
}

export function param(request: Request, name: string): string {
  return request.req.param(name) ?? '';
}

const ENCODED_TWICE = 'invalid payload: the request body JSON-decoded to a string. Is the input doubly-JSON-encoded?';

export async function bodyOf(request: Request, unreadable = 'not_json'): Promise<JsonObject> {
  const text = await request.req.text();
  if (text === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw HttpError.badRequest(unreadable);
  }
  if (unreadable === 'not_json') {
    if (value === null) return {};
    if (typeof value === 'string') throw HttpError.badRequest(ENCODED_TWICE);
  }
  if (!isObject(value)) throw HttpError.badRequest(unreadable);
  return value;
}

/** Members that must be there; those that aren't are named as Erlang prints them: `[{key_missing,routing_key}]`. */
export function needed(body: JsonObject, ...names: readonly string[]): unknown[] {
  const missing = names.filter((name) => body[name] === undefined);
  if (missing.length > 0) throw HttpError.badRequest(erlangList(missing.map((name) => `{key_missing,${name}}`)));
  return names.map((name) => body[name]);
}

/** An empty list is what PHP makes of an empty object, and RabbitMQ takes it. */
export function argumentsOf(body: JsonObject): JsonObject {
  const { arguments: args = {} } = body;
  if (isObject(args)) return args;
  if (Array.isArray(args) && args.length === 0) return {};
  throw HttpError.badRequest(['arguments_not_an_object', args]);
}

export function textOf(value: unknown, fallback = ''): string {
  return typeof value === 'string' ? value : fallback;
}

/** `true` and `"true"` are both written by clients. */
export function flagOf(value: unknown, fallback = false): boolean {
  if (value === undefined || value === null) return fallback;
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw HttpError.badRequest(['not_boolean', value]);
}

export function wholeOf(value: unknown): number {
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number)) return number;
  throw HttpError.badRequest(['not_integer', value]);
}
