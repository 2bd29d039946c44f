import { readFileSync } from 'node:fs';

export interface Step {
  /** The line in steps.txt: the test's name. */
  readonly line: string;
  /** `user:password`; nothing for a request without any. */
  readonly login: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly body: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request a line: `[@user:password] [{name: value}] METHOD path [body]`, with a header in braces; `@-` is nobody, `{node}` the node's name. */
export function readSteps(): readonly Step[] {
  const lines = readFileSync(new URL('steps.txt', import.meta.url), 'utf8').split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#')).map(stepOf);
}

function stepOf(line: string): Step {
  const [, login, header, value = '', method = '', path = '', body] =
    /^(?:@(\S+) )?(?:\{([\w-]+): ([^}]*)\} )?(\S+) (\S+)(?: (.*))?$/.exec(line) ?? [];
  const headers = header === undefined ? {} : { [header]: value };
  return { line, login: login === '-' ? undefined : (login ?? 'guest:guest'), method, path, body, headers };
}

export interface Management {
  readonly url: string;
  /** Nodes and clusters have names of their own. */
  readonly nodeName: string;
  readonly clusterName: string;
}

/** What a client sees, without what differs from one node, or one moment, to the next. */
export interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly location: string | null;
  readonly challenge: string | null;
  readonly allow: string | null;
  readonly vary: string | null;
  readonly cache: string | null;
  readonly scripts: string | null;
  readonly body: unknown;
  /** In which orders the members of objects come. */
  readonly order: readonly string[];
}

export async function ask(server: Management, step: Omit<Step, 'line'>): Promise<Answer> {
  const { login, method, path, body, headers } = step;
  const response = await fetch(`${server.url}/api${path.replace('{node}', server.nodeName)}`, {
    method,
    redirect: 'manual',
    headers: {
      'content-type': 'application/json',
      ...(login === undefined ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = (await response.text())
    .replaceAll(server.nodeName, 'NAME')
    .replaceAll(server.clusterName, 'NAME')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT');
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    location: response.headers.get('location'),
    challenge: response.headers.get('www-authenticate'),
    allow: response.headers.get('allow'),
    vary: response.headers.get('vary'),
    cache: response.headers.get('cache-control'),
    scripts: response.headers.get('content-security-policy'),
    body: settled(jsonOf(text)),
    order: orderOf(jsonOf(text)),
  };
}

/** That of an object, or those of a list's. */
function orderOf(body: unknown): readonly string[] {
  const orders = [body]
    .flat()
    .flatMap((item) => (typeof item === 'object' && item !== null ? [Object.keys(item).filter(isStable).join(' ')] : []));
  return [...new Set(orders)].sort();
}

/** Some answers are no JSON, though they say so. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What guest is shown there. */
export async function get({ url }: Pick<Management, 'url'>, path: string): Promise<unknown> {
  const response = await fetch(`${url}/api${path}`, { headers: { authorization: `Basic ${btoa('guest:guest')}` } });
  return response.json();
}

/** Of an object, or of a list's first. */
export function keysOf(value: unknown): unknown {
  const [first] = Array.isArray(value) ? value : [value];
  return typeof first === 'object' && first !== null ? Object.keys(first).sort() : first;
}

/** RabbitMQ adds these seconds later, or has them differently each time. */
const UNSTABLE = new Set([
  ...['messages', 'messages_ready', 'messages_unacknowledged', 'message_stats', 'password_hash', 'ports', 'protocols', 'state'],
  ...['garbage_collection', 'reductions', 'memory', 'consumers', 'policy', 'operator_policy', 'effective_policy_definition'],
  ...['backing_queue_status', 'totals', 'type_specific', 'leader', 'members', 'online', 'node', 'readers', 'open_files'],
  ...['recoverable_slaves', 'idle_since', 'head_message_timestamp', 'global_parameters', 'exclusive', 'contexts'],
  ...['connected_at', 'peer_port', 'port', 'recv_cnt', 'send_cnt'],
  ...['storage_version'],
  // A salted hash.
  'ok',
]);
const UNSTABLE_PATTERN = /_details$|^messages?_|^consumer_(capacity|utilisation)$|_consumer_c?tag$|_oct$/;

function settled(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(settled);
    return items.every((item) => typeof item === 'object') ? items.sort(byText) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([key]) => isStable(key));
  return Object.fromEntries(members.sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, member]) => [key, settled(member)]));
}

function isStable(key: string): boolean {
  return !UNSTABLE.has(key) && !(UNSTABLE_PATTERN.test(key) && key !== 'message_count');
}

function byText(one: unknown, other: unknown): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}

/** The names of its members and the types of their values, as deep as they go. Empty lists and objects say nothing. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? 'list' : [shapeOf(value[0])];
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  const members = Object.entries(value).filter(([key]) => key !== 'backing_queue_status' && !/@/.test(key));
  return Object.fromEntries(members.sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, member]) => [key, shapeOf(member)]));
}

/** What a command line tool showed. RabbitMQ lists in the order of its tables' hashes: lines are compared in any order. */
export interface Shown {
  readonly status: number | undefined;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
}

/** The command lines of rabbitmqctl.txt. */
export function readCommandLines(): readonly string[] {
  const lines = readFileSync(new URL('rabbitmqctl.txt', import.meta.url), 'utf8').split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#'));
}

export function shown(result: { status: number | undefined; stdout: string; stderr: string }, nodeName: string): Shown {
  const linesOf = (text: string): string[] =>
    text
      .replaceAll(nodeName, 'NODE')
      .replaceAll(/rabbitmq-cluster-id-[\w-]+/g, 'CLUSTER')
      .replaceAll(/<NODE[\d.]+>/g, '<PID>')
      .split('\n')
      .filter((line) => !/\[(warning|info)\]/.test(line))
      .map((line) => line.replace(/^,/, ''));
  const stderr = linesOf(result.stderr.replace(/^\n/, ''));
  // It goes on with a guess at what was meant, or all that there is.
  if (/^Command '.*' not found/.test(stderr[0] ?? '')) return { status: result.status, stdout: [], stderr: stderr.slice(0, 1) };
  return { status: result.status, stdout: linesOf(result.stdout).sort(), stderr };
}
