import { ControlError, type Setting } from '@wirelike/kernel';

/** What TLS clients have to show to be let in: RabbitMQ's `ssl_options.verify` and `ssl_options.fail_if_no_peer_cert`. */
export interface PeerVerification {
  /** Who shows a certificate shows one of our authority's. */
  readonly verifies: boolean;
  readonly needsCertificate: boolean;
}

/**
 * RabbitMQ as it is installed asks nobody for a certificate (verify_none). Here each client is asked, so that EXTERNAL works without
 * any setting, but whatever it shows lets it in; one of another authority says no more about a user than none.
 */
export const PEER_VERIFICATION_SETTINGS: readonly Setting[] = [
  {
    name: 'ssl_verify',
    help: 'clients whose certificate is of another authority: verify_none lets them in, but not as a user by EXTERNAL; verify_peer does not',
    default: 'verify_none',
  },
  {
    name: 'ssl_fail_if_no_peer_cert',
    help: 'whether clients without a certificate are sent away, with verify_peer: true or false',
    default: 'false',
  },
];

const ANYBODY: PeerVerification = { verifies: false, needsCertificate: false };

/** Throws a {@link ControlError}; also for what Erlang refuses to listen with, a certificate that is needed and not verified. */
export function peerVerificationOf(settings: Readonly<Record<string, string>>): PeerVerification {
  const { ssl_verify: verify = 'verify_none', ssl_fail_if_no_peer_cert: fail = 'false' } = settings;
  if (verify !== 'verify_none' && verify !== 'verify_peer') {
    throw new ControlError(`amqp.ssl_verify: expected verify_none or verify_peer, found "${verify}"`);
  }
  if (fail !== 'true' && fail !== 'false') throw new ControlError(`amqp.ssl_fail_if_no_peer_cert: expected true or false, found "${fail}"`);
  if (verify === 'verify_peer') return { verifies: true, needsCertificate: fail === 'true' };
  if (fail === 'true') throw new ControlError('amqp.ssl_fail_if_no_peer_cert: true needs amqp.ssl_verify=verify_peer');
  return ANYBODY;
}
