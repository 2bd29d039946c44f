interface Route {
  readonly method: string;
  readonly path: string;
}

const ORDER = ['HEAD', 'GET', 'POST', 'PUT', 'DELETE'];

/** The methods of a path as `Allow` lists them; none if there is no such path. */
export function methodsAt(routes: readonly Route[], path: string): readonly string[] {
  const given = path
    .replace(/^\/api/, '')
    .replace(/(?<=.)\/$/, '')
    .split('/');
  const fitting = routes.filter((route) => route.method !== 'ALL' && matches(route.path, given));
  // `/users/bulk-delete` is no user: the path that names most is meant.
  const [meant] = fitting.map(({ path }) => path).sort((one, other) => (shape(one) < shape(other) ? -1 : 1));
  const known = new Set(fitting.filter((route) => meant !== undefined && shape(route.path) === shape(meant)).map(({ method }) => method));
  if (known.size === 0) return [];
  if (known.has('GET') && !WITHOUT_HEAD.test(given.join('/'))) known.add('HEAD');
  return [...ORDER.filter((method) => known.has(method)), 'OPTIONS'];
}

/** Which parts of it are parameters. */
function shape(pattern: string): string {
  return pattern
    .split('/')
    .map((part) => (part.startsWith(':') ? '1' : '0'))
    .join('');
}

/** RabbitMQ forgot it there. */
const WITHOUT_HEAD =
  /^\/(?:(?:vhost|user)-limits(?:\/|$)|queues\/quorum\/[^/]+\/[^/]+\/status$|auth\/hash_password\/|vhosts\/[^/]+\/deletion\/)/;

function matches(pattern: string, given: readonly string[]): boolean {
  const wanted = pattern.split('/');
  return wanted.length === given.length && wanted.every((part, index) => part.startsWith(':') || part === given[index]);
}
