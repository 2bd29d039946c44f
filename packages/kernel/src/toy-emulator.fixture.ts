import {
  type Connection,
  ControlError,
  defineEmulator,
  type Emulator,
  type EmulatorDefinition,
  type Model,
  type ModelDump,
  type ModelSnapshot,
  NEED_MORE,
  type Session,
  type Tap,
  WireError,
} from './index.ts';

/** A protocol of lines; what a line does is up to the test. A zero byte is not the protocol. */
export class ToySession implements Session {
  readonly connection: Connection;
  readonly #receive: (line: string, session: ToySession) => void;
  readonly heard: string[] = [];
  closes = 0;
  drains = 0;

  constructor(connection: Connection, receive: (line: string, session: ToySession) => void) {
    this.connection = connection;
    this.#receive = receive;
  }

  frameLength(bytes: Buffer, start: number, end: number): number | WireError {
    if (bytes[start] === 0) return new WireError('a zero byte');
    const newline = bytes.subarray(start, end).indexOf(0x0a);
    if (newline < 0) return end - start > 1_000 ? new WireError('too long') : NEED_MORE;
    return newline + 1;
  }

  receive(bytes: Buffer, start: number, end: number): void {
    const line = bytes.toString('utf8', start, end - 1);
    this.heard.push(line);
    this.#receive(line, this);
  }

  refuse(error: WireError): void {
    this.say(`refused ${error.reason}`);
  }

  drained(): void {
    this.drains += 1;
  }

  goodbye(): void {
    this.say('goodbye');
  }

  closed(): void {
    this.closes += 1;
  }

  say(text: string): void {
    this.connection.output.utf8(`${text}\n`);
    this.connection.written();
  }
}

class ToySnapshot implements ModelSnapshot {
  readonly emulator = 'toy';
  readonly kept: readonly string[];

  constructor(kept: readonly string[]) {
    this.kept = kept;
  }
}

export class ToyModel implements Model {
  kept: readonly string[] = [];

  snapshot(): ModelSnapshot {
    return new ToySnapshot(this.kept);
  }

  restore(snapshot: ModelSnapshot): void {
    if (snapshot instanceof ToySnapshot) this.kept = snapshot.kept;
  }

  reset(): void {
    this.kept = [];
  }

  dump(): ModelDump {
    return { emulator: 'toy', version: 1, state: this.kept };
  }

  load(): void {
    this.reset();
  }
}

function wordsOf(line: string): readonly string[] {
  const end = /^tell 0\.\.(\d+)$/.exec(line)?.[1];
  return end === undefined ? line.split(' ').slice(1) : Array.from({ length: Number(end) }, (_, index) => String(index));
}

function tell(tap: Tap, session: ToySession, words: readonly string[]): void {
  for (const argument of words) {
    const run = (): undefined => {
      session.say(`told ${argument}`);
    };
    if (!tap.engaged) run();
    else tap.attempt(session.connection, { operation: 'tell', direction: 'out', attributes: { argument }, run, fail: run });
  }
}

/**
 * `keep X` and `kept` on the model, `throw`; everything else is echoed. Every line is an operation of its first word;
 * `tell X Y Z` is one, outgoing, for each of the others, as `tell 0..3` is for the numbers 0, 1 and 2.
 */
export function toyEmulator(more: Partial<EmulatorDefinition<ToyModel>> = {}): Emulator {
  return defineEmulator<ToyModel>({
    name: 'toy',
    title: 'A toy',
    listeners: [{ name: 'toy', transport: 'tcp', port: 47_007, title: 'Toy', url: ({ host, port }) => `toy://${host}:${port}` }],
    operations: [{ name: 'keep', direction: 'in' }],
    environment: (addresses): Record<string, string> => {
      const address = addresses.get('toy');
      return address === undefined ? {} : { TOY_PORT: String(address.port) };
    },
    examples: () => [],
    createModel: () => new ToyModel(),
    serve: (model, connection, { tap }) =>
      new ToySession(connection, (line, session) => {
        const [operation = '', argument = ''] = line.split(' ');
        if (operation === 'tell') return tell(tap, session, wordsOf(line));
        const run = (): undefined => {
          if (operation === 'throw') throw new Error('the toy is broken');
          if (operation === 'keep') model.kept = [...model.kept, argument];
          session.say(operation === 'kept' ? model.kept.join() : line);
        };
        if (!tap.engaged) return run();
        tap.attempt(connection, {
          operation,
          attributes: { argument },
          run,
          fail: ({ code = 'oops', text = 'by order' }) => {
            session.say(`error ${code} ${text}`);
            return { code, text };
          },
          custom: (name) => {
            if (name === 'known') session.say('custom');
            return name === 'known';
          },
        });
      }),
    control: (model) => [
      {
        name: 'forget',
        help: 'Forgets what was kept',
        run: (parameters) => {
          if (JSON.stringify(parameters) !== '{}') throw new ControlError('expected nothing');
          model.reset();
        },
      },
    ],
    ...more,
  });
}
