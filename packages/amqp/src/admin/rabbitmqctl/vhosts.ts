import type { VirtualHost } from '../../model/index.ts';
import { isQueueType } from '../queue-types.ts';
import { vhostLimitViews } from '../user-view.ts';
import { selected } from './columns.ts';
import { type Call, type CtlCommand, CtlFailure, EXIT, listedVhost, option, vhostOf, word } from './command.ts';
import { limitsOf } from './limits.ts';

export const vhostCommands: Readonly<Record<string, CtlCommand>> = {
  add_vhost: {
    usage: '<vhost> [--description <description> --tags "<tag1>,<tag2>,<...>" --default-queue-type <quorum|classic|stream>]',
    words: [1, 1],
    switches: { description: 'text', tags: 'text', 'default-queue-type': 'text' },
    letters: { d: 'description' },
    banner: (call) => `Adding vhost "${word(call, 0)}" ...`,
    run: (call) => {
      const isChecked = !call.broker.vhosts.has(word(call, 0)) || call.broker.release.has('queue-types-named');
      const wrong = isChecked ? wrongType(call) : undefined;
      if (wrong !== undefined) return wrong;
      describe(call, call.broker.createVhost(word(call, 0), 'rmq-cli'));
      return undefined;
    },
  },
  update_vhost_metadata: {
    since: 'vhost-metadata-updates',
    usage: '<vhost> [--description <description>] [--tags "<tag1>,<tag2>,<...>"] [--default-queue-type <quorum|classic|stream>]',
    words: [1, 1],
    switches: { description: 'text', tags: 'text', 'default-queue-type': 'text' },
    letters: { d: 'description' },
    banner: (call) => `Updating metadata of vhost "${word(call, 0)}" ...`,
    run: (call) => {
      const vhost = namedVhost(call);
      const wrong = wrongType(call);
      if (wrong !== undefined) return wrong;
      describe(call, vhost);
      return undefined;
    },
  },
  delete_vhost: {
    usage: '<vhost>',
    words: [1, 1],
    banner: (call) => `Deleting vhost "${word(call, 0)}" ...`,
    run: (call) => {
      if (namedVhost(call).protectedFromDeletion) {
        const problem = 'it is protected from deletion. To lift the protection, inspect and update its metadata';
        throw new CtlFailure(EXIT.data, `Error:\nCannot delete this virtual host: ${problem}`);
      }
      call.broker.removeVhost(word(call, 0));
      return undefined;
    },
  },
  enable_vhost_deletion_protection: {
    since: 'deletion-protection',
    usage: '<vhost>',
    words: [1, 1],
    banner: (call) => `Protecting virtual host "${word(call, 0)}" from removal by updating its metadata...`,
    run: (call) => {
      namedVhost(call).protectedFromDeletion = true;
      return undefined;
    },
  },
  disable_vhost_deletion_protection: {
    since: 'deletion-protection',
    usage: '<vhost>',
    words: [1, 1],
    banner: (call) => `Removing deletion protection from virtual host "${word(call, 0)}" by updating its metadata...`,
    run: (call) => {
      namedVhost(call).protectedFromDeletion = false;
      return undefined;
    },
  },
  list_vhosts: {
    usage: '[--no-table-headers] [<column> ...]',
    words: [0, Number.POSITIVE_INFINITY],
    banner: () => 'Listing vhosts ...',
    run: ({ broker, words }) => {
      const rows = Array.from(broker.vhosts.values(), ({ name, tracing, metadata, protectedFromDeletion }) => ({
        name,
        tracing,
        description: metadata.description,
        tags: metadata.tags,
        default_queue_type: metadata.defaultQueueType ?? (broker.release.has('default-queue-types') ? 'classic' : 'undefined'),
        cluster_state: `[{'${broker.nodeName}', running}]`,
        protected_from_deletion: protectedFromDeletion,
      }));
      const protection = broker.release.has('deletion-protection') ? ['protected_from_deletion'] : [];
      const columns = ['name', 'tracing', 'description', 'tags', 'default_queue_type', 'cluster_state', ...protection];
      return selected(words, ['name'], columns, rows);
    },
  },
  set_vhost_limits: {
    usage: '[--vhost <vhost>] <definition>',
    words: [1, 1],
    banner: (call) => `Setting vhost limits to "${word(call, 0)}" for vhost "${call.vhost}" ...`,
    run: (call) => {
      const vhost = vhostOf(call);
      vhost.limits = { ...vhost.limits, ...limitsOf(call, word(call, 0), 'limits') };
      return undefined;
    },
  },
  clear_vhost_limits: {
    usage: '[--vhost <vhost>]',
    words: [0, 0],
    banner: ({ vhost }) => `Clearing vhost "${vhost}" limits ...`,
    run: (call) => {
      const vhost = call.broker.vhosts.get(call.vhost);
      if (vhost === undefined) throw CtlFailure.of('Parameter does not exist');
      vhost.limits = {};
      return undefined;
    },
  },
  list_vhost_limits: {
    usage: '[--vhost <vhost>] [--global] [--no-table-headers]',
    words: [0, 0],
    switches: { global: 'flag' },
    banner: ({ vhost, options }) =>
      options.global === true ? 'Listing limits for all vhosts ...' : `Listing limits for vhost "${vhost}" ...`,
    run: (call) => {
      const all = vhostLimitViews(call.broker).map(({ vhost, value }) => ({ vhost, limits: JSON.stringify(value) }));
      if (call.options.global === true) return { columns: ['vhost', 'limits'], rows: all, whole: true };
      const { limits } = listedVhost(call);
      if (Object.keys(limits).length === 0 && call.options.formatter === 'json') return '[]\n';
      return Object.keys(limits).length === 0 ? '\n' : `${JSON.stringify(limits)}\n`;
    },
  },
  restart_vhost: {
    usage: '[--vhost <vhost>]',
    words: [0, 0],
    banner: ({ broker, vhost }) => `Trying to restart vhost '${vhost}' on node '${broker.nodeName}' ...`,
    run: (call) => `Vhost '${vhostOf(call).name}' is already running on node '${call.broker.nodeName}'\n`,
  },
  set_vhost_tags: {
    usage: '<vhost> <tag> [...]',
    words: [1, Number.POSITIVE_INFINITY],
    banner: (call) => `Setting tags for virtual host "${word(call, 0)}" to [${call.words.slice(1).join(', ')}] ...`,
    run: (call) => {
      const vhost = call.broker.vhosts.get(word(call, 0));
      if (vhost === undefined) throw CtlFailure.of(`Virtual host "${word(call, 0)}" does not exist`, EXIT.data);
      vhost.metadata = { ...vhost.metadata, tags: call.words.slice(1) };
      return undefined;
    },
  },
  trace_on: {
    usage: '[--vhost <vhost>]',
    words: [0, 1],
    banner: ({ vhost }) => `Starting tracing for vhost "${vhost}" ...`,
    run: (call) => {
      call.broker.vhosts.get(call.vhost)?.setTracing(true);
      return `Trace enabled for vhost ${call.vhost}\n`;
    },
  },
  trace_off: {
    usage: '[--vhost <vhost>]',
    words: [0, 1],
    banner: ({ vhost }) => `Stopping tracing for vhost "${vhost}" ...`,
    run: (call) => {
      call.broker.vhosts.get(call.vhost)?.setTracing(false);
      return `Trace disabled for vhost ${call.vhost}\n`;
    },
  },
};

function namedVhost(call: Call): VirtualHost {
  const vhost = call.broker.vhosts.get(word(call, 0));
  if (vhost === undefined) throw new CtlFailure(EXIT.data, `Virtual host '${word(call, 0)}' does not exist`);
  return vhost;
}

function describe(call: Call, vhost: VirtualHost): void {
  const { description, tags, defaultQueueType } = vhost.metadata;
  vhost.metadata = {
    description: option(call, 'description') ?? description,
    tags: option(call, 'tags')?.split(',') ?? tags,
    defaultQueueType: option(call, 'default-queue-type') ?? defaultQueueType,
  };
}

/** What RabbitMQ has against a default queue type. */
function wrongType(call: Call): string | undefined {
  const type = option(call, 'default-queue-type');
  if (type === undefined || isQueueType(type)) return undefined;
  if (call.broker.release.has('queue-types-named')) {
    const problem = `Bad argument: Default queue type must be one of: quorum, stream, classic. Provided: ${type}`;
    throw CtlFailure.invalid(problem, EXIT.data);
  }
  if (!call.broker.release.has('wrong-queue-type-shown')) throw CtlFailure.of('invalid_queue_type');
  return `{:error, :invalid_queue_type, "${type}"}\n`;
}
