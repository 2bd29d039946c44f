import { type RunOptions, runClient } from './client.ts';
import { python_path } from './peers.ts';

export interface PythonOptions extends RunOptions {
  /** `sys.argv[1:]` of the script. */
  readonly args?: readonly string[];
}

/** Runs a Python script with Debian's interpreter and returns what it printed. A failing script throws its traceback. */
export async function runPython(script: string, options: PythonOptions = {}): Promise<string> {
  const result = await runClient(python_path, ['-c', dedent(script), ...(options.args ?? [])], options);
  if (result.status !== 0) {
    throw new Error(`Python script ended with ${result.status ?? result.signal}\n${result.stdout}${result.stderr}`);
  }
  return result.stdout;
}

/** As {@link runPython}, for a script whose last line of output is JSON. */
export async function runPythonJson(script: string, options: PythonOptions = {}): Promise<unknown> {
  const output = await runPython(script, options);
  const last = output.trimEnd().split('\n').at(-1) ?? '';
  try {
    const value: unknown = JSON.parse(last);
    return value;
  } catch {
    throw new Error(`the script's last line is not JSON: ${last}`);
  }
}

/** Takes away the indentation that a template literal in a test has. */
export function dedent(text: string): string {
  const lines = text.replace(/^\s*\n/, '').split('\n');
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length);
  const indent = Math.min(...indents);
  return lines.map((line) => line.slice(Number.isFinite(indent) ? indent : 0)).join('\n');
}
