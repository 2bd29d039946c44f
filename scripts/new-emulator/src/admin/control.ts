import { ControlError, type ControlOperation } from '@wirelike/kernel';
import type { Shelf } from '../model/index.ts';

/** What tests and people do to the gadget from outside the protocol: `wirelike do gadget.keys`. */
export function controlOperations(shelf: Shelf): readonly ControlOperation[] {
  return [
    { name: 'keys', help: 'the keys on the shelf', run: () => shelf.keys },
    {
      name: 'lose',
      help: 'loses a value, as if it had never been: {"key": …}',
      run(parameters) {
        const key = typeof parameters === 'object' && parameters !== null && 'key' in parameters ? parameters.key : undefined;
        if (typeof key !== 'string') throw new ControlError('gadget.lose needs {"key": TEXT}');
        return { lost: shelf.drop(key) === undefined };
      },
    },
  ];
}
