import { describe } from 'vitest';
import { absence, type ClientName, findClient, findPeer, type PeerName } from './peers.ts';

const isCi = process.env.CI !== undefined && process.env.CI !== '' && process.env.CI !== 'false';

function describeIfPresent(missing: readonly (ClientName | PeerName)[], title: string, body: () => void): void {
  if (missing.length === 0) {
    describe(title, body);
    return;
  }
  const reason = absence(missing);
  if (isCi) throw new Error(`${title}: ${reason}`);
  process.stderr.write(`\n  SKIPPED  ${title}: ${reason}\n`);
  describe.skip(`${title} [skipped: ${reason}]`, body);
}

/** A suite that drives real clients. Without them it is skipped loudly; in CI that is a failure. */
export function describeWithClient(name: ClientName | readonly ClientName[], title: string, body: () => void): void {
  const names = typeof name === 'string' ? [name] : name;
  describeIfPresent(
    names.filter((each) => findClient(each) === undefined),
    title,
    body,
  );
}

/** A suite that compares with real servers. Without them it is skipped loudly; in CI that is a failure. */
export function describeWithPeer(name: PeerName | readonly PeerName[], title: string, body: () => void): void {
  const names = typeof name === 'string' ? [name] : name;
  describeIfPresent(
    names.filter((each) => findPeer(each) === undefined),
    title,
    body,
  );
}
