import { expect, it } from 'vitest';
import { BackgroundProcess } from './background-process.ts';
import { runClient } from './client.ts';
import { describeWithClient } from './describe.ts';
import { dedent, runPython, runPythonJson } from './python.ts';

it('gives back what a client printed and how it ended', async () => {
  const result = await runClient('sh', ['-c', 'cat; echo $GREETING >&2; exit 3'], { input: 'hello', env: { GREETING: 'good day' } });
  expect(result).toMatchObject({ status: 3, signal: undefined, stdout: 'hello', stderr: 'good day\n' });
});

it('gives up on a client that hangs, and says what it had printed', async () => {
  await expect(runClient('sh', ['-c', 'echo so far; exec sleep 30'], { timeout_milliseconds: 300 })).rejects.toThrow(/300 ms\nso far/);
});

it('waits for the output of a background process, and ends its whole group', async () => {
  const process = new BackgroundProcess('sh', ['-c', 'echo ready $$; sleep 30; true']);
  expect((await process.waitForOutput(/ready (\d+)/))[1]).toBe(String(process.pid));
  await process.stop();
  expect(process.isRunning).toBe(false);
});

it('says why a background process never became ready', async () => {
  const process = new BackgroundProcess('sh', ['-c', 'echo the port is taken; exit 1']);
  await expect(process.waitForOutput(/ready/)).rejects.toThrow(/the port is taken/);
});

it('takes the indentation away that a script has in a test', () => {
  expect(dedent('\n    if True:\n      pass\n')).toBe('if True:\n  pass\n');
});

describeWithClient('python3-ldap', 'Python scripts', () => {
  it('return the JSON of their last line', async () => {
    expect(await runPythonJson('import json, ldap\nprint("noise")\nprint(json.dumps({"scope": ldap.SCOPE_SUBTREE}))')).toEqual({
      scope: 2,
    });
  });

  it('fail with their traceback', async () => {
    await expect(runPython('raise KeyError("gone")')).rejects.toThrow(/KeyError: 'gone'/);
  });
});
