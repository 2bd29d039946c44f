/** Errors whose message is a sentence for the user. By name: their classes live in modules that may not be loaded. */
const SENTENCES = ['ControlError', 'ControlFailure', 'SeedError', 'ListenError', 'DirectoryError', 'UsageError'];

/** What was typed makes no sense. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Prints one line for what a user can mend, a stack for what only we can. Returns the exit status. */
export function report(error: unknown): number {
  if (!(error instanceof Error)) {
    console.error(`wirelike: ${String(error)}`);
    return 1;
  }
  if ('exitCode' in error && typeof error.exitCode === 'number' && error.name === 'CommanderError') return error.exitCode;
  if (SENTENCES.includes(error.name)) console.error(`wirelike: ${error.message}`);
  else console.error(`wirelike: this is a bug in wirelike, please report it:\n${error.stack ?? error.message}`);
  return 1;
}
