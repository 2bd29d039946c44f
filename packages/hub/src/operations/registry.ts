import { ControlError, type ControlOperation } from '@wirelike/kernel';
import type { Hub } from '../hub.ts';
import { MAIN } from '../hub.ts';
import { jsonOf } from '../json.ts';
import { unknownWord } from '../nearest.ts';
import { clockOperations } from './clock.ts';
import { faultOperations } from './faults.ts';
import { journalOperations, journalStreams } from './journal.ts';
import { defineOperation, type Operation, type Stream } from './operation.ts';
import { stateOperations } from './state.ts';
import { statusOperations } from './status.ts';
import { worldOperations } from './worlds.ts';

export interface OperationSummary {
  readonly name: string;
  readonly help: string;
}

const listing = defineOperation({
  name: 'operations',
  help: 'What can be asked, in one line each; emulators add their own',
  parameters: (zod) => zod.strictObject({}),
  run: (hub) => summaries(hub),
});

/** Every control operation that does not belong to an emulator, once, for all interfaces. */
export const operations: readonly Operation[] = [
  ...[...statusOperations, listing, ...stateOperations, ...clockOperations],
  ...[...faultOperations, ...journalOperations, ...worldOperations],
];

export const streams: readonly Stream[] = journalStreams;

/** Runs the named operation. The result is plain JSON. Throws a `ControlError` with a sentence for the caller. */
export async function callOperation(hub: Hub, name: string, parameters: unknown): Promise<unknown> {
  const operation = operations.find((candidate) => candidate.name === name);
  if (operation !== undefined) return jsonOf(await operation.call(hub, parameters));
  const own = ownOperation(hub, name, parameters);
  if (own !== undefined) return jsonOf(await own.operation.run(own.parameters));
  if (streams.some((stream) => stream.name === name)) throw new ControlError(`${name} is a stream: follow it instead of calling it`);
  throw new ControlError(unknownWord('operation', name, names(hub)));
}

/** Opens the named stream; the result ends it. */
export async function openStream(hub: Hub, name: string, parameters: unknown, emit: (item: object) => void): Promise<() => void> {
  const stream = streams.find((candidate) => candidate.name === name);
  if (stream === undefined)
    throw new ControlError(
      unknownWord(
        'stream',
        name,
        streams.map((candidate) => candidate.name),
      ),
    );
  return stream.open(hub, parameters, emit);
}

export function summaries(hub: Hub): readonly OperationSummary[] {
  const own = new Map<string, OperationSummary>();
  for (const { emulator, operation } of ownOperations(hub)) {
    const name = `${emulator}.${operation.name}`;
    own.set(name, { name, help: operation.help });
  }
  return [...[...operations, ...streams].map(({ name, help }) => ({ name, help })), ...own.values()];
}

function names(hub: Hub): string[] {
  return summaries(hub).map(({ name }) => name);
}

/** `amqp.alarm.raise` in the world that the parameters name; the emulator gets the other parameters. */
function ownOperation(hub: Hub, name: string, parameters: unknown): { operation: ControlOperation; parameters: object } | undefined {
  const dot = name.indexOf('.');
  const [emulator, rest] = [name.slice(0, dot), name.slice(dot + 1)];
  if (!ownOperations(hub).some((known) => known.emulator === emulator && known.operation.name === rest)) return undefined;
  if (parameters !== undefined && (typeof parameters !== 'object' || parameters === null)) {
    throw new ControlError(`${name}: expected an object of parameters`);
  }
  const { world = MAIN, ...others }: { world?: unknown } = { ...parameters };
  const hosted = hub.world(String(world));
  const resident = hosted.world.emulators.some((candidate) => candidate.name === emulator);
  if (!resident) throw new ControlError(`${name}: world ${hosted.name} has no ${emulator}`);
  const operation = hosted.world.instance(emulator).control.find((candidate) => candidate.name === rest);
  return operation === undefined ? undefined : { operation, parameters: others };
}

function ownOperations(hub: Hub): { emulator: string; operation: ControlOperation }[] {
  return hub.worlds.flatMap(({ world }) =>
    world.emulators.flatMap((emulator) =>
      world.instance(emulator.name).control.map((operation) => ({ emulator: emulator.name, operation })),
    ),
  );
}
