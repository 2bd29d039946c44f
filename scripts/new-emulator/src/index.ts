import { type Address, defineEmulator, type Emulator } from '@wirelike/kernel';
import { controlOperations } from './admin/control.ts';
import { applySeed } from './admin/seed.ts';
import { Shelf } from './model/index.ts';
import { isErrorCode } from './session/errors.ts';
import { OPERATIONS } from './session/operations.ts';
import { GadgetSession } from './session/session.ts';

const host = (address: Address): string => (address.host.includes(':') ? `[${address.host}]` : address.host);

const gadget: Emulator = defineEmulator({
  name: 'gadget',
  title: 'Gadget',
  listeners: [
    // The real server's port.
    { name: 'gadget', transport: 'tcp', port: 7_007, title: 'Gadget', url: (address) => `gadget://${host(address)}:${address.port}` },
  ],
  operations: OPERATIONS,
  environment(addresses): Record<string, string> {
    const address = addresses.get('gadget');
    return address === undefined ? {} : { GADGET_URL: `gadget://${host(address)}:${address.port}` };
  },
  examples(addresses) {
    const address = addresses.get('gadget');
    return address === undefined ? [] : [`echo LIST | nc -N ${address.host} ${address.port}`];
  },
  createModel: (context) => new Shelf(context),
  serve: (shelf, connection, { tap }) => new GadgetSession(shelf, connection, tap),
  seed: applySeed,
  control: controlOperations,
  checkFaultError: ({ code }) => (code === undefined || isErrorCode(code) ? undefined : `gadget's codes are 400 to 599, not ${code}`),
});

export default gadget;
