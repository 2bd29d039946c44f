import { createServer, type Server } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { ControlError } from '@wirelike/kernel';
import { type Context, type Env, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { streamSSE } from 'hono/streaming';
import type { Hub } from '../hub.ts';
import { control_idle_milliseconds, control_message_max_bytes, follow_backlog_max_bytes } from '../limits.ts';
import { unknownWord } from '../nearest.ts';
import { callOperation, openStream, operations, streams, summaries } from '../operations/registry.ts';

/** The control operations over HTTP. Not listening: connections are handed to it by its event 'connection'. */
export function httpServer(hub: Hub, idle_milliseconds: number = control_idle_milliseconds): Server {
  // Node looks after half-sent requests only where it listens itself; a silent connection is cut off all the same.
  return createServer(getRequestListener(controlApp(hub).fetch)).setTimeout(idle_milliseconds);
}

/** What Hono is told of where a request came from. */
interface ControlEnv extends Env {
  Bindings: Partial<HttpBindings>;
}

function controlApp(hub: Hub): Hono<ControlEnv> {
  const app = new Hono<ControlEnv>();
  app.use(async (context, next) => {
    const stranger = strangerIn(context);
    return stranger === undefined ? next() : failure(context, 403, stranger);
  });
  app.get('/', (context) => context.text(WELCOME));
  app.get('/v1/status', (context) => call(hub, context, 'status', {}));
  app.get('/v1/operations', (context) => context.json({ result: summaries(hub) }));
  app.get('/v1/operations/:name', (context) => describe(hub, context));
  const tooLong = (context: Context): Response => failure(context, 413, `a request holds at most ${control_message_max_bytes} bytes`);
  app.post('/v1/operations/:name', bodyLimit({ maxSize: control_message_max_bytes, onError: tooLong }), async (context) => {
    const body = await context.req.text();
    let parameters: unknown;
    try {
      parameters = body.trim() === '' ? {} : JSON.parse(body);
    } catch (error) {
      return failure(context, 400, `expected JSON: ${error instanceof Error ? error.message : String(error)}`);
    }
    return call(hub, context, context.req.param('name'), parameters);
  });
  app.get('/v1/streams/:name', (context) => follow(hub, context));
  app.notFound((context) => failure(context, 404, `there is no ${context.req.method} ${context.req.path}; GET / says what there is`));
  app.onError((error, context) => failure(context, 500, error.message));
  return app;
}

const WELCOME = `wirelike's control interface

  GET  /v1/status                    where everything listens
  GET  /v1/operations                what can be asked
  GET  /v1/operations/NAME           its parameters, as JSON Schema
  POST /v1/operations/NAME           a JSON object of parameters; answers {"result": …} or {"error": {"message": …}}
  GET  /v1/streams/journal.follow    every operation of every emulator as it happens, as server-sent events

  curl -d '{"by": "90s"}' $WIRELIKE_URL/v1/operations/clock.advance
`;

async function call(hub: Hub, context: Context, name: string, parameters: unknown): Promise<Response> {
  try {
    const result = await callOperation(hub, name, parameters);
    return context.body(JSON.stringify({ result }), 200, { 'content-type': 'application/json' });
  } catch (error) {
    if (error instanceof ControlError || error instanceof RangeError) {
      const known = summaries(hub).some((operation) => operation.name === name);
      return failure(context, known ? 400 : 404, error.message);
    }
    // A seed with an error, a taken port: their messages are sentences for the caller too.
    return failure(context, 400, error instanceof Error ? error.message : String(error));
  }
}

async function describe(hub: Hub, context: Context): Promise<Response> {
  const name = context.req.param('name') ?? '';
  const summary = summaries(hub).find((candidate) => candidate.name === name);
  if (summary === undefined)
    return failure(
      context,
      404,
      unknownWord(
        'operation',
        name,
        summaries(hub).map((known) => known.name),
      ),
    );
  const described = [...operations, ...streams].find((candidate) => candidate.name === name);
  return context.json({ result: { ...summary, parameters: (await described?.schema()) ?? { type: 'object' } } });
}

async function follow(hub: Hub, context: Context<ControlEnv>): Promise<Response> {
  // Hono answers HEAD with what GET would be answered, but nobody would ever read, or end, its body.
  if (context.req.method === 'HEAD') return context.body(null, 200, { 'content-type': 'text/event-stream' });
  let emit: (item: object) => void = () => undefined;
  let close: () => void;
  try {
    close = await openStream(hub, context.req.param('name') ?? '', context.req.query(), (item) => emit(item));
  } catch (error) {
    return failure(context, 400, error instanceof Error ? error.message : String(error));
  }
  // Nothing may happen for hours.
  context.env.incoming?.socket.setTimeout(0);
  return streamSSE(context, async (stream) => {
    let waiting = 0;
    let dropped = 0;
    const send = (event: string, item: object): void => {
      const data = JSON.stringify(item);
      waiting += data.length;
      void stream.writeSSE({ event, data }).finally(() => {
        waiting -= data.length;
      });
    };
    await new Promise<void>((resolve) => {
      stream.onAbort(resolve);
      emit = (item) => {
        if (waiting > follow_backlog_max_bytes) {
          dropped += 1;
          return;
        }
        if (dropped > 0) send('dropped', { dropped });
        dropped = 0;
        send('item', item);
      };
    });
    close();
  });
}

function failure(context: Context, status: 400 | 403 | 404 | 413 | 500, message: string): Response {
  return context.json({ error: { message } }, status);
}

/**
 * A page in this machine's browser can reach loopback too. It gives itself away by an origin that is not ours, or
 * by a host name that somebody's name server made point here.
 */
function strangerIn(context: Context): string | undefined {
  const host = context.req.header('host') ?? '';
  const name = host.replace(/:\d+$/, '');
  const address = name === 'localhost' || /^\d+(\.\d+){3}$/.test(name) || name.startsWith('[');
  if (!address) return `expected a Host header of localhost or an address, found "${name}"`;
  const origin = context.req.header('origin');
  return origin === undefined || origin === `http://${host}` ? undefined : `requests from ${origin} are not answered`;
}
