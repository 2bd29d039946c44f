import type { Hub } from '@wirelike/hub';

/** Clients have this long to go after they were told goodbye; everything is to be over within a second. */
const DRAIN_MILLISECONDS = 700;
const GIVE_UP_MILLISECONDS = 950;

/**
 * A terminal sends Ctrl-C to npm and to what npm has started, and npm passes it on to that once more (npm's
 * run-script): not the second Ctrl-C of somebody who is in a hurry.
 */
const ECHO_MILLISECONDS = 250;

function isEcho(milliseconds: number): boolean {
  return process.env.npm_lifecycle_event !== undefined && milliseconds < ECHO_MILLISECONDS;
}

/**
 * Waits for Ctrl-C, SIGTERM or SIGHUP. The first drains and ends the process with status 0; a second one ends it at
 * once with the status that shells give to that signal.
 */
export function stopOnSignals(hub: Hub, told: () => void): void {
  let first = 0;
  const stop = (status: number): void => {
    if (first !== 0 && isEcho(performance.now() - first)) return;
    if (first !== 0) process.exit(status);
    first = performance.now();
    told();
    setTimeout(() => process.exit(0), GIVE_UP_MILLISECONDS);
    hub.close(DRAIN_MILLISECONDS).then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGINT', () => stop(130));
  process.on('SIGTERM', () => stop(143));
  process.on('SIGHUP', () => stop(129));
}
