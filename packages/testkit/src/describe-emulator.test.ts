import { describeEmulator } from './describe-emulator.ts';
import { notebook } from './notebook.fixture.ts';
import type { WireClient } from './wire-client.ts';

const asked = async (client: WireClient, line: string): Promise<string> => {
  client.write(Buffer.from(`${line}\n`));
  return client.line();
};

describeEmulator(notebook, {
  listener: 'notebook',
  open: async (client) => {
    await asked(client, 'ECHO hello');
  },
  mutate: async (client, n) => {
    await asked(client, `SET key${n} value${n}`);
  },
  observe: (client) => asked(client, 'LIST'),
  session: {
    messages: ['ECHO one', 'SET a b', 'SET ü 世界', 'LIST', 'ECHO last', 'nonsense', 'LIST'].map((line) => Buffer.from(`${line}\n`)),
    answered: (replies) => replies.toString().split('\n').length === 8,
  },
  frame: (random) => {
    const commands = ['SET', 'LIST', 'ECHO', 'set', ''];
    const text = Buffer.from(random.bytes(random.integer(40)))
      .toString('latin1')
      .replaceAll('\n', ' ');
    return Buffer.from(`${commands[random.integer(commands.length)]} ${text}\n`);
  },
  // A protocol of lines has no length fields; its counterpart is the line that does not end.
  oversized: [Buffer.alloc(10_000, 'a')],
  flood: Buffer.from(`ECHO ${'x'.repeat(1_000)}\n`),
  fault: {
    operation: 'ECHO',
    attributes: { key: 'again' },
    attributes_missed: { key: 'never' },
    trigger: async (client) => Buffer.from(await asked(client, 'ECHO again')),
    error: { code: 404, text: 'no such echo' },
    isError: (answer) => Buffer.from(answer).toString() === 'ERROR 404 no such echo\n',
  },
});
