import type { IncomingMessage, ServerResponse } from 'node:http';

type Fetch = (request: Request, env: { readonly incoming: IncomingMessage }) => Response | Promise<Response>;

export interface ListenerOptions {
  readonly body_max_bytes: number;
  tooLarge(): Response;
  failed(error: unknown): Response;
}

/** Between node:http and what answers a `Request` with a `Response`. Bodies are read whole, up to the limit. */
export function nodeListener(fetch: Fetch, options: ListenerOptions): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
  const answer = async (incoming: IncomingMessage): Promise<Response> => {
    const body = await bodyOf(incoming, options.body_max_bytes);
    if (body === undefined) return options.tooLarge();
    return fetch(requestOf(incoming, body), { incoming });
  };
  return (incoming, outgoing) => {
    answer(incoming)
      .catch(options.failed)
      .then((response) => write(response, outgoing))
      .catch(() => outgoing.destroy());
  };
}

/** Nothing if it is longer than the limit. Rejects when the client is gone before it is all there. */
async function bodyOf(incoming: IncomingMessage, limit_bytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming) {
    if (!(chunk instanceof Buffer)) continue;
    length += chunk.length;
    if (length > limit_bytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function requestOf({ method = 'GET', url = '/', headers }: IncomingMessage, body: Buffer): Request {
  const given = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
  );
  const bodiless = method === 'GET' || method === 'HEAD' || body.length === 0;
  return new Request(new URL(url, 'http://localhost'), { method, headers: given, ...(bodiless ? {} : { body }) });
}

async function write(response: Response, outgoing: ServerResponse): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer());
  for (const [name, value] of response.headers) outgoing.setHeader(name, value);
  if (response.status !== 204) outgoing.setHeader('content-length', body.length);
  outgoing.writeHead(response.status);
  outgoing.end(body);
}
