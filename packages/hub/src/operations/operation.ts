import { ControlError } from '@wirelike/kernel';
import type { z } from 'zod';
import type { Hub } from '../hub.ts';
import { explain } from './explain.ts';

/** The schema library. It takes 100 ms to load, so that nobody loads it before the first operation is called. */
export type Zod = typeof z;

/** Something that can be asked of the hub, by its name, from the CLI, over HTTP or in process. */
export interface Operation {
  readonly name: string;
  readonly help: string;
  /** Throws a {@link ControlError} with a sentence for the caller if the parameters or the request are wrong. */
  call(hub: Hub, parameters: unknown): Promise<unknown>;
  /** The parameters as JSON Schema. */
  schema(): Promise<object>;
}

/** Something that can be listened to. */
export interface Stream {
  readonly name: string;
  readonly help: string;
  /** Calls `emit` until the function that it returns is called. */
  open(hub: Hub, parameters: unknown, emit: (item: object) => void): Promise<() => void>;
  schema(): Promise<object>;
}

export interface OperationDefinition<S extends z.ZodObject> {
  readonly name: string;
  readonly help: string;
  parameters(zod: Zod): S;
  run(hub: Hub, parameters: z.output<S>): unknown;
}

export function defineOperation<S extends z.ZodObject>(definition: OperationDefinition<S>): Operation {
  const schema = once(definition.parameters);
  return {
    name: definition.name,
    help: definition.help,
    call: async (hub, parameters) => definition.run(hub, await check(definition.name, await schema(), parameters)),
    schema: async () => describe(await schema()),
  };
}

export interface StreamDefinition<S extends z.ZodObject> {
  readonly name: string;
  readonly help: string;
  parameters(zod: Zod): S;
  open(hub: Hub, parameters: z.output<S>, emit: (item: object) => void): () => void;
}

export function defineStream<S extends z.ZodObject>(definition: StreamDefinition<S>): Stream {
  const schema = once(definition.parameters);
  return {
    name: definition.name,
    help: definition.help,
    open: async (hub, parameters, emit) => definition.open(hub, await check(definition.name, await schema(), parameters), emit),
    schema: async () => describe(await schema()),
  };
}

/** The world that an operation is about. */
export function inWorld(zod: Zod): z.ZodDefault<z.ZodString> {
  return zod.string().default('main').describe('The world, by name');
}

function once<S>(make: (zod: Zod) => S): () => Promise<S> {
  let made: Promise<S> | undefined;
  return () => {
    made ??= import('zod').then((module) => make(module.z));
    return made;
  };
}

async function check<S extends z.ZodObject>(operation: string, schema: S, parameters: unknown): Promise<z.output<S>> {
  const checked = schema.safeParse(parameters ?? {}, { reportInput: true });
  if (!checked.success) throw new ControlError(`${operation}: ${explain(checked.error, Object.keys(schema.shape))}`);
  return checked.data;
}

async function describe(schema: z.ZodObject): Promise<object> {
  const { z } = await import('zod');
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
}
