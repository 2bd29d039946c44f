import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

type Fetch = (request: Request, env: { readonly incoming: IncomingMessage }) => Response | Promise<Response>;

export interface ListenerOptions {
  readonly body_max_bytes: number;
  /** Others get their answer without their body having been read. */
  isWelcome(incoming: IncomingMessage): boolean;
  tooLarge(): Response;
  /** An answer from before anybody looked at the path. */
  early(status: 400 | 501): Response;
  failed(error: unknown): Response;
}

/** Between node:http and what answers a `Request` with a `Response`. Bodies are read whole, up to the limit. */
export function nodeListener(fetch: Fetch, options: ListenerOptions): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
  const answer = async (incoming: IncomingMessage): Promise<Response> => {
    const refused = refusedAtOnce(incoming);
    if (refused !== undefined) return new Response(null, { status: refused, headers: { connection: 'close' } });
    if (!METHODS.has(incoming.method ?? '')) return options.early(501);
    const url = urlOf(incoming);
    if (url === undefined) return options.early(400);
    const body = options.isWelcome(incoming) ? await bodyOf(incoming, options.body_max_bytes) : NOTHING;
    return body === undefined ? options.tooLarge() : fetch(requestOf(incoming, url, body), { incoming });
  };
  return (incoming, outgoing) => {
    answer(incoming)
      .catch(options.failed)
      .then((response) => write(response, incoming, outgoing))
      .catch(() => outgoing.destroy());
  };
}

const NOTHING = Buffer.alloc(0);

/** What cowboy does not look into any further. */
function refusedAtOnce({ httpVersion, headers }: IncomingMessage): number | undefined {
  if (!httpVersion.startsWith('1.')) return 505;
  return headers.host === undefined && httpVersion === '1.1' ? 400 : undefined;
}

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

/** Shorter answers are not compressed (cowboy_compress_h, `compress_threshold`). */
const compress_threshold_bytes = 300;

const compressed = promisify(gzip);

/** As cowboy writes an answer: the headers' names in lower case and in order, and no word of a connection that stays. */
async function write(response: Response, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { headers } = response;
  const whole = Buffer.from(await response.arrayBuffer());
  const isCompressed = whole.length > compress_threshold_bytes && /\bgzip\b/.test(String(incoming.headers['accept-encoding']));
  const body = isCompressed ? await compressed(whole) : whole;
  if (isCompressed) headers.set('content-encoding', 'gzip');
  if (response.status !== 204) headers.set('content-length', String(body.length));
  if (!outgoing.shouldKeepAlive) headers.set('connection', 'close');
  else if (incoming.httpVersion === '1.0') headers.set('connection', 'keep-alive');
  headers.set('date', new Date().toUTCString());
  headers.set('server', 'Cowboy');
  if (!headers.has('connection')) outgoing.removeHeader('connection');
  // `Headers` are sorted.
  for (const [name, value] of headers) outgoing.setHeader(name, value);
  outgoing.writeHead(response.status);
  outgoing.end(body);
}
