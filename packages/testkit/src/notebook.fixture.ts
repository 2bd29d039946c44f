import {
  type Connection,
  DumpError,
  defineEmulator,
  type Emulator,
  type Model,
  type ModelDump,
  type ModelSnapshot,
  NEED_MORE,
  type Outcome,
  type ServeContext,
  type Session,
  WireError,
} from '@wirelike/kernel';

/** An emulator small enough to read in one sitting; `describeEmulator` is tried out on it. Lines: `SET key value`, `LIST`, `ECHO text`. */
const line_max_bytes = 4_096;
const notes_max = 50;

class NotebookSnapshot implements ModelSnapshot {
  readonly emulator = 'notebook';
  readonly notes: ReadonlyMap<string, string>;

  constructor(notes: ReadonlyMap<string, string>) {
    this.notes = notes;
  }
}

class Notebook implements Model {
  notes: ReadonlyMap<string, string> = new Map();

  set(key: string, value: string): void {
    this.notes = new Map([...this.notes].slice(-notes_max)).set(key, value);
  }

  snapshot(): ModelSnapshot {
    return new NotebookSnapshot(this.notes);
  }

  restore(snapshot: ModelSnapshot): void {
    if (!(snapshot instanceof NotebookSnapshot)) throw new Error(`not a notebook's snapshot: ${snapshot.emulator}`);
    this.notes = snapshot.notes;
  }

  reset(): void {
    this.notes = new Map();
  }

  dump(): ModelDump {
    return { emulator: 'notebook', version: 1, state: [...this.notes] };
  }

  load(dump: ModelDump): void {
    if (dump.emulator !== 'notebook' || dump.version !== 1) throw new DumpError('not a notebook of version 1');
    if (!Array.isArray(dump.state)) throw new DumpError('expected a list of notes');
    const notes = new Map<string, string>();
    for (const note of dump.state) {
      if (!Array.isArray(note) || typeof note[0] !== 'string' || typeof note[1] !== 'string') throw new DumpError('expected [key, value]');
      notes.set(note[0], note[1]);
    }
    this.notes = notes;
  }
}

class NotebookSession implements Session {
  readonly #model: Notebook;
  readonly #connection: Connection;
  readonly #context: ServeContext;

  constructor(model: Notebook, connection: Connection, context: ServeContext) {
    this.#model = model;
    this.#connection = connection;
    this.#context = context;
  }

  frameLength(bytes: Buffer, start: number, end: number): number | WireError {
    const first = bytes[start] ?? 0;
    if (first < 0x20 && first !== 0x0a) return new WireError('not text');
    const newline = bytes.subarray(start, end).indexOf(0x0a);
    if (newline >= 0 && newline < line_max_bytes) return newline + 1;
    return end - start < line_max_bytes ? NEED_MORE : new WireError('line too long');
  }

  receive(bytes: Buffer, start: number, end: number): void {
    const text = bytes.toString('utf8', start, end - 1);
    const space = text.indexOf(' ');
    const [operation, rest] = space < 0 ? [text, ''] : [text.slice(0, space), text.slice(space + 1)];
    if (!['SET', 'LIST', 'ECHO'].includes(operation)) {
      this.#say('ERROR 400 unknown command');
      return;
    }
    const { tap } = this.#context;
    const key = rest.split(' ', 1)[0] ?? '';
    const run = (): Outcome | undefined => this.#run(operation, key, rest);
    if (!tap.engaged) run();
    else {
      tap.attempt(this.#connection, {
        operation,
        attributes: { key },
        run,
        fail: ({ code = 500, text: why = 'internal error' }) => {
          this.#say(`ERROR ${code} ${why}`);
          return { code, text: why };
        },
      });
    }
  }

  refuse(error: WireError): void {
    this.#say(`ERROR 400 ${error.reason}`);
  }

  goodbye(): void {
    this.#say('BYE');
  }

  closed(): void {}

  #run(operation: string, key: string, rest: string): Outcome | undefined {
    if (operation === 'SET') {
      this.#model.set(key, rest.slice(key.length + 1));
      this.#say('OK');
    } else if (operation === 'LIST') this.#say(`NOTES ${JSON.stringify([...this.#model.notes])}`);
    else this.#say(`${this.#context.random.uint32()} ${rest}`);
    return undefined;
  }

  #say(text: string): void {
    this.#connection.output.utf8(`${text}\n`);
    this.#connection.written();
  }
}

export const notebook: Emulator = defineEmulator<Notebook>({
  name: 'notebook',
  title: 'Notes, line by line',
  listeners: [
    { name: 'notebook', transport: 'tcp', port: 7_007, title: 'Notebook', url: ({ host, port }) => `notebook://${host}:${port}` },
    {
      name: 'notebook-tls',
      transport: 'tls',
      port: 7_008,
      title: 'Notebook over TLS',
      url: ({ host, port }) => `notebooks://${host}:${port}`,
    },
    {
      name: 'notebook-socket',
      transport: 'unix',
      socket: 'notebook-sock',
      title: 'Notebook socket',
      url: ({ path }) => `notebook+unix:${path}`,
    },
  ],
  operations: [
    { name: 'SET', direction: 'in' },
    { name: 'LIST', direction: 'in' },
    { name: 'ECHO', direction: 'in' },
  ],
  environment: (addresses): Record<string, string> => {
    const address = addresses.get('notebook');
    return address === undefined ? {} : { NOTEBOOK_URL: `notebook://${address.host}:${address.port}` };
  },
  examples: (addresses) => [`nc ${addresses.get('notebook')?.host ?? 'localhost'} ${addresses.get('notebook')?.port ?? 7_007}`],
  createModel: () => new Notebook(),
  serve: (model, connection, context) => new NotebookSession(model, connection, context),
  checkFaultError: ({ code }) => (code === undefined || Number.isInteger(Number(code)) ? undefined : `${code} is not a number`),
});
