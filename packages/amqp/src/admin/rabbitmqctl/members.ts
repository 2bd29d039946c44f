import type { Queue } from '../../model/index.ts';
import { quorumStatus } from '../queue-view.ts';
import { type Call, type CtlCommand, CtlFailure, EXIT, InvalidArguments, notFound, word } from './command.ts';
import { drawnTable } from './drawn-table.ts';

const NOT_APPLICABLE = 'This operation is not applicable to classic queues';

/** rabbitmq-queues: the members of quorum queues. Each has one, on the only node. */
export const memberCommands: Readonly<Record<string, CtlCommand>> = {
  check_if_node_is_quorum_critical: {
    ...{ script: 'rabbitmq-queues', usage: '', words: [0, 0] },
    banner: ({ broker }) =>
      `Checking if node ${broker.nodeName} is critical for quorum of any ${broker.release.has('found-nothing') ? 'queues/streams' : 'quorum queues'} ...`,
    run: ({ broker }) => `Node ${broker.nodeName} seems to be the only one in a single node cluster, the check does not apply\n`,
  },
  quorum_status: {
    ...{ script: 'rabbitmq-queues', usage: '[--vhost <vhost>] <queue>', words: [1, 1] },
    banner: (call) =>
      `Status of ${call.broker.release.has('queue-types-named') ? '' : 'quorum '}queue ${word(call, 0)} on node ${call.broker.nodeName} ...`,
    run: (call) => {
      if (call.broker.release.has('queue-types-named')) checkName(call);
      const status = quorumStatus(quorumQueue(call, 'Cannot get quorum status of a classic queue'));
      return drawnTable(Object.keys(status), [status]);
    },
  },
  add_member: {
    ...{ script: 'rabbitmq-queues', usage: withMembership('[--vhost <vhost>] <queue> <node>'), words: [2, 2] },
    switches: { membership: 'text' },
    banner: (call) => `Adding a replica for queue ${word(call, 0)} on node ${word(call, 1)}...`,
    run: (call) => {
      checkNode(call, word(call, 1));
      quorumQueue(call, 'Cannot add members to a classic queue');
      if (word(call, 1) !== call.broker.nodeName) throw CtlFailure.of('node_not_running');
      return undefined;
    },
  },
  delete_member: {
    ...{ script: 'rabbitmq-queues', usage: '[--vhost <vhost>] <queue> <node>', words: [2, 2] },
    banner: (call) => `Removing a replica of queue ${word(call, 0)} on node ${word(call, 1)}...`,
    run: (call) => {
      if (call.broker.release.has('found-nothing')) checkName(call);
      // RabbitMQ's own text is that of the other command.
      quorumQueue(call, 'Cannot add members to a classic queue');
      if (word(call, 1) === call.broker.nodeName) throw CtlFailure.of('last_node');
      return undefined;
    },
  },
  reclaim_quorum_memory: {
    ...{ script: 'rabbitmq-queues', usage: '[--vhost <vhost>] <quorum queue>', words: [1, 1] },
    banner: (call) =>
      `Will ${call.broker.release.has('queue-types-named') ? 'garbage collect' : 'flush Raft WAL of'} quorum queue ${word(call, 0)} ...`,
    run: (call) => {
      quorumQueue(call, NOT_APPLICABLE);
      return undefined;
    },
  },
  grow: {
    ...{
      script: 'rabbitmq-queues',
      usage: withMembership('<node> <all | even> [--vhost-pattern <pattern>] [--queue-pattern <pattern>]'),
      words: [2, 2],
    },
    switches: { 'vhost-pattern': 'text', 'queue-pattern': 'text', membership: 'text' },
    banner: (call) => `Growing ${word(call, 1)} quorum queues on ${word(call, 0)}...`,
    run: (call) => {
      if (!['all', 'even'].includes(word(call, 1))) throw CtlFailure.invalid(`"strategy '${word(call, 1)}' is not recognised."`);
      checkNode(call, word(call, 0));
      return '\n';
    },
  },
  shrink: {
    ...{ script: 'rabbitmq-queues', usage: '<node> [--errors-only]', words: [1, 1] },
    switches: { 'errors-only': 'flag' },
    banner: (call) => `Shrinking ${call.broker.release.has('queue-types-named') ? '' : 'quorum '}queues on ${word(call, 0)}...`,
    run: (call) => {
      const { broker } = call;
      if (!broker.release.has('queue-types-named') || word(call, 0) === broker.nodeName) return '\n';
      throw CtlFailure.of(`{:node_not_running, :${word(call, 0)}}`);
    },
  },
  rebalance: {
    ...{
      script: 'rabbitmq-queues',
      usage: '< all | classic | quorum > [--vhost-pattern <pattern>] [--queue-pattern <pattern>]',
      words: [1, 1],
    },
    switches: { 'vhost-pattern': 'text', 'queue-pattern': 'text' },
    banner: (call) => `Re-balancing leaders of ${word(call, 0)} queues...`,
    run: (call) => {
      const { release } = call.broker;
      const kinds = [
        'all',
        ...(release.has('no-mirrors') ? [] : ['classic']),
        'quorum',
        ...(release.has('found-nothing') ? ['stream'] : []),
      ];
      if (!kinds.includes(word(call, 0))) throw CtlFailure.early(`type ${word(call, 0)} is not supported. Try one of ${kinds.join(', ')}.`);
      return drawnTable(['Output'], [{ Output: '[]' }]);
    },
  },
};

function checkName(call: Call): void {
  if (call.broker.vhosts.get(call.vhost)?.queues.has(word(call, 0)) === true) return;
  throw new CtlFailure(EXIT.data, `queue '${word(call, 0)}' was not found in virtual host '${call.vhost}'`);
}

/** It may be said whether a new member votes at once. */
function withMembership(usage: string): CtlCommand['usage'] {
  return ({ release }) => (release.has('found-nothing') ? `${usage} [--membership <promotable|voter>]` : usage);
}

/** Older releases leave it to the queues whether there is such a node. */
function checkNode({ broker }: Call, node: string): void {
  if (!broker.release.has('found-nothing') || node === broker.nodeName) return;
  throw new InvalidArguments(EXIT.usage, `node ${node} is not a member of the cluster`, 'Error');
}

function quorumQueue(call: Call, refusal: string): Queue {
  const queue = call.broker.vhosts.get(call.vhost)?.queues.get(word(call, 0));
  if (queue === undefined) throw notFound(call);
  if (queue.type === 'quorum') return queue;
  const isTold = call.broker.release.has('queue-types-named') && refusal !== NOT_APPLICABLE;
  throw CtlFailure.of(isTold ? `{:unsupported, :rabbit_${queue.type}_queue}` : refusal);
}
