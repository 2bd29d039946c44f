import type { Broker, User } from '../model/index.ts';
import type { JsonObject } from './json.ts';

/** `/api/users`: one user. Before 3.9 tags were one string with commas; lists since. */
export function userView(user: User): JsonObject {
  return {
    name: user.name,
    password_hash: user.passwordHash,
    hashing_algorithm: user.hashingAlgorithm,
    tags: [...user.tags],
    limits: { ...user.limits },
  };
}

export function permissionViews(users: Iterable<User>): JsonObject[] {
  return [...users].flatMap((user) => [...user.permissions].map(([vhost, permission]) => ({ user: user.name, vhost, ...permission })));
}

export function topicPermissionViews(users: Iterable<User>): JsonObject[] {
  return [...users].flatMap((user) =>
    [...user.topicPermissions].flatMap(([vhost, byExchange]) =>
      [...byExchange].map(([exchange, permission]) => ({ user: user.name, vhost, exchange, ...permission })),
    ),
  );
}

export function vhostLimitViews(broker: Broker): JsonObject[] {
  return [...broker.vhosts.values()]
    .filter(({ limits }) => Object.keys(limits).length > 0)
    .map(({ name, limits }) => (broker.persona === '3.10' ? { vhost: name, value: { ...limits } } : { value: { ...limits }, vhost: name }));
}

export function userLimitViews(broker: Broker): JsonObject[] {
  return [...broker.users.values()]
    .filter(({ limits }) => Object.keys(limits).length > 0)
    .map(({ name, limits }) => ({ user: name, value: { ...limits } }));
}
