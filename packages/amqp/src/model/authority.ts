import type { BrokerConnection } from './broker-connection.ts';
import type { Resource } from './condition.ts';
import { permission_cache_permissions } from './limits.ts';
import { patternOf } from './pattern.ts';
import { refuse } from './refusal.ts';
import type { Restless } from './resting-channels.ts';
import type { User } from './users.ts';
import type { VirtualHost } from './virtual-host.ts';

export type PermissionKind = 'configure' | 'write' | 'read';

/** On whose behalf something is done: a connection's user, or the operator who may do everything. */
export interface Actor {
  readonly user: string;
  /** Whose exclusive queues are within reach. */
  readonly connection: BrokerConnection | undefined;
  /** Throws `access-refused`. */
  check(permission: PermissionKind, resource: Resource): void;
  /** Any permission will do. Throws `access-refused`, for the permission to configure. */
  checkAny(resource: Resource): void;
  /** Throws `topic-access-refused`. */
  checkTopic(permission: 'write' | 'read', resource: Resource, routingKey: string): void;
}

/** The channel on which a user asks. */
export interface AuthorizedChannel extends Restless {
  readonly connection: BrokerConnection;
  readonly vhost: VirtualHost;
}

const NONE: readonly string[] = [];

/**
 * What a channel's user may do. As RabbitMQ's channels, it remembers the last few things that were allowed until the channel
 * rests, whatever becomes of the permissions meanwhile (rabbit_channel:check_resource_access/4, check_topic_authorisation/5).
 */
export class Authority implements Actor {
  readonly #channel: AuthorizedChannel;
  /** The latest first. */
  #allowed: readonly string[] = NONE;
  #allowedTopics: readonly string[] = NONE;

  constructor(channel: AuthorizedChannel) {
    this.#channel = channel;
  }

  get user(): string {
    return this.#channel.connection.user;
  }

  get connection(): BrokerConnection {
    return this.#channel.connection;
  }

  check(permission: PermissionKind, resource: Resource): void {
    // The default exchange has no name to match, so RabbitMQ gives it one (rabbit_access_control).
    const name = resource.type === 'exchange' && resource.name === '' ? 'amq.default' : resource.name;
    const key = `${permission}\0${resource.type}\0${name}`;
    if (this.#allowed.includes(key)) return;
    const { user } = this;
    const pattern = this.#users.get(user)?.permissions.get(this.#channel.vhost.name)?.[permission];
    if (!matches(pattern, name)) refuse({ kind: 'access-refused', permission, resource: { ...resource, name }, user });
    this.#expectRest();
    this.#allowed = [key, ...this.#allowed.slice(0, permission_cache_permissions - 1)];
  }

  checkAny(resource: Resource): void {
    const permissions = this.#users.get(this.user)?.permissions.get(this.#channel.vhost.name);
    if (matches(permissions?.read, resource.name) || matches(permissions?.write, resource.name)) return;
    this.check('configure', resource);
  }

  /** No topic permission for the exchange: everything is allowed (rabbit_auth_backend_internal). */
  checkTopic(permission: 'write' | 'read', resource: Resource, routingKey: string): void {
    if (this.#allowedTopics.includes(topicKey(permission, resource, routingKey))) return;
    const { user } = this;
    const vhost = this.#channel.vhost.name;
    const pattern = this.#users.get(user)?.topicPermissions.get(vhost)?.get(resource.name)?.[permission];
    const expanded = pattern?.replaceAll('{username}', user).replaceAll('{vhost}', vhost);
    if (expanded !== undefined && !matches(expanded, routingKey)) {
      refuse({ kind: 'topic-access-refused', permission, resource, routingKey, user });
    }
    this.rememberTopic(permission, resource, routingKey);
  }

  /** It was allowed a moment ago. */
  rememberTopic(permission: 'write' | 'read', resource: Resource, routingKey: string): void {
    this.#expectRest();
    this.#allowedTopics = [topicKey(permission, resource, routingKey), ...this.#allowedTopics.slice(0, permission_cache_permissions - 1)];
  }

  forget(): void {
    this.#allowed = NONE;
    this.#allowedTopics = NONE;
  }

  get #users(): ReadonlyMap<string, User> {
    return this.#channel.vhost.broker.users;
  }

  #expectRest(): void {
    if (this.#allowed === NONE && this.#allowedTopics === NONE) this.#channel.vhost.broker.resting.expect(this.#channel);
  }
}

function topicKey(permission: 'write' | 'read', { name }: Resource, routingKey: string): string {
  return `${permission}\0${name}\0${routingKey}`;
}

/** The empty pattern matches the empty name alone. */
function matches(pattern: string | undefined, name: string): boolean {
  return pattern !== undefined && patternOf(pattern === '' ? '^$' : pattern).test(name);
}

/** An operator: management tools, seeds, tests in process. */
export const OPERATOR: Actor = {
  user: 'rmq-internal',
  connection: undefined,
  check: () => undefined,
  checkAny: () => undefined,
  checkTopic: () => undefined,
};
