// Makes packages/NAME: an emulator of a small line protocol in the shape of the house, which passes the inherited
// tests. Replace it room by room; docs/adding-an-emulator.md is the guide.
// Usage: node scripts/new-emulator.mjs NAME [--no-install] [--root DIRECTORY]
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const { values: options, positionals } = parsedArguments();
const [name = ''] = positionals;
const root = resolve(options.root);

function parsedArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { 'no-install': { type: 'boolean', default: false }, root: { type: 'string', default: dirname(here) } },
    });
  } catch (error) {
    return refuse(`${error.message}; ${usage()}`);
  }
}

function usage() {
  return 'usage: node scripts/new-emulator.mjs NAME [--no-install]';
}

function refuse(why) {
  console.error(`new-emulator: ${why}`);
  process.exit(2);
}

if (positionals.length !== 1) refuse(usage());
if (!/^[a-z][a-z0-9]*$/.test(name))
  refuse(`${name || '""'} is no name for an emulator: a word of small letters and digits, as in amqp or ldap`);
if (existsSync(join(root, 'packages', name))) refuse(`packages/${name} is there already`);

const pascal = name[0].toUpperCase() + name.slice(1);
const renamed = (text) => text.replaceAll('gadget', name).replaceAll('Gadget', pascal).replaceAll('GADGET', name.toUpperCase());

/** Changes a file of the checkout; says so if it does not look as expected, because then somebody has to do it by hand. */
function edit(path, change) {
  const file = join(root, path);
  const before = readFileSync(file, 'utf8');
  const after = change(before);
  if (after === before) refuse(`${path} does not look as expected: add ${name} to it by hand`);
  writeFileSync(file, after);
  console.log(`changed ${path}`);
}

/** Adds a value to a JSON file that is formatted as JSON.stringify does it. */
function editJson(path, change) {
  edit(path, (text) => {
    const json = JSON.parse(text);
    change(json);
    return `${JSON.stringify(json, undefined, 2)}\n`;
  });
}

const template = join(here, 'new-emulator');
for (const entry of readdirSync(template, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const from = join(entry.parentPath, entry.name);
  const to = join(root, 'packages', name, renamed(from.slice(template.length + 1)));
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, renamed(readFileSync(from, 'utf8')));
  console.log(`made    ${to.slice(root.length + 1)}`);
}

edit('tsconfig.json', (text) =>
  text.replace(/( *)\{ "path": "packages\/client" \},\n/, (line, indent) => `${indent}{ "path": "packages/${name}" },\n${line}`),
);
edit('packages/hub/src/registry.ts', (text) =>
  text.replace(
    /(export const emulators: EmulatorRegistry = \{\n(?: {2}\w+: .*\n)*)/,
    (lines) => `${lines}  ${name}: () => import('@wirelike/${name}'),\n`,
  ),
);
editJson('packages/hub/package.json', (json) => {
  const sorted = Object.entries({ ...json.dependencies, [`@wirelike/${name}`]: 'workspace:*' }).sort(([one], [other]) =>
    one < other ? -1 : 1,
  );
  json.dependencies = Object.fromEntries(sorted);
});
editJson('packages/hub/tsconfig.json', (json) => {
  json.references.push({ path: `../${name}` });
});

if (!options['no-install']) {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { status } = spawnSync('npm', ['exec', '--yes', '--prefer-offline', '--', packageManager, 'install', '--no-frozen-lockfile'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) refuse(`the package is there, but it could not be linked: run \`npm exec -- ${packageManager} install\``);
}
console.log(`
packages/${name} speaks a protocol of lines now. Try it:
  npx vitest run packages/${name}
  npm start -- ${name}
Then replace it room by room: docs/adding-an-emulator.md`);
