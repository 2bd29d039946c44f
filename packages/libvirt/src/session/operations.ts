import type { Operation } from '@wirelike/kernel';
import { messages } from '../wire/messages.ts';
import { procedureNames } from '../wire/procedure-names.ts';
import { isHandled, isMessage } from './procedure-entries.ts';
import { qemuProcedures } from './qemu-procedures.ts';

const reference = (number: number): string => `remote_protocol.x, libvirt 9.0.0: REMOTE_PROC ${number}`;

/** Every procedure of the REMOTE program, and those of the QEMU program. */
export const operations: readonly Operation[] = [
  ...procedureNames.flatMap((entry): Operation[] => {
    if (entry === undefined) return [];
    if (isMessage(entry.name)) {
      const sent = entry.name in messages;
      return [{ name: entry.name, direction: 'out', reference: reference(entry.number), ...(sent ? {} : { unsupported: true }) }];
    }
    const unsupported = isHandled(entry.name) ? {} : { unsupported: true };
    return [{ name: entry.name, direction: 'in', reference: reference(entry.number), ...unsupported }];
  }),
  ...qemuProcedures.flatMap((entry): Operation[] =>
    entry === undefined ? [] : [{ name: entry.name, direction: 'in', reference: `qemu_protocol.x: ${entry.api}`, unsupported: true }],
  ),
];
