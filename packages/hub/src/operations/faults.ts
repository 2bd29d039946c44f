import { ControlError, type Emulator, type FaultRule, glob, type World } from '@wirelike/kernel';
import type { z } from 'zod';
import { parseDuration } from '../duration.ts';
import { unknownWord } from '../nearest.ts';
import { defineOperation, inWorld, type Operation, type Zod } from './operation.ts';

/** What a rule looks like on the control interface. */
function ruleSchema(zod: Zod): z.ZodType<FaultRule> {
  const attributes = zod.record(zod.string(), zod.union([zod.string(), zod.number(), zod.boolean()]));
  const duration = zod.union([zod.number().nonnegative(), zod.string()]).describe('Milliseconds, or a duration like 200ms');
  const milliseconds = duration.transform((given) => (typeof given === 'number' ? given : parseDuration(given)));
  const action = zod.discriminatedUnion('kind', [
    zod.strictObject({ kind: zod.literal('delay'), milliseconds }),
    zod.strictObject({
      kind: zod.literal('error'),
      code: zod.union([zod.number(), zod.string()]).optional().describe("One of the protocol's own"),
      text: zod.string().optional(),
    }),
    zod.strictObject({ kind: zod.literal('close') }),
    zod.strictObject({ kind: zod.literal('reset') }),
    zod.strictObject({ kind: zod.literal('swallow') }),
    zod.strictObject({ kind: zod.literal('corrupt') }),
    zod.strictObject({ kind: zod.literal('custom'), name: zod.string(), parameters: attributes.default({}) }),
  ]);
  const occurrences = zod.strictObject({
    nth: zod.number().int().positive().optional(),
    first: zod.number().int().positive().optional(),
    every: zod.number().int().positive().optional(),
    probability: zod.number().min(0).max(1).optional(),
  });
  return zod.strictObject({
    emulator: zod.string(),
    operation: zod.string().describe('An operation by name; * stands for any run of characters'),
    direction: zod.enum(['in', 'out']).optional(),
    where: attributes.optional().describe('Attributes that must be equal; * in a text stands for any run of characters'),
    occurrences: occurrences.optional(),
    action,
  });
}

export const faultOperations: readonly Operation[] = [
  defineOperation({
    name: 'faults.add',
    help: 'Arms a rule: which operations of which emulator, and what happens to them',
    parameters: (zod) => zod.strictObject({ world: inWorld(zod), rule: ruleSchema(zod) }),
    run: (hub, { world, rule }) => {
      const hosted = hub.world(world);
      checkRule(hosted.world, rule);
      const { id } = hosted.world.faults.add(rule);
      return { id };
    },
  }),
  defineOperation({
    name: 'faults.list',
    help: 'The armed rules, how often each matched and how often it fired',
    parameters: (zod) => zod.strictObject({ world: inWorld(zod) }),
    run: (hub, { world }) => hub.world(world).world.faults.list(),
  }),
  defineOperation({
    name: 'faults.remove',
    help: 'Disarms a rule',
    parameters: (zod) => zod.strictObject({ world: inWorld(zod), id: zod.number().int() }),
    run: (hub, { world, id }) => {
      const { faults } = hub.world(world).world;
      if (!faults.remove(id))
        throw new ControlError(
          unknownWord(
            'fault',
            String(id),
            faults.list().map((armed) => String(armed.id)),
          ),
        );
      return {};
    },
  }),
  defineOperation({
    name: 'faults.clear',
    help: 'Disarms all rules',
    parameters: (zod) => zod.strictObject({ world: inWorld(zod) }),
    run: (hub, { world }) => {
      hub.world(world).world.faults.clear();
      return {};
    },
  }),
];

/** Throws a `ControlError` for an emulator, an operation or an error code that does not exist. */
export function checkRule(world: World, rule: FaultRule): void {
  const names = world.emulators.map(({ name }) => name);
  const emulator = world.emulators.find(({ name }) => name === rule.emulator);
  if (emulator === undefined) throw new ControlError(`faults.add: rule.emulator: ${unknownWord('emulator', rule.emulator, names)}`);
  const operations = emulator.operations.map(({ name }) => name);
  const wildcard = rule.operation.includes('*');
  const known = wildcard ? operations.some(glob(rule.operation)) : operations.includes(rule.operation);
  if (!known) {
    throw new ControlError(`faults.add: rule.operation: ${unknownWord(`operation of ${emulator.name}`, rule.operation, operations)}`);
  }
  if (rule.action.kind === 'custom') checkAction(world, emulator, rule.action.name);
  if (rule.action.kind !== 'error') return;
  const wrong = emulator.checkFaultError?.({ code: rule.action.code, operation: rule.operation });
  if (wrong !== undefined) throw new ControlError(`faults.add: rule.action: ${wrong}`);
}

function checkAction(world: World, { name, fault_actions = [] }: Emulator, action: string): void {
  const known = [...fault_actions, ...world.instance(name).control.map((operation) => operation.name)];
  if (!known.includes(action)) throw new ControlError(`faults.add: rule.action: ${unknownWord(`action of ${name}`, action, known)}`);
}
