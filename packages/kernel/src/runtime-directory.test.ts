import { chmodSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { DirectoryError, makePrivate, runtimeDirectory, stateDirectory } from './runtime-directory.ts';

afterEach(() => vi.unstubAllEnvs());

test('the runtime directory: ours, then the session’s, then a folder of this user’s', () => {
  vi.stubEnv('WIRELIKE_RUNTIME_DIR', '/run/mine');
  vi.stubEnv('XDG_RUNTIME_DIR', '/run/user/1');
  expect(runtimeDirectory()).toBe('/run/mine');
  vi.stubEnv('WIRELIKE_RUNTIME_DIR', '');
  expect(runtimeDirectory()).toBe('/run/user/1/wirelike');
  vi.stubEnv('XDG_RUNTIME_DIR', '');
  expect(runtimeDirectory()).toBe(join(tmpdir(), `wirelike-${process.getuid?.()}`));
});

test('the state directory', () => {
  vi.stubEnv('WIRELIKE_STATE_DIR', '/var/mine');
  expect(stateDirectory()).toBe('/var/mine');
  vi.stubEnv('WIRELIKE_STATE_DIR', '');
  vi.stubEnv('XDG_STATE_HOME', '/var/state');
  expect(stateDirectory()).toBe('/var/state/wirelike');
  vi.stubEnv('XDG_STATE_HOME', '');
  expect(stateDirectory()).toMatch(/\.local\/state\/wirelike$/);
});

test('a private directory is this user’s alone, and one that is there stays', () => {
  const directory = mkdtempSync(join(tmpdir(), 'wl-'));
  const made = makePrivate(join(directory, 'a', 'b'));
  expect(statSync(made).mode & 0o777).toBe(0o700);
  expect(makePrivate(made)).toBe(made);
  writeFileSync(join(directory, 'file'), '');
  const remedy = 'set WIRELIKE_STATE_DIR to a folder that you may write to';
  const refused =
    (path: string): (() => string) =>
    () =>
      makePrivate(join(directory, path), 'WIRELIKE_STATE_DIR');
  expect(refused('file')).toThrow(new DirectoryError(`can't use the folder ${directory}/file: there is a file of that name; ${remedy}`));
  expect(refused('file/x')).toThrow(`a part of its path is a file; ${remedy}`);
  rmSync(directory, { recursive: true });
});

test('a directory of somebody else’s is not private; root takes what it was given, but not from where anybody may write', () => {
  const directory = mkdtempSync(join(tmpdir(), 'wl-'));
  const made = makePrivate(join(directory, 'a'));
  vi.spyOn(process, 'getuid').mockReturnValue(statSync(made).uid + 1);
  expect(() => makePrivate(made)).toThrow('belongs to another user; set WIRELIKE_RUNTIME_DIR');
  vi.restoreAllMocks();
  if (process.getuid?.() === 0) chownSync(made, 1, 1);
  else vi.spyOn(process, 'getuid').mockReturnValue(0);
  expect(makePrivate(made)).toBe(made);
  chmodSync(directory, 0o1777);
  expect(() => makePrivate(made)).toThrow('belongs to another user');
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true });
});
