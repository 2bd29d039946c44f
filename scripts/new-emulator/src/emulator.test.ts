import { describeEmulator, type WireClient } from '@wirelike/testkit';
import gadget from './index.ts';
import { encodeRequest, type Request } from './wire/request.ts';

async function asked(client: WireClient, request: Request): Promise<string> {
  client.write(encodeRequest(request));
  return client.line();
}

const session: readonly Request[] = [
  { operation: 'TICKET' },
  { operation: 'SET', key: 'a', value: 'one' },
  { operation: 'SET', key: 'ü', value: '世界' },
  { operation: 'GET', key: 'a' },
  { operation: 'GET', key: 'absent' },
  { operation: 'DROP', key: 'a' },
  { operation: 'LIST' },
  { operation: 'TICKET' },
];

describeEmulator(gadget, {
  listener: 'gadget',
  open: async (client) => {
    await asked(client, { operation: 'LIST' });
  },
  mutate: async (client, n) => {
    await asked(client, { operation: 'SET', key: `key-${n}`, value: String(n) });
  },
  observe: (client) => asked(client, { operation: 'LIST' }),
  session: {
    messages: session.map(encodeRequest),
    answered: (replies) => replies.toString().split('\n').length === session.length + 1,
  },
  frame: (random) => {
    const operations = ['SET', 'GET', 'DROP', 'TICKET', 'nonsense', ''];
    const noise = Buffer.from(random.bytes(random.integer(60)))
      .toString('latin1')
      .replaceAll('\n', '');
    return Buffer.from(`${operations[random.integer(operations.length)]} ${random.integer(50)} ${noise}\n`);
  },
  // A protocol of lines has no length fields; their counterpart is the line that does not end.
  oversized: [Buffer.alloc(10_000, 'a')],
  flood: encodeRequest({ operation: 'TICKET' }),
  fault: {
    operation: 'GET',
    attributes: { key: 'colour' },
    attributes_missed: { key: 'size' },
    trigger: async (client) => {
      await asked(client, { operation: 'SET', key: 'colour', value: 'green' });
      return Buffer.from(await asked(client, { operation: 'GET', key: 'colour' }));
    },
    error: { code: 503, text: 'out of order' },
    isError: (answer) => Buffer.from(answer).toString() === 'ERROR 503 out of order\n',
  },
});
