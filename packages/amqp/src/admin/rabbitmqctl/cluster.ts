import { type Call, type CtlCommand, CtlFailure, EXIT, InvalidArguments, notFound, option, word } from './command.ts';
import { healthCommands } from './health.ts';
import { memberCommands } from './members.ts';

const needsStop = ofStoppedNode('', 0);

/** What concerns other nodes: there are none. */
export const clusterCommands: Readonly<Record<string, CtlCommand>> = {
  ...healthCommands,
  ...memberCommands,
  cluster_status: {
    usage: '',
    words: [0, 0],
    banner: ({ broker }) => `Cluster status of node ${broker.nodeName} ...`,
    run: ({ broker: { clusterName, nodeName } }) =>
      `Cluster name: ${clusterName}\n\nDisk Nodes\n\n${nodeName}\n\nRunning Nodes\n\n${nodeName}\n`,
  },
  set_cluster_name: {
    usage: '<name>',
    words: [1, 1],
    banner: (call) => `Setting cluster name to ${word(call, 0)} ...`,
    run: (call) => {
      call.broker.clusterName = word(call, 0);
      return undefined;
    },
  },
  await_online_nodes: {
    usage: '<count>',
    words: [1, 1],
    banner: (call) => {
      const timeout = option(call, 'timeout') ?? '300';
      return `Will wait for at least ${count(call)} nodes to join the cluster of ${call.broker.nodeName}. Timeout: ${timeout} seconds.`;
    },
    run: (call) => {
      if (count(call) > 1) throw CtlFailure.of('wirelike has one node: no other will ever join', EXIT.software);
      return undefined;
    },
  },
  join_cluster: {
    ...needsStop,
    usage: ({ release }) => `[--disc${release.has('queue-types-named') ? '' : '|--ram'}] <existing_cluster_member>`,
    words: [1, 1],
    switches: { disc: 'flag', ram: 'flag' },
    banner: (call) => `Clustering node ${call.broker.nodeName} with ${word(call, 0)}`,
    run: (call) => {
      if (call.broker.release.has('found-nothing'))
        throw CtlFailure.of('{:aborted_feature_flags_compat_check, {:error, {:erpc, :noconnection}}}');
      return needsStop.run(call);
    },
  },
  update_cluster_nodes: ofStoppedNode('<seed_node>', 1),
  change_cluster_node_type: { ...ofStoppedNode('<disc | ram>', 1), until: 'queue-types-named' },
  rename_cluster_node: {
    ...ofStoppedNode('<oldnode1> <newnode1> [oldnode2] [newnode2] ...', 2),
    words: [2, Number.POSITIVE_INFINITY],
  },
  force_boot: ofStoppedNode('', 0),
  forget_cluster_node: {
    usage: '[--offline] <existing_cluster_member_node>',
    words: [1, 1],
    switches: { offline: 'flag' },
    banner: (call) => `Removing node ${word(call, 0)} from the cluster`,
    run: ({ broker }) => {
      const quoted = broker.persona === '3.10' ? (text: string) => `'${text}'` : (text: string) => `~c"${text}"`;
      throw CtlFailure.of(`{:not_a_cluster_node, ${quoted('The node selected is not in the cluster.')}}`);
    },
  },
  sync_queue: {
    usage: '[--vhost <vhost>] <queue>',
    until: 'no-mirrors',
    words: [1, 1],
    banner: (call) => `Synchronising queue '${word(call, 0)}' in vhost '${call.vhost}' ...`,
    run: (call) => {
      throw isQueue(call) ? CtlFailure.of('not_mirrored') : notFound(call);
    },
  },
  cancel_sync_queue: {
    usage: '[--vhost <vhost>] <queue>',
    until: 'no-mirrors',
    words: [1, 1],
    banner: (call) => `Stopping synchronising queue '${word(call, 0)}' in vhost '${call.vhost}' ...`,
    run: (call) => {
      if (!isQueue(call)) throw notFound(call);
      return 'not_syncing\n';
    },
  },
};

function count(call: Call): number {
  const text = word(call, 0);
  if (!/^[1-9]\d*$/.test(text)) throw CtlFailure.invalid('Bad argument: Argument must be a positive integer', EXIT.data);
  return Number(text);
}

function isQueue(call: Call): boolean {
  return call.broker.vhosts.get(call.vhost)?.queues.has(word(call, 0)) === true;
}

/** They need the node to be stopped, which would be the end of wirelike's. */
function ofStoppedNode(usage: string, words: number): CtlCommand {
  return {
    usage,
    words: [words, words],
    run: () => {
      const remedy = "Stop it with 'rabbitmqctl stop_app'.";
      throw new InvalidArguments(EXIT.usage, `this command requires the 'rabbit' app to be stopped on the target node. ${remedy}`, 'Error');
    },
  };
}
