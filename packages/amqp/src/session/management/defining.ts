import { DefinitionError } from '../../admin/definitions-format.ts';
import { importDefinitions } from '../../admin/import-definitions.ts';
import { isObject } from '../../admin/json.ts';
import { type Broker, patternMistake, Refusal } from '../../model/index.ts';
import { failureOf } from '../errors.ts';
import { HttpError } from './http-error.ts';

type Definitions = Readonly<Record<string, unknown>>;

/** `actor`: who makes virtual hosts. Users, permissions, policies and parameters that are put one by one are definitions of one thing. */
export function define(broker: Broker, definitions: Definitions, vhost?: string, actor?: string): void {
  importing(broker, definitions, vhost, actor, (error) => {
    if (error.cause instanceof Refusal) {
      const { text } = failureOf(error.cause.condition, broker.release);
      return text.replace(/^[A-Z_]+ - /, '');
    }
    const [, missing] = NO_SUCH_VHOST.exec(error.message) ?? [];
    return missing === undefined ? error.message : ['no_such_vhost', missing];
  });
}

/** Definitions that somebody imports: what is wrong with them is told in other words (rabbit_definitions:format/1). */
export function defined(broker: Broker, definitions: Definitions, vhost?: string, actor?: string): void {
  importing(broker, definitions, vhost, actor, (error) => {
    // 3.10 makes JSON of Erlang's terms, as it does otherwise.
    const term = broker.persona === '3.10' ? termOf(broker, definitions, error, vhost) : undefined;
    return term ?? reasonOf(broker, definitions, error);
  });
}

function importing(
  broker: Broker,
  definitions: Definitions,
  vhost: string | undefined,
  actor: string | undefined,
  explain: (error: DefinitionError) => unknown,
): void {
  try {
    importDefinitions(broker, definitions, vhost, actor);
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    throw HttpError.badRequest(explain(error));
  }
}

/** What the plugin has a term for where we have a sentence. */
const NO_SUCH_VHOST = /expected a vhost that exists, found '(.*)'$/s;
const NO_SUCH_USER = /expected a user who exists, found '(.*)'$/s;

function reasonOf(broker: Broker, definitions: Definitions, error: DefinitionError): string {
  const { cause, message, keys } = error;
  const [, vhost] = NO_SUCH_VHOST.exec(message) ?? [];
  if (vhost !== undefined) return `Please create virtual host "${vhost}" prior to importing definitions.`;
  const [, user] = NO_SUCH_USER.exec(message) ?? [];
  if (user !== undefined) return `{no_such_user,<<"${user}">>}`;
  if (cause instanceof Refusal) return refusal(broker, cause);
  const { category, item, key } = meant(definitions, keys);
  if (item === undefined) return message;
  if (category === 'policies' || category === 'parameters') return invalid(broker, item, message.replace(/^\w+\.\d+: /, ''), category);
  const expression = item[String(key)];
  const mistake = typeof expression === 'string' ? patternMistake(expression, broker.release) : undefined;
  if (mistake === undefined) return message;
  const shown = category === 'permissions' ? `"${expression}"` : `<<"${expression}">>`;
  return `{invalid_regexp,${shown},{"${mistake.text}",${mistake.at}}}`;
}

/** Which of the definitions that error is about. */
function meant(definitions: Definitions, keys: DefinitionError['keys']): { category: string; item: Definitions | undefined; key: string } {
  const [category, index, key] = keys.map(String);
  const of = definitions[category ?? ''];
  const item: unknown = Array.isArray(of) ? of[Number(index)] : undefined;
  return { category: category ?? '', item: isObject(item) ? item : undefined, key: key ?? '' };
}

function termOf(broker: Broker, definitions: Definitions, error: DefinitionError, vhost: string | undefined): unknown {
  const [, missing] = NO_SUCH_VHOST.exec(error.message) ?? [];
  if (missing !== undefined) return ['no_such_vhost', missing];
  const [, user] = NO_SUCH_USER.exec(error.message) ?? [];
  if (user !== undefined) return ['no_such_user', user];
  if (error.cause instanceof Refusal && vhost === undefined) {
    const [, name = '', text = ''] = /^([A-Z_]+) - (.*)$/s.exec(failureOf(error.cause.condition, broker.release).text) ?? [];
    return ['amqp_error', name.toLowerCase(), codesOf(text), 'none'];
  }
  const { category, item, key } = meant(definitions, error.keys);
  const expression = item?.[key];
  if (typeof expression !== 'string' || !category.endsWith('permissions')) return undefined;
  const mistake = patternMistake(expression, broker.release);
  if (mistake === undefined) return undefined;
  return ['invalid_regexp', category === 'permissions' ? codesOf(expression) : expression, [codesOf(mistake.text), mistake.at]];
}

function codesOf(text: string): readonly number[] {
  return [...Buffer.from(text)];
}

function refusal({ release }: Broker, { condition }: Refusal): string {
  if (condition.kind === 'not-found') {
    const { type, name, vhost } = condition.resource;
    return `{resources_missing,[{not_found,{resource,<<"${vhost}">>,${type},<<"${name}">>}}]}`;
  }
  return failureOf(condition, release).text.replace(/^([A-Z_]+) - /, (_, name: string) => `${name.toLowerCase()}: `);
}

function invalid({ release }: Broker, { vhost, component, name }: Definitions, problem: string, category: string): string {
  const validation = `Validation failed\n\n${problem}\n`;
  if (release.has('plain-policy-problems')) {
    const of = category === 'policies' ? `key: "${name}"` : `/ component: "${component}" / key: "${name}"`;
    return `${validation} (vhost: "${vhost}" ${of})`;
  }
  const text = `${validation} (${category === 'policies' ? `${vhost}/${name}` : `${vhost}/${component}/${name}`})`;
  return release.has('internal-users') ? `<<${JSON.stringify(text)}>>` : text;
}
