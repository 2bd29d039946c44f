import { readFileSync } from 'node:fs';
import * as kernel from '@wirelike/kernel';
import { expect, it } from 'vitest';
import * as model from './index.ts';

const MODULES: Readonly<Record<string, object>> = { '@wirelike/amqp/model': model, '@wirelike/kernel': kernel };

/** What the README's example says it prints: the comment behind each console.log. */
it('the example in the README prints what it says', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, example = ''] = /```js\n(.*?)```/s.exec(readme) ?? [];
  const imported = [...example.matchAll(/^import \{ (.*) \} from '(.*)';$/gm)].flatMap(([, names = '', from = '']) =>
    names.split(', ').map((name) => [name, Object.entries(MODULES[from] ?? {}).find(([known]) => known === name)?.[1]] as const),
  );
  for (const [name, value] of imported) expect(value, name).toBeDefined();
  const printed: string[] = [];
  const print = { log: (...values: unknown[]) => printed.push(values.map((value) => shown(value)).join(' ')) };
  const run = new Function(...imported.map(([name]) => name), 'console', example.replaceAll(/^import .*$/gm, ''));
  run(...imported.map(([, value]) => value), print);
  expect(printed).toEqual([...example.matchAll(/console\.log\(.*\);(?: \})? \/\/ (.*)$/gm)].map(([, comment]) => comment));
  expect(printed.length).toBeGreaterThan(5);
});

function shown(value: unknown): string {
  if (!Array.isArray(value)) return String(value);
  return `[ ${value.map((item) => `'${String(item)}'`).join(', ')} ]`;
}
