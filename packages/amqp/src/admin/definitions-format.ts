import { APPLY_TO, type ApplyTo, type PolicyDefinition, type User } from '../model/index.ts';
import { Found } from './found.ts';

export { DefinitionError } from './found.ts';

type Arguments = Readonly<Record<string, unknown>>;

export interface UserDefinition {
  readonly name: string;
  readonly tags: readonly string[];
  readonly password?: string | undefined;
  readonly password_hash?: string | undefined;
  readonly hashing_algorithm: User['hashingAlgorithm'];
  readonly limits: Readonly<Record<string, number>>;
}

export interface VhostDescription {
  readonly description?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly default_queue_type?: string | undefined;
  readonly protected_from_deletion?: boolean | undefined;
}

export interface VhostDefinition extends VhostDescription {
  readonly name: string;
  readonly tracing: boolean;
  readonly metadata?: VhostDescription | undefined;
}

export interface PermissionDefinition {
  readonly user: string;
  readonly vhost: string;
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

export interface TopicPermissionDefinition {
  readonly user: string;
  readonly vhost: string;
  readonly exchange: string;
  readonly write: string;
  readonly read: string;
}

/** Missing from what was exported for one virtual host. */
interface OfVhost {
  readonly vhost?: string | undefined;
}

export interface ParameterDefinition extends OfVhost {
  readonly component: string;
  readonly name: string;
  readonly value?: unknown;
}

export interface PolicyBody {
  readonly pattern: string;
  readonly definition: PolicyDefinition;
  readonly priority: number;
  readonly 'apply-to': ApplyTo;
}

export interface NamedPolicy extends OfVhost, PolicyBody {
  readonly name: string;
}

export interface QueueDefinition extends OfVhost {
  readonly name: string;
  readonly durable: boolean;
  readonly auto_delete: boolean;
  readonly arguments: Arguments;
  readonly type?: string | undefined;
}

export interface ExchangeDefinition extends OfVhost {
  readonly name: string;
  readonly type: string;
  readonly durable: boolean;
  readonly auto_delete: boolean;
  readonly internal: boolean;
  readonly arguments: Arguments;
}

export interface BindingDefinition extends OfVhost {
  readonly source: string;
  readonly destination: string;
  readonly destination_type: 'queue' | 'exchange';
  readonly routing_key: string;
  readonly arguments: Arguments;
}

export interface Definitions {
  readonly users: readonly UserDefinition[];
  readonly vhosts: readonly VhostDefinition[];
  readonly permissions: readonly PermissionDefinition[];
  readonly topic_permissions: readonly TopicPermissionDefinition[];
  readonly parameters: readonly ParameterDefinition[];
  readonly global_parameters: readonly { readonly name: string; readonly value?: unknown }[];
  readonly policies: readonly NamedPolicy[];
  readonly queues: readonly QueueDefinition[];
  readonly exchanges: readonly ExchangeDefinition[];
  readonly bindings: readonly BindingDefinition[];
}

const ALGORITHMS = ['rabbit_password_hashing_sha256', 'rabbit_password_hashing_sha512', 'rabbit_password_hashing_md5'] as const;

/** https://www.rabbitmq.com/docs/definitions. Unknown members are ignored, as RabbitMQ does. Throws {@link DefinitionError}. */
export function readDefinitions(value: unknown): Definitions {
  const whole = new Found(value);
  const all = <T>(category: string, read: (item: Found) => T): readonly T[] => {
    const found = whole.at(category);
    return found.missing ? [] : found.list().map(read);
  };
  return {
    users: all('users', readUser),
    vhosts: all('vhosts', readVhost),
    permissions: all('permissions', (item) => ({ ...words(item, 'user', 'vhost', 'configure', 'write', 'read') })),
    topic_permissions: all('topic_permissions', (item) => ({ ...words(item, 'user', 'vhost', 'exchange', 'write', 'read') })),
    parameters: all('parameters', (item) => ({ ...vhostOf(item), ...words(item, 'component', 'name'), value: item.at('value').value })),
    global_parameters: all('global_parameters', (item) => ({ ...words(item, 'name'), value: item.at('value').value })),
    policies: all('policies', (item) => ({ ...vhostOf(item), ...words(item, 'name'), ...readPolicy(item) })),
    queues: all('queues', (item) => ({ ...vhostOf(item), ...words(item, 'name'), ...readLife(item), type: optional(item.at('type')) })),
    exchanges: all('exchanges', (item) => ({
      ...vhostOf(item),
      ...words(item, 'name', 'type'),
      ...readLife(item),
      internal: flag(item.at('internal'), false),
    })),
    bindings: all('bindings', (item) => ({
      ...vhostOf(item),
      ...words(item, 'source', 'destination'),
      destination_type: item.at('destination_type').oneOf(['queue', 'exchange']),
      routing_key: optional(item.at('routing_key')) ?? '',
      arguments: readArguments(item),
    })),
  };
}

/** The body of a policy, also as the value of an operator_policy parameter. */
export function readPolicy(item: Found): PolicyBody {
  const applyTo = item.at('apply-to');
  const priority = item.at('priority');
  return {
    pattern: item.at('pattern').word(),
    definition: readSettings(item.at('definition')),
    priority: priority.missing ? 0 : priority.number(),
    'apply-to': applyTo.missing ? 'all' : applyTo.oneOf(APPLY_TO),
  };
}

export function readLimits(found: Found): Readonly<Record<string, number>> {
  // An empty list is what PHP makes of an empty object, and RabbitMQ takes it.
  if (found.missing || (Array.isArray(found.value) && found.value.length === 0)) return {};
  return Object.fromEntries(
    Object.entries(found.record()).map(([name, value]) => [name, new Found(value, [...found.keys, name]).number()]),
  );
}

function readUser(item: Found): UserDefinition {
  const algorithm = item.at('hashing_algorithm');
  return {
    name: item.at('name').word(),
    tags: readTags(item.at('tags')) ?? [],
    password: optional(item.at('password')),
    password_hash: optional(item.at('password_hash')),
    hashing_algorithm: algorithm.missing ? ALGORITHMS[0] : algorithm.oneOf(ALGORITHMS),
    limits: readLimits(item.at('limits')),
  };
}

function readVhost(item: Found): VhostDefinition {
  const metadata = item.at('metadata');
  return {
    name: item.at('name').word(),
    ...readDescription(item),
    tracing: flag(item.at('tracing'), false),
    metadata: metadata.missing ? undefined : readDescription(metadata),
  };
}

function readDescription(item: Found): VhostDescription {
  const type = item.at('default_queue_type');
  return {
    description: optional(item.at('description')),
    tags: readTags(item.at('tags')),
    default_queue_type: type.value === null ? undefined : optional(type),
    protected_from_deletion: item.at('protected_from_deletion').value === true ? true : undefined,
  };
}

/** A list, or names between commas as old exports have them. */
function readTags(found: Found): readonly string[] | undefined {
  if (found.missing) return undefined;
  if (typeof found.value === 'string') {
    const tags = found.value.split(',').map((tag) => tag.trim());
    return tags.filter((tag) => tag !== '');
  }
  return found.list().map((tag) => tag.word());
}

function readSettings(found: Found): PolicyDefinition {
  return Object.fromEntries(
    Object.entries(found.record()).map(([key, value]) => {
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return [key, value];
      return found.at(key).fail('a string, a number, true or false');
    }),
  );
}

function readLife(item: Found): { durable: boolean; auto_delete: boolean; arguments: Arguments } {
  return { durable: flag(item.at('durable'), true), auto_delete: flag(item.at('auto_delete'), false), arguments: readArguments(item) };
}

function readArguments(item: Found): Arguments {
  const found = item.at('arguments');
  return found.missing || (Array.isArray(found.value) && found.value.length === 0) ? {} : found.record();
}

function vhostOf(item: Found): OfVhost {
  return { vhost: optional(item.at('vhost')) };
}

function words<K extends string>(item: Found, ...names: readonly K[]): Record<K, string>;
function words(item: Found, ...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, item.at(name).word()]));
}

function optional(found: Found): string | undefined {
  return found.missing ? undefined : found.word();
}

function flag(found: Found, otherwise: boolean): boolean {
  return found.missing ? otherwise : found.flag();
}
