import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { echo, parrot } from './echo-emulator.fixture.ts';
import { loadSeeds } from './seeds.ts';

const load = (path: string, text: string): ReturnType<typeof loadSeeds> => loadSeeds([{ path, text }], [echo], ['echo', 'parrot']);

describe('loadSeeds', () => {
  it('gives files to the emulator that takes their ending', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'wirelike-seed-')), 'hi.echo');
    writeFileSync(path, 'greeting hi\n');
    expect(await loadSeeds([path], [echo], ['echo'])).toEqual({ echo: [{ kind: 'file', path, text: 'greeting hi\n' }] });
  });

  it('names what it takes when nobody takes a file', async () => {
    await expect(load('people.ldif', '')).rejects.toThrow(
      'people.ldif: expected a seed that ends in .echo (echo), .yaml or .yml, found .ldif',
    );
    await expect(loadSeeds(['/nowhere/x.echo'], [echo], ['echo'])).rejects.toThrow(
      "can't read the seed /nowhere/x.echo: there is no such file",
    );
    await expect(loadSeeds(['/'], [echo], ['echo'])).rejects.toThrow("can't read the seed /: it is a folder");
  });

  it('reads UTF-8 with or without a byte order mark, and nothing else', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'wirelike-seed-')), 'hi.echo');
    const read = (bytes: Buffer): ReturnType<typeof loadSeeds> => {
      writeFileSync(path, bytes);
      return loadSeeds([path], [echo], ['echo']);
    };
    expect(await read(Buffer.from('\ufeffgreeting hé\n'))).toEqual({ echo: [{ kind: 'file', path, text: 'greeting hé\n' }] });
    await expect(read(Buffer.from('\ufeffgreeting hi\n', 'utf16le'))).rejects.toThrow(`${path}:1: expected UTF-8, found UTF-16`);
    await expect(read(Buffer.from('# é\ngreeting hé\n', 'latin1'))).rejects.toThrow(`${path}:1: expected UTF-8, found bytes`);
    await expect(read(Buffer.from('one\ntwo\ngreeting hé', 'latin1'))).rejects.toThrow(`${path}:3: expected UTF-8, found bytes`);
  });

  it('cuts YAML into sections that know their lines', async () => {
    const { echo: [section] = [] } = await load('all.yaml', '# all\necho:\n  greeting: hi\n  list:\n    - a\n    - b: 1\nparrot: {}\n');
    if (section?.kind !== 'section') throw new Error('expected a section');
    expect(section.value).toEqual({ greeting: 'hi', list: ['a', { b: 1 }] });
    expect(section.line([])).toBe(2);
    expect(section.line(['greeting'])).toBe(3);
    expect(section.line(['list', 0])).toBe(5);
    expect(section.line(['list', 1, 'b'])).toBe(6);
    expect(section.line(['list', 1, 'missing'])).toBe(6);
  });

  it('names file, line and what was expected', async () => {
    await expect(load('a.yaml', 'echo:\n  greeting: "hi\n')).rejects.toThrow(/^a.yaml:\d: expected YAML: /);
    await expect(load('a.yaml', '\n\necko:\n  greeting: hi\n')).rejects.toThrow('a.yaml:3: unknown emulator "ecko": did you mean "echo"?');
    await expect(load('a.yaml', 'echo:\n  greeting: *x\n')).rejects.toThrow(/^a.yaml:1: expected YAML: Unresolved alias/);
    await expect(load('a.yaml', `echo: ${'['.repeat(50_000)}`)).rejects.toThrow('a.yaml:1: expected YAML: it is nested too deeply');
    await expect(load('a.yaml', `echo: ${'{a: '.repeat(3_000)}1${'}'.repeat(3_000)}`)).rejects.toThrow('nested too deeply');
    const bomb = ['  - &a0 [x,x,x,x,x,x,x,x,x]'];
    for (let level = 1; level < 10; level++) bomb.push(`  - &a${level} [${`*a${level - 1},`.repeat(9)}]`);
    await expect(load('a.yaml', `echo:\n${bomb.join('\n')}\n`)).rejects.toThrow(/^a.yaml:1: expected YAML: Excessive alias count/);
    await expect(load('a.yaml', 'echo: {}\n---\necho: {}\n')).rejects.toThrow('a.yaml:2: expected YAML: one document only');
    await expect(load('a.yaml', '- echo\n')).rejects.toThrow('a.yaml:1: expected one section per emulator');
    await expect(loadSeeds([{ path: 'a.yml', text: 'parrot: {}' }], [parrot], ['parrot'])).rejects.toThrow('a.yml:1: parrot takes no seed');
  });
});
