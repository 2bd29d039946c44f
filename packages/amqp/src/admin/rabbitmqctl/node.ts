import type { AlarmedResource, Broker, Queue } from '../../model/index.ts';
import { deleteQueue, OPERATOR, purgeQueue } from '../../model/index.ts';
import { exportDefinitions } from '../export-definitions.ts';
import { importDefinitions } from '../import-definitions.ts';
import { bytesOf } from '../memory-amount.ts';
import { type Call, type CtlCommand, CtlFailure, EXIT, notFound, option, word } from './command.ts';
import { evaluate } from './evaluate.ts';
import { jsonOf } from './limits.ts';
import { connectionWith } from './listings.ts';

/** The node as a whole, its connections, and what is in its queues. */
export const nodeCommands: Readonly<Record<string, CtlCommand>> = {
  ping: {
    usage: '',
    words: [0, 0],
    banner: pingBanner,
    run: ({ options }) => (options.formatter === 'json' ? '{"message":"Ping succeeded"}\n' : 'Ping succeeded\n'),
  },
  await_startup: silent(''),
  wait: { ...silent('[<pidfile>] [--pid|-P <pid>]'), words: [0, 1], switches: { pid: 'integer' }, letters: { P: 'pid' } },
  node_health_check: silent('', undefined, 'Health check passed\n'),
  version: { usage: '', words: [0, 0], run: ({ broker }) => `${broker.version}\n` },
  status: {
    usage: '[--unit <unit>]',
    words: [0, 0],
    switches: { unit: 'text' },
    banner: ({ broker }) => `Status of node ${broker.nodeName} ...`,
    run: ({ broker }) => status(broker),
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

function pingBanner(call: Call): string {
  const milliseconds = Number(option(call, 'timeout') ?? 60) * 1_000;
  return `Will ping ${call.broker.nodeName}. This only checks if the OS process is running and registered with epmd. Timeout: ${milliseconds} ms.`;
}

function silent(usage: string, banner?: (broker: Broker) => string, output?: string): CtlCommand {
  return {
    usage,
    words: [0, 0],
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
        checkAmount(call, 'absolute');
        const absolute = word(call, 0) === 'absolute';
        const given = absolute ? bytesOf(word(call, 1)) : Number(word(call, 0));
        if (Number.isNaN(given)) throw CtlFailure.invalid('Bad argument.', EXIT.data);
        if (!absolute && (given < 0 || given > 1))
          throw CtlFailure.invalid('Bad argument: The threshold should be a fraction between 0.0 and 1.0', EXIT.data);
        set(call.broker, 'memory', absolute ? given < process.memoryUsage.rss() : given < smallest_sensible_fraction);
        return undefined;
      },
    },
    set_disk_free_limit: {
      usage: '<disk_limit> | mem_relative <fraction>',
      words: [1, 2],
      banner: (call) =>
        `Setting disk free limit on ${call.broker.nodeName} to ${word(call, 0) === 'mem_relative' ? `${word(call, 1)} times the total RAM` : `${word(call, 0)} bytes`} ...`,
      run: (call) => {
        checkAmount(call, 'mem_relative');
        const given = word(call, 0) === 'mem_relative' ? Number(word(call, 1)) : bytesOf(word(call, 0));
        if (Number.isNaN(given)) throw CtlFailure.invalid('Bad argument.', EXIT.data);
        set(call.broker, 'disk', given > disk_free_bytes);
        return undefined;
      },
    },
    eval: {
      usage: '<expression>',
      words: [0, 1],
      run: evaluate,
    },
  };
}

/** A number alone, or with the word before it. */
function checkAmount({ words }: Call, unit: string): void {
  if (words[0] === unit && words.length < 2) throw CtlFailure.invalid('not enough arguments.');
  if (words[0] !== unit && words.length > 1) throw CtlFailure.invalid('too many arguments.');
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
      switches: { limit: 'integer', global: 'flag', 'per-connection-delay': 'integer' },
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
      usage: '<queue>',
      words: [1, 1],
      banner: (call) => `Purging queue '${word(call, 0)}' in vhost '${call.vhost}' ...`,
      run: (call) => {
        const vhost = call.broker.vhosts.get(call.vhost);
        if (vhost?.queues.has(word(call, 0)) !== true) {
          throw notFound(call);
        }
        purgeQueue(vhost, OPERATOR, word(call, 0));
        return undefined;
      },
    },
    delete_queue: {
      usage: ({ release }) =>
        `${release.has('found-nothing') ? '[--vhost <vhost>] ' : ''}<queue_name> [--if-empty|-e] [--if-unused|-u]${release.has('queue-types-named') ? ' [--force]' : ''}`,
      words: [1, 1],
      switches: { 'if-empty': 'flag', 'if-unused': 'flag', force: 'flag' },
      letters: { e: 'if-empty', u: 'if-unused' },
      banner: (call) => {
        const { options, vhost } = call;
        const conditions = ['empty', 'unused'].filter((state) => options[`if-${state}`] === true).map((state) => `if queue is ${state} `);
        return `Deleting queue '${word(call, 0)}' on vhost '${vhost}' ${conditions.join('and ')}...`;
      },
      run: (call) => {
        const { options } = call;
        const vhost = call.broker.vhosts.get(call.vhost);
        const queue = vhost?.queues.get(word(call, 0));
        if (vhost === undefined || queue === undefined) {
          const isNamed = call.broker.release.has('queue-types-named');
          throw CtlFailure.of(isNamed ? 'No such queue was found' : 'Queue not found', EXIT.usage);
        }
        const [ifUnused, ifEmpty] = [options['if-unused'] === true, options['if-empty'] === true];
        checkUse(call, queue, ifEmpty, ifUnused);
        const dropped = deleteQueue(vhost, OPERATOR, word(call, 0), ifUnused, ifEmpty);
        return `Queue was successfully deleted with ${dropped} ready messages\n`;
      },
    },
  };
}

/** The condition that RabbitMQ looks at first is told. */
function checkUse({ broker }: Call, queue: Queue, ifEmpty: boolean, ifUnused: boolean): void {
  const isFull = ifEmpty && queue.readyCount > 0;
  if (!isFull && !(ifUnused && queue.consumers.length > 0)) return;
  if (!broker.release.has('found-nothing')) throw CtlFailure.of(isFull ? 'Queue is not empty' : 'Queue is in use', EXIT.usage);
  const text = `queue '${queue.name}' in vhost '${queue.vhost.name}' ${isFull ? 'not empty' : 'in use'}`;
  throw CtlFailure.of(`{:amqp_error, :precondition_failed, ~c"${text}", :none}`);
}

function definitions(): Readonly<Record<string, CtlCommand>> {
  return {
    export_definitions: {
      usage: '<file_path | "-"> [--format <json | erlang>]',
      words: [1, 1],
      switches: { format: 'text' },
      run: ({ broker }) => JSON.stringify(exportDefinitions(broker)),
    },
    import_definitions: {
      usage: '<file_path | "-"> [--format <json | erlang>] [--skip-if-unchanged]',
      words: [0, 1],
      switches: { format: 'text', 'skip-if-unchanged': 'flag' },
      banner: (call) =>
        call.words.length === 0
          ? 'Importing definitions in JSON from standard input ...'
          : `Importing definitions in JSON from a file at "${word(call, 0)}" ...`,
      run: (call) => {
        const text = call.input ?? '';
        if (text.trim() === '')
          throw CtlFailure.of('Failed to deserialise input (format: JSON) (error: :unexpected_end_of_buffer)', EXIT.data);
        importDefinitions(call.broker, jsonOf(text, call.broker));
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
