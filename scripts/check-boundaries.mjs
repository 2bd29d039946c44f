// Enforces the import rules of docs/architecture.md on every source file of packages/*. Reads text only: no build needed.
// Usage: node scripts/check-boundaries.mjs [DIRECTORY]. Prints `file:line: what is wrong (rule N)` and exits 1 if anything is.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The rooms of an emulator, and which other rooms each may look into. */
const ROOMS = {
  wire: ['wire'],
  model: ['model'],
  admin: ['admin', 'model'],
  session: ['session', 'wire', 'model', 'admin'],
};

/** Which of our packages each may import; emulators are under `*`. What is not named may import what is built on top of a world. */
const PACKAGES = {
  kernel: [],
  client: ['kernel'],
  '*': ['kernel'],
  hub: ['kernel', 'client'],
  testkit: ['kernel', 'client', 'hub'],
  cli: ['kernel', 'client', 'hub'],
};
const LATER_PACKAGES = ['kernel', 'client', 'hub', 'testkit'];

const SOCKETS = /^(node:)?(net|tls|dgram|http|https|http2)$/;

/** Time and chance that do not come from the world. `new Date(milliseconds)` only formats, so it is fine. */
const REALITY =
  /\b(?:Date\.now|Math\.random|performance\.now|process\.hrtime|setTimeout|setInterval|setImmediate|randomBytes|randomUUID)\b|\bnew Date\(\s*\)/g;

const root = resolve(process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '..'));
const packages = readdirSync(join(root, 'packages'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(root, 'packages', entry.name, 'src')))
  .map((entry) => entry.name);
const emulators = new Set(
  packages.filter((name) => Object.keys(ROOMS).some((room) => existsSync(join(root, 'packages', name, 'src', room)))),
);

const files = packages.flatMap((name) => sources(join(root, 'packages', name, 'src')));
const violations = files.flatMap((path) => check(path));
for (const violation of violations) console.error(violation);
console.log(
  violations.length === 0
    ? `${files.length} files keep to the import rules`
    : `${violations.length} ${violations.length === 1 ? 'place breaks' : 'places break'} the import rules of docs/architecture.md`,
);
process.exitCode = violations.length === 0 ? 0 : 1;

function sources(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|mts|tsx)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

function check(path) {
  const [, name, , ...inner] = path.split('/');
  const text = withoutComments(readFileSync(join(root, path), 'utf8'));
  const source = {
    path,
    package: name,
    emulator: emulators.has(name),
    room: inner.length > 1 && Object.hasOwn(ROOMS, inner[0]) ? inner[0] : undefined,
    test: /\.(test|fixture)\.ts$/.test(path),
  };
  const found = imports(text).flatMap((imported) => {
    const wrong = imported.from.startsWith('.') ? wrongRelative(source, imported) : wrongPackage(source, imported);
    return wrong === undefined ? [] : [{ at: imported.at, wrong: `${wrong}: '${imported.from}'` }];
  });
  if (source.room === 'model' && !source.test) {
    for (const use of text.matchAll(REALITY)) {
      found.push({ at: use.index, wrong: `model takes time and chance from its world, not from ${use[0].trim()} (rule 2)` });
    }
  }
  return found.map(({ at, wrong }) => `${path}:${text.slice(0, at).split('\n').length}: ${wrong}`);
}

function wrongRelative(source, { from }) {
  const target = posix.normalize(posix.join(posix.dirname(source.path), from));
  const home = `packages/${source.package}/`;
  if (!target.startsWith(home)) return 'a package is imported by its name, not by a path into it (rule 3)';
  if (source.room === undefined || source.test) return undefined;
  const room = target.slice(home.length).split('/').slice(0, 2)[1];
  if (room === undefined || !Object.hasOwn(ROOMS, room) || ROOMS[source.room].includes(room)) return undefined;
  return `${source.room} must not import ${room} (rule 2)`;
}

function wrongPackage(source, imported) {
  const { from } = imported;
  if ((source.room === 'wire' || source.room === 'model') && !source.test && SOCKETS.test(from)) {
    return `${source.room} must not know sockets (rule 2)`;
  }
  const [, other, subpath] = /^@wirelike\/([^/]+)(?:\/(.*))?$/.exec(from) ?? [];
  if (other === undefined || other === source.package) return undefined;
  if (source.package === 'kernel') return 'kernel imports none of our packages (rule 1)';
  if (other === 'testkit' && source.test) return undefined;
  if (emulators.has(other)) return wrongEmulator(source, imported, other, subpath);
  const allowed = PACKAGES[source.emulator ? '*' : source.package] ?? LATER_PACKAGES;
  return allowed.includes(other) ? undefined : `${source.package} must not import ${other} (rule ${source.emulator ? 3 : 5})`;
}

function wrongEmulator(source, { dynamic, typeOnly }, other, subpath) {
  if (source.package === 'hub')
    return dynamic || typeOnly || source.test ? undefined : `hub loads emulators lazily, with import() (rule 4)`;
  if (!source.emulator) return `${source.package} must not import an emulator (rule 5)`;
  if (subpath !== 'model') return `of another emulator only its model may be imported, as '@wirelike/${other}/model' (rule 3)`;
  if (source.room === 'wire') return 'wire must not import model (rule 2)';
  const index = join(root, 'packages', source.package, 'src', 'index.ts');
  const uses = existsSync(index) ? (/\buses:\s*\[([^\]]*)\]/.exec(readFileSync(index, 'utf8'))?.[1] ?? '') : '';
  return new RegExp(`['"]${other}['"]`).test(uses) ? undefined : `${source.package} does not declare \`uses: ['${other}']\` (rule 3)`;
}

/** Everything that the text imports or re-exports, with where it says so. */
function imports(text) {
  const found = [];
  const statement = /(?<=^|[;}\s])(?:import|export)\s+(type\b)?[^'"`;()]*?\bfrom\s*(['"])(.+?)\2/g;
  for (const match of text.matchAll(statement)) {
    found.push({
      at: match.index + match[0].lastIndexOf(match[2], match[0].length - 2),
      from: match[3],
      typeOnly: match[1] !== undefined,
      dynamic: false,
    });
  }
  for (const match of text.matchAll(/(?<=^|[;}\s])import\s*(['"])(.+?)\1/g))
    found.push({ at: match.index, from: match[2], typeOnly: false, dynamic: false });
  for (const match of text.matchAll(/\b(?:import|require)\s*\(\s*(['"`])(.+?)\1/g)) {
    found.push({ at: match.index, from: match[2], typeOnly: false, dynamic: true });
  }
  return found;
}

/** Comments become blanks, so that positions stay. Strings are kept: a `//` in one is no comment. */
function withoutComments(text) {
  const strings = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/;
  const comments = /\/\/[^\n]*|\/\*[\s\S]*?\*\//;
  return text.replace(new RegExp(`${strings.source}|${comments.source}`, 'g'), (piece) =>
    piece.startsWith('/') ? piece.replace(/[^\n]/g, ' ') : piece,
  );
}
