import { preload } from './preload.ts';
import { program } from './program.ts';
import { report } from './report.ts';

const words = process.argv.slice(2);
preload(words);
// `wirelike trace | head`: a reader that has seen enough is no failure.
process.stdout.on('error', () => process.exit(0));
try {
  await program(words);
} catch (error) {
  process.exitCode = report(error);
}
