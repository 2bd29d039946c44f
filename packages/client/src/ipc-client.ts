import { Client } from 'net-ipc';
import { type ControlClient, ControlFailure, type Following } from './client.ts';
import type { JournalEvent } from './contract.ts';

/** What the hub sends. It is trusted: the socket belongs to this user. */
interface Reply<Result> {
  readonly result: Result;
  readonly error?: { readonly message: string };
}

interface StreamMessage {
  readonly stream: number;
  readonly item?: JournalEvent;
  readonly dropped?: number;
}

interface Stream {
  tell(message: StreamMessage): void;
  end(): void;
}

/** Connects to the control socket of a running wirelike (`$WIRELIKE_SOCKET`). */
export async function connectControl(path: string, options: { readonly timeout_milliseconds?: number } = {}): Promise<ControlClient> {
  const timeout = options.timeout_milliseconds ?? 30_000;
  const ipc = new Client({ path, reconnect: false });
  // A client that does not reconnect never settles connect() nor requests when the connection fails: 'close' tells.
  const gone = new Promise<never>((_, reject) => {
    ipc.on('close', (reason: unknown) => reject(new ControlFailure(describe(path, reason))));
  });
  gone.catch(() => undefined);
  await Promise.race([ipc.connect(), gone]);

  const streams = new Map<number, Stream>();
  let lastStream = 0;
  ipc.on('message', (message: StreamMessage) => streams.get(message.stream)?.tell(message));
  ipc.on('close', () => {
    for (const stream of streams.values()) stream.end();
    streams.clear();
  });

  const request = async <Result>(payload: object): Promise<Result> => {
    const reply: Reply<Result> = await Promise.race([ipc.request(payload, timeout).catch(explain), gone]);
    if (reply.error !== undefined) throw new ControlFailure(reply.error.message);
    return reply.result;
  };
  const send = (message: object): void => {
    ipc.send(message).catch(() => undefined);
  };

  return {
    call: (operation, parameters) => request({ operation, parameters }),
    callAny: (operation, parameters = {}) => request({ operation, parameters }),
    follow: async (filter, tell, missed) => {
      const id = ++lastStream;
      const following = openStream(streams, id, tell, missed, () => send({ stop: id }));
      try {
        await request<object>({ operation: 'journal.follow', parameters: filter, stream: id });
      } catch (error) {
        streams.delete(id);
        throw error;
      }
      return following;
    },
    close: async () => {
      await ipc.close();
    },
  };
}

function openStream(
  streams: Map<number, Stream>,
  id: number,
  tell: (event: JournalEvent) => void,
  missed: ((events: number) => void) | undefined,
  stop: () => void,
): Following {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  streams.set(id, {
    tell: ({ item, dropped }) => {
      if (dropped !== undefined) missed?.(dropped);
      if (item !== undefined) tell(item);
    },
    end,
  });
  return {
    ended,
    stop: () => {
      if (!streams.delete(id)) return;
      stop();
      end();
    },
  };
}

/** net-ipc rejects with bare texts. */
function explain(reason: unknown): never {
  throw new ControlFailure(reason instanceof Error ? reason.message : `control: ${String(reason)}`);
}

function describe(path: string, reason: unknown): string {
  const code = reason instanceof Error && 'code' in reason ? reason.code : '';
  if (code === 'ENOENT' || code === 'ECONNREFUSED')
    return `no wirelike is running (nobody answers on ${path}); start one with \`wirelike up\``;
  if (code === 'EACCES') return `${path} belongs to another user`;
  return `the connection to wirelike has ended${reason instanceof Error ? `: ${reason.message}` : ''}`;
}
