import { vhostLimitViews } from '../user-view.ts';
import { selected } from './columns.ts';
import { type CtlCommand, CtlFailure, EXIT, option, vhostOf, word } from './command.ts';
import { limitsOf } from './limits.ts';

export const vhostCommands: Readonly<Record<string, CtlCommand>> = {
  add_vhost: {
    usage: '<vhost> [--description <description> --tags "<tag1>,<tag2>,<...>" --default-queue-type <quorum|classic|stream>]',
    words: [1, 1],
    options: ['description', 'tags', 'default-queue-type'],
    banner: (call) => `Adding vhost "${word(call, 0)}" ...`,
    run: (call) => {
      const vhost = call.broker.createVhost(word(call, 0));
      const { description, tags, defaultQueueType } = vhost.metadata;
      vhost.metadata = {
        description: option(call, 'description') ?? description,
        tags: option(call, 'tags')?.split(',') ?? tags,
        defaultQueueType: option(call, 'default-queue-type') ?? defaultQueueType,
      };
      return undefined;
    },
  },
  delete_vhost: {
    usage: '<vhost>',
    words: [1, 1],
    banner: (call) => `Deleting vhost "${word(call, 0)}" ...`,
    run: (call) => {
      if (!call.broker.vhosts.has(word(call, 0))) throw new CtlFailure(EXIT.data, `Virtual host '${word(call, 0)}' does not exist`);
      call.broker.removeVhost(word(call, 0));
      return undefined;
    },
  },
  list_vhosts: {
    usage: '[--no-table-headers] [<column> ...] [--timeout <timeout>]',
    words: [0, Number.POSITIVE_INFINITY],
    banner: () => 'Listing vhosts ...',
    run: ({ broker, words }) => {
      const rows = Array.from(broker.vhosts.values(), ({ name, tracing, metadata: { description, tags, defaultQueueType } }) => ({
        ...{
          name,
          tracing,
          description,
          tags,
          default_queue_type: defaultQueueType ?? 'undefined',
          cluster_state: `[{"${broker.nodeName}",running}]`,
        },
      }));
      return selected(words, ['name'], ['name', 'tracing', 'description', 'tags', 'default_queue_type', 'cluster_state'], rows);
    },
  },
  set_vhost_limits: {
    usage: '[--vhost <vhost>] <definition>',
    words: [1, 1],
    banner: (call) => `Setting vhost limits to "${word(call, 0)}" for vhost "${call.vhost}" ...`,
    run: (call) => {
      const vhost = vhostOf(call);
      vhost.limits = { ...vhost.limits, ...limitsOf(word(call, 0), ['max-connections', 'max-queues']) };
      return undefined;
    },
  },
  clear_vhost_limits: {
    usage: '[--vhost <vhost>]',
    words: [0, 0],
    banner: ({ vhost }) => `Clearing vhost "${vhost}" limits ...`,
    run: (call) => {
      vhostOf(call).limits = {};
      return undefined;
    },
  },
  list_vhost_limits: {
    usage: '[--vhost <vhost>] [--global] [--no-table-headers]',
    words: [0, 0],
    options: ['global'],
    banner: ({ vhost, options }) =>
      options.global === true ? 'Listing limits for all vhosts ...' : `Listing limits for vhost "${vhost}" ...`,
    run: (call) => {
      const all = vhostLimitViews(call.broker).map(({ vhost, value }) => ({ vhost, limits: JSON.stringify(value) }));
      if (call.options.global === true) return { columns: ['vhost', 'limits'], rows: all, whole: true };
      const { limits } = vhostOf(call);
      return Object.keys(limits).length === 0 ? '\n' : `${JSON.stringify(limits)}\n`;
    },
  },
  trace_on: {
    usage: '[--vhost <vhost>]',
    words: [0, 0],
    banner: ({ vhost }) => `Starting tracing for vhost "${vhost}" ...`,
    run: (call) => {
      vhostOf(call).setTracing(true);
      return `Trace enabled for vhost ${call.vhost}\n`;
    },
  },
  trace_off: {
    usage: '[--vhost <vhost>]',
    words: [0, 0],
    banner: ({ vhost }) => `Stopping tracing for vhost "${vhost}" ...`,
    run: (call) => {
      vhostOf(call).setTracing(false);
      return `Trace disabled for vhost ${call.vhost}\n`;
    },
  },
};
