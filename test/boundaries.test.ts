import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../scripts/check-boundaries.mjs', import.meta.url));

interface Verdict {
  readonly status: number | null;
  readonly violations: readonly string[];
  readonly summary: string;
}

function check(...args: string[]): Verdict {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8' });
  return { status, violations: stderr.split('\n').filter((line) => line !== ''), summary: stdout.trim() };
}

/** A house of two emulators, with one file more or changed. */
function checkHouse(path: string, text: string): Verdict {
  const root = mkdtempSync(join(tmpdir(), 'wl-house-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const house: Record<string, string> = {
    'packages/kernel/src/index.ts': 'export const kernel = 1;\n',
    'packages/hub/src/index.ts': "export const load = () => import('@wirelike/amqp');\n",
    'packages/amqp/src/index.ts': "import './session/session.ts';\nexport default 1;\n",
    'packages/amqp/src/wire/frame.ts': "import { kernel } from '@wirelike/kernel';\nexport { kernel };\n",
    'packages/amqp/src/model/queue.ts':
      "import { limit } from '../limits.ts';\nexport const at = (time: number): Date => new Date(time + limit);\n",
    'packages/amqp/src/session/session.ts': "import '../wire/frame.ts';\nimport '../model/queue.ts';\n",
    'packages/amqp/src/limits.ts': 'export const limit = 1;\n',
    'packages/mqtt/src/index.ts': "import '@wirelike/amqp/model';\nexport default { uses: ['amqp'] };\n",
    'packages/mqtt/src/session/session.ts': 'export {};\n',
    'packages/cli/src/index.ts': "import '@wirelike/hub';\n",
    [path]: text,
  };
  for (const [name, content] of Object.entries(house)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return check(root);
}

test('this checkout keeps to the rules', () => {
  const { status, violations, summary } = check();
  expect(violations).toEqual([]);
  expect(status).toBe(0);
  expect(summary).toMatch(/^\d+ files keep to the import rules$/);
});

describe('a violation is found, with its line and its rule', () => {
  test.each([
    ['kernel/src/x.ts', "import '@wirelike/client';", 1, 'kernel imports none of our packages (rule 1)'],
    ['amqp/src/wire/x.ts', "\nimport { queue } from '../model/queue.ts';", 2, 'wire must not import model (rule 2)'],
    ['amqp/src/wire/x.ts', "import type {\n  Queue,\n} from '../model/queue.ts';", 3, 'wire must not import model (rule 2)'],
    ['amqp/src/wire/deep/x.ts', "export * from '../../session/session.ts';", 1, 'wire must not import session (rule 2)'],
    ['amqp/src/wire/x.ts', "import { connect } from 'node:net';", 1, 'wire must not know sockets (rule 2)'],
    ['amqp/src/model/x.ts', "import { connect } from 'tls';", 1, 'model must not know sockets (rule 2)'],
    ['amqp/src/model/x.ts', "const frame = await import('../wire/frame.ts');", 1, 'model must not import wire (rule 2)'],
    [
      'amqp/src/model/x.ts',
      'export {};\nconst now = Date.now();',
      2,
      'model takes time and chance from its world, not from Date.now (rule 2)',
    ],
    ['amqp/src/model/x.ts', 'const now = new Date();', 1, 'model takes time and chance from its world, not from new Date() (rule 2)'],
    ['amqp/src/model/x.ts', 'const dice = Math.random();', 1, 'model takes time and chance from its world, not from Math.random (rule 2)'],
    ['amqp/src/model/x.test.ts', "import '../wire/frame.ts';", undefined, ''],
    ['amqp/src/admin/x.ts', "import '../wire/frame.ts';", 1, 'admin must not import wire (rule 2)'],
    [
      'amqp/src/session/x.ts',
      "import '../../../mqtt/src/index.ts';",
      1,
      'a package is imported by its name, not by a path into it (rule 3)',
    ],
    [
      'amqp/src/session/x.ts',
      "import '@wirelike/mqtt';",
      1,
      "of another emulator only its model may be imported, as '@wirelike/mqtt/model' (rule 3)",
    ],
    ['amqp/src/session/x.ts', "import '@wirelike/mqtt/model';", 1, "amqp does not declare `uses: ['mqtt']` (rule 3)"],
    ['amqp/src/session/x.ts', "import '@wirelike/hub';", 1, 'amqp must not import hub (rule 3)'],
    ['amqp/src/session/x.ts', "import '@wirelike/testkit';", 1, 'amqp must not import testkit (rule 3)'],
    ['hub/src/x.ts', "import amqp from '@wirelike/amqp';", 1, 'hub loads emulators lazily, with import() (rule 4)'],
    ['cli/src/x.ts', "import amqp from '@wirelike/amqp';", 1, 'cli must not import an emulator (rule 5)'],
    ['client/src/x.ts', "import '@wirelike/hub';", 1, 'client must not import hub (rule 5)'],
  ])('%s: %s', (file, text, line, wrong) => {
    const path = `packages/${file}`;
    const { status, violations } = checkHouse(path, `${text}\n`);
    if (line === undefined) {
      expect([status, violations]).toEqual([0, []]);
      return;
    }
    expect(violations).toHaveLength(1);
    expect(violations[0]).toContain(`${path}:${line}: ${wrong}`);
    expect(status).toBe(1);
  });
});

describe('what looks like one and is none', () => {
  test.each([
    ['amqp/src/wire/x.ts', "// import '../model/queue.ts';\n/* import '../model/queue.ts'; */"],
    ['amqp/src/wire/x.ts', 'export const text = "it\'s // no comment"; // Date.now() in one'],
    ['amqp/src/model/x.ts', '/** Not Date.now(). */\nexport const time = (at: number): string => new Date(at).toISOString();'],
    ['amqp/src/session/x.test.ts', "import { describeEmulator } from '@wirelike/testkit';\nsetTimeout(describeEmulator);"],
    ['hub/src/x.ts', "import type { Broker } from '@wirelike/amqp/model';"],
    ['mqtt/src/session/x.ts', "import { Broker } from '@wirelike/amqp/model';"],
  ])('%s: %s', (file, text) => {
    expect(checkHouse(`packages/${file}`, `${text}\n`)).toMatchObject({ status: 0, violations: [] });
  });
});
