import { z } from 'zod';
import type { ApplyTo, PolicyDefinition, User } from '../model/index.ts';

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
  readonly default_queue_type?: string | null | undefined;
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

// https://www.rabbitmq.com/docs/definitions. Unknown members are ignored, as RabbitMQ does.
const name = z.string();
const pattern = z.string();
const args = z.record(z.string(), z.unknown()).default({});
/** A list, or names between commas as old exports have them. */
const tags = z.union([z.array(z.string()), z.string().transform((text) => text.split(',').filter((tag) => tag !== ''))]).default([]);
const setting = z.union([z.string(), z.number(), z.boolean()]);

const user = z.object({
  name,
  tags,
  password: z.string().optional(),
  password_hash: z.string().optional(),
  hashing_algorithm: z
    .enum(['rabbit_password_hashing_sha256', 'rabbit_password_hashing_sha512', 'rabbit_password_hashing_md5'])
    .default('rabbit_password_hashing_sha256'),
  limits: z.union([z.record(z.string(), z.number()), z.array(z.never()).transform(() => ({}))]).default({}),
});

const metadata = { description: z.string().optional(), tags: tags.optional(), default_queue_type: z.string().nullish() };
const vhost = z.object({ name, ...metadata, tracing: z.boolean().default(false), metadata: z.object(metadata).optional() });

const policy = {
  pattern,
  definition: z.record(z.string(), setting),
  priority: z.number().int().default(0),
  'apply-to': z.enum(['all', 'queues', 'exchanges', 'classic_queues', 'quorum_queues', 'streams']).default('all'),
};

const bound = { source: name, destination: name, routing_key: z.string().default(''), arguments: args };

const local = { vhost: name.optional() };

const definitions: z.ZodType<Definitions> = z.object({
  users: z.array(user).default([]),
  vhosts: z.array(vhost).default([]),
  permissions: z.array(z.object({ user: name, vhost: name, configure: pattern, write: pattern, read: pattern })).default([]),
  topic_permissions: z.array(z.object({ user: name, vhost: name, exchange: name, write: pattern, read: pattern })).default([]),
  parameters: z.array(z.object({ ...local, component: name, name, value: z.unknown() })).default([]),
  global_parameters: z.array(z.object({ name, value: z.unknown() })).default([]),
  policies: z.array(z.object({ ...local, name, ...policy })).default([]),
  queues: z
    .array(
      z.object({
        ...local,
        name,
        durable: z.boolean().default(true),
        auto_delete: z.boolean().default(false),
        arguments: args,
        type: z.string().optional(),
      }),
    )
    .default([]),
  exchanges: z
    .array(
      z.object({
        ...local,
        name,
        type: name,
        durable: z.boolean().default(true),
        auto_delete: z.boolean().default(false),
        internal: z.boolean().default(false),
        arguments: args,
      }),
    )
    .default([]),
  bindings: z.array(z.object({ ...local, ...bound, destination_type: z.enum(['queue', 'exchange']) })).default([]),
});

export const operatorPolicyFormat: z.ZodType<PolicyBody> = z.object(policy);

export const limitsFormat: z.ZodType<Record<string, number>> = z.record(z.string(), z.number());

/** What is wrong with definitions, and where. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
  readonly keys: readonly (string | number)[];

  constructor(keys: readonly (string | number)[], problem: string) {
    super(problem);
    this.keys = keys;
  }
}

/** Throws {@link DefinitionError}. */
export function readDefinitions(value: unknown): Definitions {
  const read = definitions.safeParse(value);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const keys = (issue?.path ?? []).filter((key) => typeof key !== 'symbol');
  throw new DefinitionError(keys, `${keys.join('.')}: ${(issue?.message ?? 'invalid').replace(/^Invalid input: /, '')}`);
}
