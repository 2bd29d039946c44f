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
  const known = new Set(routes.filter((route) => route.method !== 'ALL' && matches(route.path, given)).map(({ method }) => method));
  if (known.size === 0) return [];
  if (known.has('GET')) known.add('HEAD');
  return [...ORDER.filter((method) => known.has(method)), 'OPTIONS'];
}

function matches(pattern: string, given: readonly string[]): boolean {
  const wanted = pattern.split('/');
  return wanted.length === given.length && wanted.every((part, index) => part.startsWith(':') || part === given[index]);
}
