import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';

/** Where sockets live: `$WIRELIKE_RUNTIME_DIR`, `$XDG_RUNTIME_DIR/wirelike`, or a folder of this user's in the temporary directory. */
export function runtimeDirectory(): string {
  const { WIRELIKE_RUNTIME_DIR, XDG_RUNTIME_DIR } = process.env;
  if (WIRELIKE_RUNTIME_DIR) return WIRELIKE_RUNTIME_DIR;
  if (XDG_RUNTIME_DIR) return join(XDG_RUNTIME_DIR, 'wirelike');
  return join(tmpdir(), `wirelike-${userInfo().uid}`);
}

/** Where the certificate authority lives between starts: `$WIRELIKE_STATE_DIR`, `$XDG_STATE_HOME/wirelike` or `~/.local/state/wirelike`. */
export function stateDirectory(): string {
  const { WIRELIKE_STATE_DIR, XDG_STATE_HOME } = process.env;
  if (WIRELIKE_STATE_DIR) return WIRELIKE_STATE_DIR;
  return join(XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'wirelike');
}

/** A folder can't be had, or isn't safe. One line that says what to do. */
export class DirectoryError extends Error {
  override readonly name = 'DirectoryError';
}

/** The variable that puts a folder elsewhere. */
type Variable = 'WIRELIKE_RUNTIME_DIR' | 'WIRELIKE_STATE_DIR';

/**
 * Only this user may enter: sockets and keys are in there. Throws a {@link DirectoryError} if it can't be made, or if
 * somebody else owns it, who could then swap what we put there (the temporary directory is everybody's).
 */
export function makePrivate(directory: string, variable: Variable = 'WIRELIKE_RUNTIME_DIR'): string {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    accessSync(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unusable(directory, variable, error);
  }
  const { uid } = statSync(directory);
  const own = process.getuid?.();
  // What somebody gave to root is root's to use (a mounted folder), but not what anybody can have made.
  const trusted = own === undefined || uid === own || (own === 0 && !isEverybodys(dirname(directory)));
  if (!trusted) throw new DirectoryError(`${directory} belongs to another user; ${remedy(variable)}`);
  return directory;
}

/** What to tell of a file that can't be written into a folder that could be made. */
export function unusable(directory: string, variable: Variable, error: unknown): DirectoryError {
  return new DirectoryError(`can't use the folder ${directory}: ${reasonOf(error)}; ${remedy(variable)}`);
}

function remedy(variable: Variable): string {
  return `set ${variable} to a folder that you may write to`;
}

/** As /tmp is: sticky, and everybody may write. */
function isEverybodys(directory: string): boolean {
  const EVERYBODYS = 0o1002;
  return (statSync(directory).mode & EVERYBODYS) === EVERYBODYS;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'its file system is read-only',
  ENOTDIR: 'a part of its path is a file',
  EEXIST: 'there is a file of that name',
  ENOSPC: 'there is no space left',
};

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return ('code' in error ? REASONS[String(error.code)] : undefined) ?? error.message;
}
