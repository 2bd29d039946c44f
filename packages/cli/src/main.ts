import { preload } from './preload.ts';
import { program } from './program.ts';
import { report } from './report.ts';

const words = process.argv.slice(2);
preload(words);
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // `wirelike trace | head`: a reader that has seen enough is no failure.
  if (error.code === 'EPIPE') process.exit(0);
  console.error(`wirelike: can't write to standard output: ${error.message}`);
  process.exit(1);
});
try {
  await program(words);
} catch (error) {
  process.exitCode = report(error);
}
