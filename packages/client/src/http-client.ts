import { type ControlClient, ControlFailure } from './client.ts';
import type { JournalEvent } from './contract.ts';

interface Reply<Result> {
  readonly result: Result;
  readonly error?: { readonly message: string };
}

/** Talks to a running wirelike over HTTP (`$WIRELIKE_URL`). */
export function connectHttp(url: string): ControlClient {
  const base = url.replace(/\/+$/, '');
  const request = async <Result>(operation: string, parameters: object): Promise<Result> => {
    const response = await ask(`${base}/v1/operations/${encodeURIComponent(operation)}`, {
      method: 'POST',
      body: JSON.stringify(parameters),
    });
    return resultOf(response);
  };
  const stops = new Set<() => void>();
  return {
    call: (operation, parameters) => request(operation, parameters),
    callAny: (operation, parameters = {}) => request(operation, parameters),
    follow: async (filter, tell, missed) => {
      const aborting = new AbortController();
      const query = new URLSearchParams();
      for (const name of ['world', 'emulator', 'operation'] as const) if (filter[name] !== undefined) query.set(name, filter[name]);
      const response = await ask(`${base}/v1/streams/journal.follow?${query}`, { signal: aborting.signal });
      if (!response.ok) await resultOf(response);
      const stop = (): void => aborting.abort();
      stops.add(stop);
      const ended = readEvents(response, tell, missed)
        .catch(() => undefined)
        .finally(() => stops.delete(stop));
      return { stop, ended };
    },
    close: async () => {
      for (const stop of stops) stop();
    },
  };
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new ControlFailure(`no wirelike answers on ${url}: ${cause}; start one with \`wirelike up\``);
  }
}

async function resultOf<Result>(response: Response): Promise<Result> {
  const text = await response.text();
  let reply: Reply<Result>;
  try {
    reply = JSON.parse(text);
  } catch {
    throw new ControlFailure(`${response.status} ${response.statusText}: ${text.slice(0, 200)}`);
  }
  if (reply.error !== undefined) throw new ControlFailure(reply.error.message);
  return reply.result;
}

/** Server-sent events (WHATWG HTML §9.2), as far as the hub uses them: one `event` and one `data` line each. */
async function readEvents(
  response: Response,
  tell: (event: JournalEvent) => void,
  missed: ((events: number) => void) | undefined,
): Promise<void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      const data = lines.find((line) => line.startsWith('data: '))?.slice(6);
      if (data === undefined) continue;
      if (lines.includes('event: dropped')) {
        const { dropped }: { dropped: number } = JSON.parse(data);
        missed?.(dropped);
      } else {
        const event: JournalEvent = JSON.parse(data);
        tell(event);
      }
    }
  }
}
