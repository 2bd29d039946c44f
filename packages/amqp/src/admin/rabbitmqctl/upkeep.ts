import { loginAttemptViews } from '../login-attempt-view.ts';
import { type CtlCommand, CtlFailure, type Output, word } from './command.ts';
import { evaluate } from './evaluate.ts';

const LOG_LEVELS = ['debug', 'info', 'warning', 'error', 'critical', 'none'];

/** Keeping a node running: much of it has nothing to do here, and says what it says elsewhere. */
export const upkeepCommands: Readonly<Record<string, CtlCommand>> = {
  force_gc: said((node) => `Will ask all processes on node ${node} to schedule a full sweep GC`),
  rotate_logs: {
    usage: '',
    words: [0, 0],
    run: () => {
      throw CtlFailure.early('This command does not rotate logs anymore [deprecated]');
    },
  },
  set_log_level: {
    usage: '<log_level>',
    words: [1, 1],
    banner: (call) => `Setting log level to "${word(call, 0)}" ...`,
    run: (call) => {
      const level = word(call, 0);
      if (!LOG_LEVELS.includes(level)) throw CtlFailure.early(`level ${level} is not supported. Try one of ${LOG_LEVELS.join(', ')}`);
      return undefined;
    },
  },
  // The listeners belong to the world: a client that comes is let in.
  suspend_listeners: said(
    (node) => `Will suspend client connection listeners on node ${node}. The node will no longer accept client connections!`,
  ),
  resume_listeners: said((node) => `Will resume client connection listeners on node ${node}. The node will now accept client connections`),
  list_hashes: {
    usage: '',
    words: [0, 0],
    banner: () => 'Listing supported hash algorithms ...',
    run: () => '[blake2s,blake2b,sha3_512,sha3_384,sha3_256,sha3_224,sha512,sha384,sha256,\n sha224,sha,ripemd160,md5,md4]\n',
  },
  list_node_auth_attempt_stats: {
    usage: '[--by-source]',
    words: [0, 0],
    switches: { 'by-source': 'flag' },
    banner: ({ broker }) => `Listing authentication\n attempts for node "${broker.nodeName}" ...`,
    run: ({ broker, options }): Output => {
      const isBySource = options['by-source'] === true;
      const columns = ['protocol', 'auth_attempts', 'auth_attempts_failed', 'auth_attempts_succeeded'];
      const rows = loginAttemptViews(broker, isBySource ? 'by-source' : 'all');
      return { columns: isBySource ? ['remote_address', 'username', ...columns] : columns, rows };
    },
  },
  activate_free_disk_space_monitoring: saidSince((node) => `[Re-]activating free disk space monitoring on node ${node}...`),
  deactivate_free_disk_space_monitoring: saidSince((node) => `Deactivating free disk space monitoring on node ${node}...`),
  reconcile_vhosts: saidSince(() => 'Will try to initiate virtual host reconciliation on all reachable cluster nodes...'),
  remove_classic_queue_mirroring_from_policies: saidSince(
    () => 'Will remove keys that enable classic queue mirroring from all regular and operator policies',
  ),
  eval_file: {
    usage: '<file path>',
    words: [1, 1],
    run: (call) => {
      if (call.input === undefined) throw CtlFailure.invalid(`"File ${word(call, 0)} does not exist"`);
      return evaluate({ ...call, words: [call.input] });
    },
  },
};

function said(banner: (node: string) => string): CtlCommand {
  return { usage: '', words: [0, 0], banner: ({ broker }) => banner(broker.nodeName), run: () => undefined };
}

function saidSince(banner: (node: string) => string): CtlCommand {
  return { ...said(banner), since: 'found-nothing' };
}
