import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const checkout = fileURLToPath(new URL('..', import.meta.url));
const script = join(checkout, 'scripts', 'new-emulator.mjs');

interface Ended {
  readonly status: number | null;
  readonly output: string;
}

let root = '';
let scaffolded: Ended;

function run(command: string, ...args: string[]): Ended {
  // Not the variables of the vitest that runs this.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST') && name !== 'NODE_OPTIONS'));
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8', env: { ...env, NO_COLOR: '1' } });
  return { status, output: stdout + stderr };
}

const tool = (name: string): string => join(checkout, 'node_modules', '.bin', name);

/** As pnpm would: what a package depends on, next to it. */
function link(name: string, ...dependencies: string[]): void {
  const modules = join(root, 'packages', name, 'node_modules');
  mkdirSync(join(modules, '@wirelike'), { recursive: true });
  for (const dependency of dependencies) {
    const target = dependency.startsWith('@wirelike/')
      ? join(root, 'packages', dependency.slice('@wirelike/'.length))
      : join(checkout, 'packages', name, 'node_modules', dependency);
    mkdirSync(join(modules, dependency, '..'), { recursive: true });
    symlinkSync(target, join(modules, dependency));
  }
}

/** A copy of the checkout's packages, of which those that a new emulator stands on are linked. */
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'wl-scaffold-'));
  const filter = (from: string): boolean => !['node_modules', 'dist'].includes(basename(from)) && !from.endsWith('.tsbuildinfo');
  for (const path of [
    'package.json',
    'tsconfig.json',
    'tsconfig.base.json',
    'vitest.config.ts',
    'biome.json',
    'test/tsconfig.json',
    'packages',
  ]) {
    cpSync(join(checkout, path), join(root, path), { recursive: true, filter });
  }
  symlinkSync(join(checkout, 'node_modules'), join(root, 'node_modules'));
  link('kernel', '@peculiar/x509', 'reflect-metadata');
  link('testkit', '@wirelike/kernel', 'vitest');
  scaffolded = run(process.execPath, script, 'sprocket', '--no-install', '--root', root);
  link('sprocket', '@wirelike/kernel', '@wirelike/testkit');
}, 60_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('scripts/new-emulator', () => {
  test('makes a package and adds it where it has to be added', () => {
    expect(scaffolded.output).toContain('npx vitest run packages/sprocket');
    expect(scaffolded.status).toBe(0);
    expect(read('packages/hub/src/registry.ts')).toContain("  sprocket: () => import('@wirelike/sprocket'),\n};");
    expect(JSON.parse(read('packages/hub/package.json'))).toMatchObject({ dependencies: { '@wirelike/sprocket': 'workspace:*' } });
    expect(JSON.parse(read('packages/hub/tsconfig.json')).references).toContainEqual({ path: '../sprocket' });
    expect(JSON.parse(read('tsconfig.json')).references).toContainEqual({ path: 'packages/sprocket' });
    expect(JSON.parse(read('packages/sprocket/package.json')).name).toBe('@wirelike/sprocket');
    for (const room of ['wire', 'model', 'session', 'admin']) expect(existsSync(join(root, 'packages/sprocket/src', room))).toBe(true);
    expect(run('grep', '-ril', 'gadget', 'packages/sprocket/src').output).toBe('');
  });

  test('refuses names that are taken or none', () => {
    expect(run(process.execPath, script, 'sprocket', '--root', root)).toMatchObject({
      status: 2,
      output: expect.stringContaining('there already'),
    });
    for (const name of ['Sprocket', 'giz-mo', '../sprocket', '7sprocket']) {
      expect(run(process.execPath, script, name, '--root', root)).toMatchObject({ status: 2, output: expect.stringContaining('no name') });
    }
  });

  test('the package compiles, is formatted, and keeps to the import rules', { timeout: 120_000 }, () => {
    expect(run(tool('tsc'), '-b', 'packages/sprocket')).toEqual({ status: 0, output: '' });
    expect(run(tool('biome'), 'check', '--error-on-warnings', 'packages/sprocket')).toMatchObject({ status: 0 });
    expect(run(process.execPath, join(checkout, 'scripts', 'check-boundaries.mjs'), root).output).not.toContain('sprocket');
  });

  test('the package passes its tests, the inherited ones too', { timeout: 120_000 }, () => {
    const { status, output } = run(tool('vitest'), 'run', 'packages/sprocket');
    expect(status, output).toBe(0);
    expect(output).toMatch(/Tests\s+\d+ passed/);
  });
});
