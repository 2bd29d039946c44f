import type { Broker } from '../../model/index.ts';
import type { CtlCommand } from './command.ts';

/** A command with its name. */
type NamedCommand = readonly [name: string, command: CtlCommand];

/** Those that may be told how long to wait: their usage ends with it. */
const TIMED: ReadonlySet<string> = new Set([
  ...['purge_queue', 'delete_queue', 'schema_info', 'wait', 'force_gc', 'restart_vhost', 'ping', 'status', 'cluster_status'],
  ...['await_online_nodes', 'node_health_check', 'autocomplete', 'import_definitions', 'export_definitions', 'list_parameters'],
  ...['list_users', 'list_user_permissions', 'list_user_topic_permissions', 'list_global_parameters', 'list_permissions'],
  ...['list_bindings', 'list_exchanges', 'list_feature_flags', 'list_queues', 'list_connections', 'list_policies', 'list_consumers'],
  ...['list_operator_policies', 'list_unresponsive_queues', 'list_vhosts', 'list_topic_permissions', 'add_member'],
]);

/** How a command is used, as it is told together with what was wrong. */
export function usageOf([name, { usage, script }]: NamedCommand, broker: Broker): string {
  const words = [name, typeof usage === 'string' ? usage : usage(broker), TIMED.has(name) ? '[--timeout <timeout>]' : ''];
  return titled(broker, words.filter((text) => text !== '').join(' '), script);
}

/** Of RabbitMQ's help what is of use here: the commands that there are. */
export function overview(names: readonly string[], broker: Broker): string {
  const lines = names.map((name) => `   ${name}\n`);
  const usage = titled(broker, '<command> [<command options>]');
  return `${usage}\n\nAvailable commands:\n\n${lines.join('')}\nUse 'rabbitmqctl help <command>' to learn more about a specific command`;
}

function titled({ release }: Broker, rest: string, program = 'rabbitmqctl'): string {
  // An older rabbitmqctl prints it bold, also where nobody sees it.
  const title = release.has('plain-usage') ? 'Usage' : '\u001b[1mUsage\u001b[0m';
  return `${title}\n\n${program} [--node <node>] [--longnames] [--quiet] ${rest}`;
}
