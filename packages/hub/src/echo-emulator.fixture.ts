import {
  type Connection,
  ControlError,
  defineEmulator,
  type Emulator,
  type Model,
  type ModelDump,
  type ModelSnapshot,
  NEED_MORE,
  SeedError,
  type SeedSource,
  type Session,
  type Tap,
  WireError,
} from '@wirelike/kernel';

class EchoSnapshot implements ModelSnapshot {
  readonly emulator = 'echo';
  readonly greeting: string;

  constructor(greeting: string) {
    this.greeting = greeting;
  }
}

class EchoModel implements Model {
  greeting = '';

  snapshot(): ModelSnapshot {
    return new EchoSnapshot(this.greeting);
  }
  restore(snapshot: ModelSnapshot): void {
    if (snapshot instanceof EchoSnapshot) this.greeting = snapshot.greeting;
  }
  reset(): void {
    this.greeting = '';
  }
  dump(): ModelDump {
    return { emulator: 'echo', version: 1, state: this.greeting };
  }
  load(dump: ModelDump): void {
    this.greeting = String(dump.state);
  }
}

/** Answers each line with the greeting and the line; `set TEXT` changes the greeting. */
class EchoSession implements Session {
  readonly #model: EchoModel;
  readonly #connection: Connection;
  readonly #tap: Tap;

  constructor(model: EchoModel, connection: Connection, tap: Tap) {
    this.#model = model;
    this.#connection = connection;
    this.#tap = tap;
  }

  frameLength(bytes: Buffer, start: number, end: number): number | WireError {
    const newline = bytes.indexOf(10, start);
    if (newline >= 0 && newline < end) return newline + 1 - start;
    return end - start > 1_000 ? new WireError('a line of more than 1,000 bytes') : NEED_MORE;
  }

  receive(bytes: Buffer, start: number, end: number): void {
    const line = bytes.toString('utf8', start, end - 1);
    this.#tap.attempt(this.#connection, {
      operation: 'echo',
      attributes: { line, length: BigInt(line.length) },
      run: () => {
        if (line.startsWith('set ')) this.#model.greeting = line.slice(4);
        this.#say(`${this.#model.greeting}${line}`);
        return undefined;
      },
      fail: ({ code, text }) => {
        this.#say(`error ${code ?? 1} ${text ?? ''}`);
        return { code: code ?? 1, text };
      },
    });
  }

  refuse(error: WireError): void {
    this.#say(`error ${error.reason}`);
  }

  closed(): void {}

  #say(line: string): void {
    this.#connection.pass(Buffer.from(`${line}\n`));
    this.#connection.written();
  }
}

function seed(model: EchoModel, source: SeedSource): void {
  if (source.kind === 'file') {
    if (!source.text.startsWith('greeting '))
      throw new SeedError(source.path, 1, `expected "greeting TEXT", found "${source.text.trim()}"`);
    model.greeting = source.text.slice(9).trim();
    return;
  }
  const { value } = source;
  const greeting = typeof value === 'object' && value !== null && 'greeting' in value ? value.greeting : undefined;
  if (typeof greeting !== 'string') throw new SeedError(source.path, source.line(['greeting']), 'expected greeting: TEXT');
  model.greeting = greeting;
}

export const echo: Emulator = defineEmulator<EchoModel>({
  name: 'echo',
  title: 'Echo',
  listeners: [
    { name: 'echo', transport: 'tcp', port: 17_007, title: 'Echo', url: ({ host, port }) => `echo://${host}:${port}` },
    { name: 'echo-socket', transport: 'unix', socket: 'echo-sock', title: 'Echo socket', url: ({ path }) => `echo+unix://${path}` },
  ],
  operations: [{ name: 'echo', direction: 'in' }],
  settings: [{ name: 'volume', help: 'How loud', default: '5' }],
  seed_extensions: ['.echo'],
  environment: (addresses, settings) => ({
    ECHO_URL: `echo://127.0.0.1:${addresses.get('echo')?.port}`,
    ECHO_VOLUME: settings.volume ?? '',
  }),
  examples: (addresses) => [`nc 127.0.0.1 ${addresses.get('echo')?.port}`],
  createModel: () => new EchoModel(),
  serve: (model, connection, { tap }) => new EchoSession(model, connection, tap),
  seed,
  seedDefault: (model) => {
    model.greeting = 'hello ';
  },
  control: (model) => [
    {
      name: 'greet',
      help: 'Changes the greeting',
      run: (parameters) => {
        const { text }: { text?: unknown } = { ...(typeof parameters === 'object' ? parameters : {}) };
        if (typeof text !== 'string') throw new ControlError('text: expected string');
        model.greeting = text;
        return { greeting: text, long: 2n ** 60n };
      },
    },
  ],
  checkFaultError: ({ code }) => (code === undefined || code === 7 ? undefined : `the only error code is 7, not ${code}`),
});

/** An emulator that has no use without another's model. */
export const parrot: Emulator = defineEmulator<EchoModel>({
  name: 'parrot',
  title: 'Parrot',
  listeners: [{ name: 'parrot', transport: 'tcp', port: 17_008, title: 'Parrot', url: ({ host, port }) => `parrot://${host}:${port}` }],
  operations: [],
  uses: ['echo'],
  environment: () => ({}),
  examples: () => [],
  createModel: (context) => {
    const model = context.uses('echo');
    if (!(model instanceof EchoModel)) throw new Error('the parrot needs an echo');
    return model;
  },
  serve: () => undefined,
});

export const registry = { echo: async () => ({ default: echo }), parrot: async () => ({ default: parrot }) };
