import { DefinitionError } from '../../admin/definitions-format.ts';
import { importDefinitions } from '../../admin/import-definitions.ts';
import { type Broker, Refusal } from '../../model/index.ts';
import { failureOf } from '../errors.ts';
import { HttpError } from './http-error.ts';

/** `actor`: who makes virtual hosts. Users, permissions, policies and parameters that are put one by one are definitions of one thing. */
export function define(broker: Broker, definitions: Readonly<Record<string, unknown>>, vhost?: string, actor?: string): void {
  try {
    importDefinitions(broker, definitions, vhost, actor);
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    if (error.cause instanceof Refusal) {
      const { text } = failureOf(error.cause.condition, broker.release);
      throw HttpError.badRequest(text.replace(/^[A-Z_]+ - /, ''));
    }
    const [, missing] = NO_SUCH_VHOST.exec(error.message) ?? [];
    throw HttpError.badRequest(missing === undefined ? error.message : ['no_such_vhost', missing]);
  }
}

/** What the plugin has a term for where we have a sentence. */
const NO_SUCH_VHOST = /expected a vhost that exists, found '(.*)'$/s;
