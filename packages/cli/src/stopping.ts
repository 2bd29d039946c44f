import type { Hub } from '@wirelike/hub';

/** Clients have this long to go after they were told goodbye; everything is to be over within a second. */
const DRAIN_MILLISECONDS = 700;
const GIVE_UP_MILLISECONDS = 950;

/**
 * Waits for Ctrl-C, SIGTERM or SIGHUP. The first drains and ends the process with status 0; a second one ends it at
 * once with the status that shells give to that signal.
 */
export function stopOnSignals(hub: Hub, told: () => void): void {
  let stopping = false;
  const stop = (status: number): void => {
    if (stopping) process.exit(status);
    stopping = true;
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
