import type { ArgumentFault, Condition } from '../model/index.ts';

/** What the broker refuses, as whoever wrote the definition is told of it. */
export interface RefusedDefinition {
  /** Where in the definition. */
  readonly keys: readonly string[];
  readonly problem: string;
}

/** Nothing for what definitions are hardly ever refused for. */
export function refusedDefinition(condition: Condition): RefusedDefinition | undefined {
  switch (condition.kind) {
    case 'not-found': {
      const { type, name, vhost } = condition.resource;
      return { keys: [], problem: `expected ${article(type)} ${type} that exists, found '${name}' in vhost '${vhost}'` };
    }
    case 'unknown-exchange-type':
      return { keys: ['type'], problem: `expected a type of exchange that exists, found '${condition.type}'` };
    case 'invalid-argument':
      return { keys: ['arguments', condition.argument], problem: `${condition.argument}: ${argumentProblem(condition.fault)}` };
    case 'invalid-argument-type':
      return {
        keys: ['arguments', condition.argument],
        problem: `${condition.argument}: expected another type than ${typeWord(condition.got)}`,
      };
    case 'unsupported-argument':
      return {
        keys: ['arguments', condition.argument],
        problem: `expected no ${condition.argument}, which queues of this type (${condition.queueType}) don't have`,
      };
    case 'invalid-property':
      return { keys: [], problem: `expected a queue of another type, or one that is not ${condition.property}` };
    default:
      return undefined;
  }
}

function article(noun: string): string {
  return /^[aeiou]/.test(noun) ? 'an' : 'a';
}

/** JSON has strings and numbers; AMQP's names for them say nothing to who wrote it. */
function typeWord(type: string): string {
  if (type === 'longstr') return 'a string';
  return /^(signed|unsigned)?(byte|short|int|long)$/.test(type) ? 'a number' : type;
}

function argumentProblem(fault: ArgumentFault): string {
  switch (fault.fault) {
    case 'value_negative':
      return `expected 0 or more, found ${fault.value}`;
    case 'value_zero':
      return 'expected more than 0';
    case 'max_value_exceeded':
    case 'value_too_large':
      return `expected less, found ${fault.value}`;
    case 'expected_integer':
      return `expected an integer, found ${typeWord(fault.got)}`;
    case 'unacceptable_type':
      return `expected another type than ${typeWord(fault.got)}`;
    case 'unsupported':
      return `expected a ${fault.what} that exists, found '${fault.value}'`;
    case 'routing_key_but_no_dlx_defined':
      return 'expected x-dead-letter-exchange beside it';
    default:
      return `expected one of its values (${fault.fault})`;
  }
}
