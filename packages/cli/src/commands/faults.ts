import type { ArmedFault, FaultAction, FaultRule } from '@wirelike/client';
import type { Command } from 'commander';
import { collect } from '../collect.ts';
import { UsageError } from '../report.ts';
import { addTargetOptions, inWorld, type TargetOptions, withRunning } from '../running.ts';

interface AddOptions extends TargetOptions {
  readonly where?: readonly string[];
  readonly parameter?: readonly string[];
  readonly direction?: 'in' | 'out';
  readonly nth?: string;
  readonly first?: string;
  readonly every?: string;
  readonly probability?: string;
  readonly delay?: string;
  readonly error?: string | true;
  readonly text?: string;
  readonly close?: boolean;
  readonly reset?: boolean;
  readonly swallow?: boolean;
  readonly corrupt?: boolean;
  readonly action?: string;
}

export function registerFaults(program: Command): void {
  const group = program
    .command('faults')
    .summary('make operations fail')
    .description('Rules that delay, refuse, swallow or break operations of any emulator.');
  registerAdd(group);
  addTargetOptions(group.command('list').description('the rules, how often each matched and how often it fired')).action(
    async (options: TargetOptions) => {
      const faults = await withRunning(options, (client) => client.call('faults.list', inWorld(options)));
      for (const fault of faults) console.log(describe(fault));
    },
  );
  addTargetOptions(group.command('remove').description('disarm a rule').argument('<id>', 'its number', wholeNumber)).action(
    async (id: number, options: TargetOptions) => {
      await withRunning(options, (client) => client.call('faults.remove', { ...inWorld(options), id }));
    },
  );
  addTargetOptions(group.command('clear').description('disarm all rules')).action(async (options: TargetOptions) => {
    await withRunning(options, (client) => client.call('faults.clear', inWorld(options)));
  });
}

function registerAdd(group: Command): void {
  const command = group
    .command('add')
    .description('arm a rule')
    .argument('<emulator>', 'by name')
    .argument('<operation>', "the protocol's own name; * stands for any run of characters")
    .option('--where <NAME=VALUE>', 'only operations with this attribute (wirelike trace shows them); repeatable', collect)
    .option('--direction <in|out>', 'only what clients ask (in), or only what they are told (out)')
    .option('--nth <N>', 'only the Nth that matches')
    .option('--first <N>', 'only the first N')
    .option('--every <N>', 'every Nth')
    .option('--probability <P>', 'each with probability P (0 to 1)')
    .option('--delay <DURATION>', 'it happens later: 200ms, 5s')
    .option('--error [CODE]', "answer with the protocol's error instead")
    .option('--text <TEXT>', "the error's text")
    .option('--close', 'close the connection instead')
    .option('--reset', 'reset the TCP connection instead')
    .option('--swallow', 'nothing happens and nobody is told')
    .option('--corrupt', 'it happens, but bytes of the answer are flipped')
    .option('--action <NAME>', "before it, an action of the emulator's own: crash, alarm.raise (wirelike do lists most)")
    .option('--parameter <NAME=VALUE>', 'for --action; repeatable', collect);
  addTargetOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (emulator: string, operation: string, options: AddOptions) => {
      const rule = ruleOf(emulator, operation, options);
      const { id } = await withRunning(options, (client) => client.call('faults.add', { ...inWorld(options), rule }));
      console.log(`rule ${id}`);
    });
}

const EXAMPLES = `
Examples:
  wirelike faults add ldap search --delay 2s
  wirelike faults add ldap bind --first 3 --error 52 --text "try again later"
  wirelike faults add amqp basic.publish --where exchange=orders --every 10 --reset
  wirelike faults add amqp basic.publish --nth 100 --action alarm.raise --parameter resource=memory`;

function ruleOf(emulator: string, operation: string, options: AddOptions): FaultRule {
  const { nth, first, every, probability } = options;
  const counted = Object.entries({ nth, first, every, probability }).filter(([, value]) => value !== undefined);
  return {
    ...{ emulator, operation, action: actionOf(options) },
    ...(options.direction === undefined ? {} : { direction: options.direction }),
    ...(options.where === undefined ? {} : { where: pairs('--where', options.where) }),
    ...(counted.length === 0
      ? {}
      : { occurrences: Object.fromEntries(counted.map(([name, value = '']) => [name, numberOf(`--${name}`, value)])) }),
  };
}

function actionOf(options: AddOptions): FaultAction {
  if (options.text !== undefined && options.error === undefined) throw new UsageError('--text is the text of --error, which is missing');
  if (options.parameter !== undefined && options.action === undefined)
    throw new UsageError('--parameter is for --action, which is missing');
  const actions: FaultAction[] = [];
  if (options.delay !== undefined) actions.push({ kind: 'delay', milliseconds: options.delay });
  if (options.error !== undefined) {
    const code = options.error === true ? undefined : /^\d+$/.test(options.error) ? Number(options.error) : options.error;
    actions.push({ kind: 'error', ...(code === undefined ? {} : { code }), ...(options.text === undefined ? {} : { text: options.text }) });
  }
  for (const kind of ['close', 'reset', 'swallow', 'corrupt'] as const) if (options[kind]) actions.push({ kind });
  if (options.action !== undefined) {
    actions.push({ kind: 'custom', name: options.action, parameters: pairs('--parameter', options.parameter ?? []) });
  }
  const [action, second] = actions;
  if (action === undefined || second !== undefined) {
    throw new UsageError('expected one of --delay, --error, --close, --reset, --swallow, --corrupt and --action');
  }
  return action;
}

function pairs(option: string, choices: readonly string[]): Record<string, string> {
  const split = choices.map((choice): [string, string] => {
    const equals = choice.indexOf('=');
    if (equals <= 0) throw new UsageError(`${option} ${choice}: expected NAME=VALUE`);
    return [choice.slice(0, equals), choice.slice(equals + 1)];
  });
  return Object.fromEntries(split);
}

function describe({ id, rule, matched, fired }: ArmedFault): string {
  const { emulator, operation, where = {}, occurrences = {}, action } = rule;
  const { kind, ...details } = action;
  const words = (values: object): string[] => Object.entries(values).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const parts = [`${emulator} ${operation}`, ...words(where), ...words(occurrences), 'then', kind, ...words(details)];
  return `${String(id).padStart(3)}  ${parts.join(' ')}  (matched ${matched}, fired ${fired})`;
}

function numberOf(option: string, text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new UsageError(`${option}: expected a number, found "${text}"`);
  return Number(text);
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new UsageError(`expected the number of a rule, found "${text}"`);
  return Number(text);
}
