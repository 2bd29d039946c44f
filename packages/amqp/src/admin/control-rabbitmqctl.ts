import { ControlError, type ControlOperation } from '@wirelike/kernel';
import type { Broker } from '../model/index.ts';
import { isObject } from './json.ts';

/** What `wirelike rabbitmqctl` asks for. */
export function controlRabbitmqctl(broker: Broker): ControlOperation {
  return {
    name: 'rabbitmqctl',
    help: 'a rabbitmqctl command line, {"words": ["list_queues", "name"], "input"?: "what the file holds that it reads"}',
    run: async (parameters) => {
      const { words, input } = isObject(parameters) ? parameters : {};
      if (!Array.isArray(words) || !words.every((item) => typeof item === 'string'))
        throw new ControlError('words: expected a list of strings');
      if (input !== undefined && typeof input !== 'string') throw new ControlError(`input: expected a string, found ${typeof input}`);
      // Most worlds never need it.
      const { runRabbitmqctl } = await import('./rabbitmqctl/run.ts');
      return runRabbitmqctl(broker, words, input);
    },
  };
}
