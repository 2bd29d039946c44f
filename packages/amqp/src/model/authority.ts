import type { Broker } from './broker.ts';
import type { BrokerConnection } from './broker-connection.ts';
import type { Resource } from './condition.ts';
import { permission_cache_names } from './limits.ts';
import { patternOf } from './pattern.ts';
import { refuse } from './refusal.ts';

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

/** What a user may do in a virtual host. Answers are remembered until some permission of the broker changes. */
export class Authority implements Actor {
  readonly user: string;
  readonly connection: BrokerConnection;
  readonly #broker: Broker;
  readonly #vhost: string;
  #generation = -1;
  #allowed = new Set<string>();

  constructor(broker: Broker, vhost: string, user: string, connection: BrokerConnection) {
    this.#broker = broker;
    this.#vhost = vhost;
    this.user = user;
    this.connection = connection;
  }

  check(permission: PermissionKind, resource: Resource): void {
    this.#refresh();
    // The default exchange has no name to match, so RabbitMQ gives it one (rabbit_access_control).
    const name = resource.type === 'exchange' && resource.name === '' ? 'amq.default' : resource.name;
    const key = `${permission}\0${name}`;
    if (this.#allowed.has(key)) return;
    const pattern = this.#broker.users.get(this.user)?.permissions.get(this.#vhost)?.[permission];
    if (!matches(pattern, name)) refuse({ kind: 'access-refused', permission, resource: { ...resource, name }, user: this.user });
    this.#remember(key);
  }

  checkAny(resource: Resource): void {
    this.#refresh();
    const permissions = this.#broker.users.get(this.user)?.permissions.get(this.#vhost);
    if (matches(permissions?.read, resource.name) || matches(permissions?.write, resource.name)) return;
    this.check('configure', resource);
  }

  /** No topic permission for the exchange: everything is allowed (rabbit_auth_backend_internal). */
  checkTopic(permission: 'write' | 'read', resource: Resource, routingKey: string): void {
    const pattern = this.#broker.users.get(this.user)?.topicPermissions.get(this.#vhost)?.get(resource.name)?.[permission];
    if (pattern === undefined) return;
    const expanded = pattern.replaceAll('{username}', this.user).replaceAll('{vhost}', this.#vhost);
    if (!matches(expanded, routingKey)) refuse({ kind: 'topic-access-refused', permission, resource, routingKey, user: this.user });
  }

  #refresh(): void {
    if (this.#generation === this.#broker.permissionGeneration) return;
    this.#generation = this.#broker.permissionGeneration;
    this.#allowed = new Set();
  }

  #remember(key: string): void {
    if (this.#allowed.size >= permission_cache_names) this.#allowed.clear();
    this.#allowed.add(key);
  }
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
