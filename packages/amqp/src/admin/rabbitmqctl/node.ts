import type { AlarmedResource, Broker } from '../../model/index.ts';
import { deleteQueue, OPERATOR, purgeQueue } from '../../model/index.ts';
import { exportDefinitions } from '../export-definitions.ts';
import { importDefinitions } from '../import-definitions.ts';
import { bytesOf } from '../memory-amount.ts';
import { type Call, type CtlCommand, CtlFailure, EXIT, vhostOf, word } from './command.ts';
import { evaluate } from './evaluate.ts';
import { jsonOf } from './limits.ts';
import { connectionWith } from './listings.ts';

/** The node as a whole, its connections, and what is in its queues. */
export const nodeCommands: Readonly<Record<string, CtlCommand>> = {
  ping: silent('', pingBanner, 'Ping succeeded\n'),
  await_startup: silent(''),
  await_online_nodes: silent('<count>'),
  wait: silent('[<pidfile>] [--pid <pid>]'),
  force_gc: silent(''),
  rotate_logs: silent(''),
  version: { usage: '', words: [0, 0], run: ({ broker }) => `${broker.version}\n` },
  status: {
    usage: '[--unit <unit>]',
    words: [0, 0],
    options: ['unit'],
    banner: ({ broker }) => `Status of node ${broker.nodeName} ...`,
    run: ({ broker }) => status(broker),
  },
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
  reset: {
    usage: '',
    words: [0, 0],
    banner: ({ broker }) => `Resetting node ${broker.nodeName} ...`,
    run: ({ broker }) => {
      broker.reset();
      return undefined;
    },
  },
  force_reset: {
    usage: '',
    words: [0, 0],
    banner: ({ broker }) => `Forcefully resetting node ${broker.nodeName} ...`,
    run: ({ broker }) => {
      broker.reset();
      return undefined;
    },
  },
  stop_app: {
    usage: '',
    words: [0, 0],
    banner: ({ broker }) => `Stopping rabbit application on node ${broker.nodeName} ...`,
    run: ({ broker }) => {
      // What clients see of it. The listeners belong to the world: a client that comes back is let in.
      broker.closeConnections(() => true, "broker forced connection closure with reason 'shutdown'");
      return undefined;
    },
  },
  start_app: silent('', ({ nodeName }) => `Starting node ${nodeName} ...`),
  ...alarms(),
  ...connections(),
  ...queues(),
  ...definitions(),
};

function pingBanner({ nodeName }: Broker): string {
  return `Will ping ${nodeName}. This only checks if the OS process is running and registered with epmd. Timeout: 60000 ms.`;
}

function silent(usage: string, banner?: (broker: Broker) => string, output?: string): CtlCommand {
  return {
    usage,
    words: [0, 1],
    options: ['pid'],
    ...(banner === undefined ? {} : { banner: ({ broker }) => banner(broker) }),
    run: () => output,
  };
}

/** A limit that no machine can keep to raises the alarm; one that can be kept clears it. */
function alarms(): Readonly<Record<string, CtlCommand>> {
  return {
    set_vm_memory_high_watermark: {
      usage: '<fraction> | absolute <value>',
      words: [1, 2],
      banner: (call) =>
        `Setting memory threshold on ${call.broker.nodeName} to ${call.words.at(-1)}${word(call, 0) === 'absolute' ? ' bytes' : ''} ...`,
      run: (call) => {
        const absolute = word(call, 0) === 'absolute';
        const given = absolute ? bytesOf(word(call, 1)) : Number(word(call, 0));
        if (Number.isNaN(given) || given < 0) throw CtlFailure.invalid('Bad argument.', EXIT.data);
        if (!absolute && given > 1)
          throw CtlFailure.invalid('Bad argument: The threshold should be a fraction between 0.0 and 1.0', EXIT.data);
        set(call.broker, 'memory', absolute ? given < process.memoryUsage.rss() : given < smallest_sensible_fraction);
        return undefined;
      },
    },
    set_disk_free_limit: {
      usage: '<disk_limit> | mem_relative <fraction>',
      words: [1, 2],
      banner: (call) => `Setting disk free limit on ${call.broker.nodeName} to ${word(call, 0)} bytes ...`,
      run: (call) => {
        const given = word(call, 0) === 'mem_relative' ? Number(word(call, 1)) : bytesOf(word(call, 0));
        if (Number.isNaN(given)) throw CtlFailure.invalid('Bad argument.', EXIT.data);
        set(call.broker, 'disk', given > disk_free_bytes);
        return undefined;
      },
    },
    eval: {
      usage: '<expression>',
      words: [1, 1],
      run: evaluate,
    },
  };
}

/** Less than a broker that does nothing takes. RabbitMQ's clients use 0.00000001 in their tests. */
const smallest_sensible_fraction = 0.001;

/** What the management API tells; nothing is written to a disk. */
const disk_free_bytes = 50_000_000_000;

function set(broker: Broker, resource: AlarmedResource, raised: boolean): void {
  if (raised) broker.alarms.raise(resource);
  else broker.alarms.clear(resource);
}

function connections(): Readonly<Record<string, CtlCommand>> {
  return {
    close_connection: {
      usage: '<connection pid> <explanation>',
      words: [2, 2],
      banner: (call) => `Closing connection ${word(call, 0)}, reason: ${word(call, 1)}...`,
      run: (call) => {
        call.broker.closeConnections(connectionWith(call, word(call, 0)), word(call, 1));
        return undefined;
      },
    },
    close_all_connections: {
      usage: '[--vhost <vhost> --limit <limit>] [-n <node> --global] [--per-connection-delay <delay>] <explanation>',
      words: [1, 1],
      options: ['limit', 'global', 'per-connection-delay'],
      banner: (call) =>
        call.options.global === true
          ? `Closing all connections on node ${call.broker.nodeName}, reason: ${word(call, 0)}...`
          : `Closing all connections in vhost ${call.vhost}, reason: ${word(call, 0)}...`,
      run: (call) => closeWhere(call, ({ vhost }) => call.options.global === true || vhost === call.vhost, word(call, 0)),
    },
    close_all_user_connections: {
      usage: '<username> <explanation>',
      words: [2, 2],
      banner: (call) => `Closing connections of user ${word(call, 0)}, reason: ${word(call, 1)}...`,
      run: (call) => {
        closeWhere(call, ({ user }) => user === word(call, 0), word(call, 1));
        return undefined;
      },
    },
  };
}

function closeWhere({ broker }: Call, which: (connection: { vhost: string; user: string }) => boolean, reason: string): string {
  const meant = [...broker.connections].filter(which);
  broker.closeConnections((connection) => meant.includes(connection), reason);
  return `Closed ${meant.length} connections\n`;
}

function queues(): Readonly<Record<string, CtlCommand>> {
  return {
    purge_queue: {
      usage: '[--vhost <vhost>] <queue>',
      words: [1, 1],
      banner: (call) => `Purging queue '${word(call, 0)}' in vhost '${call.vhost}' ...`,
      run: (call) => {
        const vhost = vhostOf(call);
        if (!vhost.queues.has(word(call, 0))) {
          if (!call.broker.release.has('found-nothing')) throw CtlFailure.of('not_found');
          throw new CtlFailure(EXIT.data, 'Object (queue, stream, exchange, etc) was not found');
        }
        purgeQueue(vhost, OPERATOR, word(call, 0));
        return undefined;
      },
    },
    delete_queue: {
      usage: '[--vhost <vhost>] <queue_name> [--if-empty|-e] [--if-unused|-u]',
      words: [1, 1],
      options: ['if-empty', 'if-unused', 'e', 'u'],
      banner: (call) => `Deleting queue '${word(call, 0)}' on vhost '${call.vhost}' ...`,
      run: (call) => {
        const { options } = call;
        const vhost = vhostOf(call);
        if (!vhost.queues.has(word(call, 0))) {
          const isNamed = call.broker.release.has('queue-types-named');
          throw CtlFailure.of(isNamed ? 'No such queue was found' : 'Queue not found', EXIT.usage);
        }
        const [ifUnused, ifEmpty] = [options['if-unused'] ?? options.u, options['if-empty'] ?? options.e].map((flag) => flag === true);
        const dropped = deleteQueue(vhost, OPERATOR, word(call, 0), ifUnused ?? false, ifEmpty ?? false);
        return `Queue was successfully deleted with ${dropped} ready messages\n`;
      },
    },
  };
}

function definitions(): Readonly<Record<string, CtlCommand>> {
  return {
    export_definitions: {
      usage: '<file_path | "-"> [--format <json | erlang>]',
      words: [1, 1],
      options: ['format'],
      run: ({ broker }) => JSON.stringify(exportDefinitions(broker)),
    },
    import_definitions: {
      usage: '<file_path> [--format <json | erlang>] [--skip-if-unchanged]',
      words: [0, 1],
      options: ['format', 'skip-if-unchanged'],
      banner: (call) =>
        call.words.length === 0
          ? 'Importing definitions in JSON ...'
          : `Importing definitions in JSON from a file at "${word(call, 0)}" ...`,
      run: (call) => {
        importDefinitions(call.broker, jsonOf(call.input ?? '', call.broker));
        return 'Successfully started definition import. This process is asynchronous and can take some time.\n';
      },
    },
  };
}

function status(broker: Broker): string {
  const { alarms, connections, vhosts } = broker;
  const raised = (['memory', 'disk'] as const).filter((resource) => alarms.has(resource));
  const queues = [...vhosts.values()].reduce((sum, vhost) => sum + vhost.queues.size, 0);
  return `Runtime

OS PID: ${process.pid}
OS: ${process.platform}
RabbitMQ version: ${broker.version}
Node name: ${broker.nodeName}

Alarms

${raised.length === 0 ? '(none)' : raised.map((resource) => `${resource === 'disk' ? 'Free disk space' : 'Memory'} alarm on node ${broker.nodeName}`).join('\n')}

Totals

Connection count: ${connections.size}
Queue count: ${queues}
Virtual host count: ${vhosts.size}
`;
}
