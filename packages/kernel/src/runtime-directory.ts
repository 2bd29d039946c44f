import { mkdirSync, statSync } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

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

/**
 * Only this user may enter: sockets and keys are in there. Throws if somebody else owns the directory, who
 * could then swap what we put there (the temporary directory is everybody's).
 */
export function makePrivate(directory: string): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const { uid } = statSync(directory);
  const own = process.getuid?.();
  if (own !== undefined && uid !== own && own !== 0)
    throw new Error(`${directory} belongs to another user; set WIRELIKE_RUNTIME_DIR or remove it`);
  return directory;
}
