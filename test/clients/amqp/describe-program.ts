import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithClient } from '../../peers/describe.ts';
import { type Program, play } from './program.ts';

/** Somewhere to play a scenario. */
export interface Stage {
  /** What leads a client there. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Every scenario of a program as a test, each on the stage that `open` gives it. */
export function describeProgram(program: Program, open: () => Promise<Stage>): void {
  describeWithClient(program.needs, program.name, () => {
    let directory: string;
    let command: readonly string[];

    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), 'wirelike-program-'));
      command = await program.build(directory);
    }, 300_000);

    afterAll(() => rmSync(directory, { recursive: true, force: true }));

    const each = program.isPatient === true ? test.concurrent : test;
    for (const [scenario, expected] of Object.entries(program.scenarios)) {
      each(scenario, { timeout: 90_000 }, async () => {
        const stage = await open();
        try {
          expect(await play(command, scenario, stage.env)).toEqual(expected);
        } finally {
          await stage.close();
        }
      });
    }
  });
}
