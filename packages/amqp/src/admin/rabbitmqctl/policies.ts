import { PARAMETER_COMPONENTS } from '../../model/index.ts';
import { parametersOf } from '../export-definitions.ts';
import { globalParametersOf } from '../global-parameters.ts';
import { importDefinitions } from '../import-definitions.ts';
import { isObject, type JsonObject } from '../json.ts';
import { policyProblem } from '../policy-problem.ts';
import { type Call, type CtlCommand, CtlFailure, EXIT, listedVhost, option, vhostOf, word } from './command.ts';
import { jsonOf } from './limits.ts';

/** Policies, operator policies and runtime parameters. */
export const policyCommands: Readonly<Record<string, CtlCommand>> = {
  ...policies('policy', 'policy', 'policies'),
  ...policies('operator_policy', 'operator policy', 'operator_policies'),
  set_parameter: {
    usage: '[--vhost <vhost>] <component_name> <name> <value>',
    words: [3, 3],
    banner: (call) =>
      `Setting runtime parameter "${word(call, 1)}" for component "${word(call, 0)}" to "${word(call, 2)}" in vhost "${call.vhost}" ...`,
    run: (call) => {
      const [component, name, value] = [word(call, 0), word(call, 1), jsonOf(word(call, 2), call.broker)];
      if (!PARAMETER_COMPONENTS.includes(component)) throw CtlFailure.of(`Validation failed\n\ncomponent ${component} not found\n`);
      importDefinitions(call.broker, { parameters: [{ vhost: vhostOf(call).name, component, name, value }] });
      return undefined;
    },
  },
  clear_parameter: {
    usage: '[--vhost <vhost>] <component_name> <name>',
    words: [2, 2],
    banner: (call) => `Clearing runtime parameter "${word(call, 1)}" for component "${word(call, 0)}" on vhost "${call.vhost}" ...`,
    run: (call) => {
      if (!vhostOf(call).clearParameter(word(call, 0), word(call, 1))) throw CtlFailure.of('Parameter does not exist');
      return undefined;
    },
  },
  list_parameters: {
    usage: '[--vhost <vhost>] [--no-table-headers]',
    words: [0, 0],
    banner: ({ vhost }) => `Listing runtime parameters for vhost "${vhost}" ...`,
    run: (call) => ({
      whole: true,
      columns: ['component', 'name', 'value'],
      rows: parametersOf(vhostOf(call)).map(({ component, name, value }) => ({
        component,
        name,
        value: JSON.stringify(value),
      })),
    }),
  },
  set_global_parameter: {
    usage: '<name> <value>',
    words: [2, 2],
    banner: (call) => `Setting global runtime parameter "${word(call, 0)}" to "${word(call, 1)}" ...`,
    run: (call) => {
      importDefinitions(call.broker, { global_parameters: [{ name: word(call, 0), value: jsonOf(word(call, 1), call.broker) }] });
      return undefined;
    },
  },
  clear_global_parameter: {
    usage: '<name>',
    words: [1, 1],
    banner: (call) => `Clearing global runtime parameter "${word(call, 0)}" ...`,
    run: (call) => {
      if (!call.broker.globalParameters.delete(word(call, 0))) throw CtlFailure.of('Parameter does not exist');
      return undefined;
    },
  },
  list_global_parameters: {
    usage: '[--no-table-headers]',
    words: [0, 0],
    banner: () => 'Listing global runtime parameters ...',
    run: ({ broker }) => ({
      whole: true,
      columns: ['name', 'value'],
      rows: Array.from(globalParametersOf(broker), ([name, value]) => ({ name, value: JSON.stringify(inOrder(value)) })),
    }),
  },
};

/** As Erlang has it: the names in a map are in order. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isObject(value)) return value;
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, inOrder(member)]));
}

function policies(kind: 'policy' | 'operator_policy', title: string, plural: string): Readonly<Record<string, CtlCommand>> {
  const operator = kind === 'operator_policy';
  const override = operator ? `${title} override` : title;
  return {
    [`set_${kind}`]: {
      usage: '[--vhost <vhost>] [--priority <priority>] [--apply-to <apply-to>] <name> <pattern> <definition>',
      words: [3, 3],
      switches: { priority: 'integer', 'apply-to': 'text' },
      banner: (call) =>
        `Setting ${override} "${word(call, 0)}" for pattern "${word(call, 1)}" to "${word(call, 2)}" with priority "${option(call, 'priority') ?? 0}" for vhost "${call.vhost}" ...`,
      run: (call) => setPolicy(call, operator),
    },
    [`clear_${kind}`]: {
      usage: '[--vhost <vhost>] <name>',
      words: [1, 1],
      banner: (call) => `Clearing ${title} "${word(call, 0)}" on vhost "${call.vhost}" ...`,
      run: (call) => {
        const vhost = vhostOf(call);
        if (!(operator ? vhost.operatorPolicies : vhost.policies).has(word(call, 0))) throw CtlFailure.of('Parameter does not exist');
        if (operator) vhost.setOperatorPolicy(word(call, 0), undefined);
        else vhost.setPolicy(word(call, 0), undefined);
        return undefined;
      },
    },
    [`list_${plural}`]: {
      usage: '[--vhost <vhost>] [--no-table-headers]',
      words: [0, 0],
      banner: ({ vhost }) => `Listing ${operator ? 'operator policy overrides' : 'policies'} for vhost "${vhost}" ...`,
      run: (call) => {
        const vhost = listedVhost(call);
        const rows = Array.from((operator ? vhost.operatorPolicies : vhost.policies).values(), (policy) => ({
          ...{ vhost: vhost.name, name: policy.name, pattern: policy.pattern, 'apply-to': policy.applyTo, priority: policy.priority },
          definition: JSON.stringify(inOrder(policy.definition)),
        }));
        return { columns: ['vhost', 'name', 'pattern', 'apply-to', 'definition', 'priority'], rows, whole: true };
      },
    },
  };
}

function setPolicy(call: Call, operator: boolean): undefined {
  const { vhost } = call;
  if (!call.broker.vhosts.has(vhost)) throw new CtlFailure(EXIT.data, `Virtual host '${vhost}' does not exist`);
  const name = word(call, 0);
  const body: JsonObject = {
    pattern: word(call, 1),
    definition: jsonOf(word(call, 2), call.broker),
    priority: Number(option(call, 'priority') ?? 0),
    'apply-to': option(call, 'apply-to') ?? 'all',
  };
  const problem = policyProblem(body, operator, call.broker.release);
  if (problem !== undefined) throw CtlFailure.of(`Validation failed\n\n${problem}\n`);
  if (operator) importDefinitions(call.broker, { parameters: [{ vhost, component: 'operator_policy', name, value: body }] });
  else importDefinitions(call.broker, { policies: [{ vhost, name, ...body }] });
}
