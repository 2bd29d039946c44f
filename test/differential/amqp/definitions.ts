import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Broker, hashPassword, newUser } from '@wirelike/amqp/model';
import type { Model } from '@wirelike/kernel';
import definitions from './definitions.json' with { type: 'json' };

/** Users, permissions, vhosts and policies that both servers start with, in RabbitMQ's own format. */
export const definitions_file: string = fileURLToPath(new URL('definitions.json', import.meta.url));

export function definitionsText(): string {
  return readFileSync(definitions_file, 'utf8');
}

/** What importing the definitions would do. */
export function applyDefinitions(broker: Model): void {
  if (!(broker instanceof Broker)) throw new TypeError('not a broker');
  for (const { name } of definitions.vhosts) broker.addVhost(name);
  for (const { name, password, tags } of definitions.users) {
    const permissions = definitions.permissions
      .filter(({ user }) => user === name)
      .map(({ vhost, configure, write, read }) => [vhost, { configure, write, read }] as const);
    const topics = definitions.topic_permissions
      .filter(({ user }) => user === name)
      .map(({ vhost, exchange, write, read }) => [vhost, new Map([[exchange, { write, read }]])] as const);
    broker.putUser({
      ...newUser(name, hashPassword(password, broker.random), tags),
      permissions: new Map(permissions),
      topicPermissions: new Map(topics),
    });
  }
  for (const { vhost: name, 'apply-to': applyTo, pattern, definition, priority, ...policy } of definitions.policies) {
    const vhost = broker.addVhost(name);
    const values = Object.entries(definition).filter((entry): entry is [string, string | number] => entry[1] !== undefined);
    vhost.policies.set(policy.name, {
      name: policy.name,
      pattern,
      priority,
      applyTo: applyTo === 'queues' ? 'queues' : 'exchanges',
      definition: Object.fromEntries(values),
    });
    vhost.policiesChanged();
  }
}
