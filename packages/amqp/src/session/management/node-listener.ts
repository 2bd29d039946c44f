import type { IncomingMessage, ServerResponse } from 'node:http';

type Fetch = (request: Request, env: { readonly incoming: IncomingMessage }) => Response | Promise<Response>;

export interface ListenerOptions {
  readonly body_max_bytes: number;
  /** Others get their answer without their body having been read. */
  isWelcome(incoming: IncomingMessage): boolean;
  tooLarge(): Response;
  failed(error: unknown): Response;
}

/** Between node:http and what answers a `Request` with a `Response`. Bodies are read whole, up to the limit. */
export function nodeListener(fetch: Fetch, options: ListenerOptions): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
  const answer = async (incoming: IncomingMessage): Promise<Response> => {
    if (!METHODS.has(incoming.method ?? '')) return new Response(null, { status: 501 });
    const url = urlOf(incoming);
    if (url === undefined) return new Response(null, { status: 400 });
    const body = options.isWelcome(incoming) ? await bodyOf(incoming, options.body_max_bytes) : NOTHING;
    return body === undefined ? options.tooLarge() : fetch(requestOf(incoming, url, body), { incoming });
  };
  return (incoming, outgoing) => {
    answer(incoming)
      .catch(options.failed)
      .then((response) => write(response, outgoing))
      .catch(() => outgoing.destroy());
  };
}

const NOTHING = Buffer.alloc(0);

/** Others are not implemented (cowboy_rest:known_methods/2). */
const METHODS: ReadonlySet<string> = new Set(['HEAD', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Nothing for `http://[`, `/%zz` and the like. */
function urlOf({ url = '/' }: IncomingMessage): URL | undefined {
  try {
    const target = new URL(url, 'http://localhost');
    return /%(?![\da-f]{2})/i.test(target.pathname) ? undefined : target;
  } catch {
    return undefined;
  }
}

/**
 * Nothing if it is longer than the limit: a client that has not sent all of it reads the answer afterwards, unless it goes
 * on for as much again. Rejects when the client is gone before it is all there.
 */
function bodyOf(incoming: IncomingMessage, limit_bytes: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let length = 0;
    incoming.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit_bytes) chunks.push(chunk);
      else chunks = [];
      if (length > limit_bytes * 2) incoming.destroy();
    });
    incoming.on('end', () => resolve(length > limit_bytes ? undefined : Buffer.concat(chunks)));
    incoming.on('error', reject);
    incoming.on('close', () => reject(new Error('the request ended too early')));
  });
}

function requestOf({ method = 'GET', headers }: IncomingMessage, url: URL, body: Buffer): Request {
  const given = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
  );
  const bodiless = method === 'GET' || method === 'HEAD' || body.length === 0;
  return new Request(url, { method, headers: given, ...(bodiless ? {} : { body }) });
}

async function write(response: Response, outgoing: ServerResponse): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer());
  for (const [name, value] of response.headers) outgoing.setHeader(name, value);
  if (response.status !== 204) outgoing.setHeader('content-length', body.length);
  outgoing.writeHead(response.status);
  outgoing.end(body);
}
