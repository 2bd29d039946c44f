import { SeedError, type SeedSection, type SeedSource } from '@wirelike/kernel';
import { type Broker, LOG_EXCHANGE } from '../model/index.ts';
import { readDefinitions } from './definitions-format.ts';
import { DefinitionError } from './found.ts';
import { importDefinitions } from './import-definitions.ts';
import { JsonLines } from './json-lines.ts';

/**
 * RabbitMQ's definitions, as a `.json` file or as the `amqp` section of a YAML seed. A seed that lists users
 * replaces `guest`, and one that lists virtual hosts replaces `/`, as definitions loaded at boot do.
 */
export function seed(broker: Broker, source: SeedSource): void {
  if (source.kind === 'section') checkCategories(source);
  const { value, line } =
    source.kind === 'section' ? { value: source.value, line: source.line.bind(source) } : parsed(source.path, source.text);
  try {
    const { users, vhosts } = readDefinitions(value);
    // Definitions that are loaded at boot make the virtual host too late for it.
    const vhost = vhosts.some(({ name }) => name === '/') ? broker.vhost('/') : undefined;
    const logs = vhost?.exchanges.get(LOG_EXCHANGE);
    if (logs !== undefined) vhost?.removeExchange(logs);
    importDefinitions(broker, value);
    if (vhosts.length > 0 && vhosts.every(({ name }) => name !== '/')) broker.removeVhost('/');
    if (users.length > 0 && users.every(({ name }) => name !== 'guest')) broker.removeUser('guest');
  } catch (error) {
    if (error instanceof DefinitionError) throw new SeedError(source.path, line(error.keys), error.message);
    throw error;
  }
}

const CATEGORIES = [
  ...[
    'users',
    'vhosts',
    'permissions',
    'topic_permissions',
    'parameters',
    'global_parameters',
    'policies',
    'queues',
    'exchanges',
    'bindings',
  ],
];

/** What RabbitMQ writes besides when it exports definitions: somebody may have pasted it. */
const ABOUT = /^(rabbit|product|original|explanation|description|metadata|default_queue_type|tags|limits)/;

/** A file may be of a later RabbitMQ and hold more than we know. A section is written by hand: a strange word is a typing error. */
function checkCategories(section: SeedSection): void {
  const { path, value } = section;
  if (typeof value !== 'object' || value === null) return;
  const strange = Object.keys(value).find((key) => !CATEGORIES.includes(key) && !ABOUT.test(key));
  if (strange !== undefined)
    throw new SeedError(path, section.line([strange]), `expected one of ${CATEGORIES.join(', ')}, found "${strange}"`);
}

function parsed(path: string, text: string): { value: unknown; line: (keys: readonly (string | number)[]) => number } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SeedError(path, lineOfSyntaxError(error, text), `expected JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const lines = new JsonLines(text);
  return { value, line: (keys) => lines.line(keys) };
}

/** V8 gives the position; where it does not, the text ended too early. */
function lineOfSyntaxError(error: unknown, text: string): number {
  const position = error instanceof Error ? /position (\d+)/.exec(error.message)?.[1] : undefined;
  return text.slice(0, position === undefined ? text.length : Number(position)).split('\n').length;
}
