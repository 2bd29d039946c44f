import type { AlarmedResource, Broker } from '../../model/index.ts';
import { type CtlCommand, CtlFailure, EXIT, word } from './command.ts';

const localAlarms = checkOfAlarms('no local alarms', (raised) => CtlFailure.of(raised));

/** rabbitmq-diagnostics: is the node well? */
export const healthCommands: Readonly<Record<string, CtlCommand>> = {
  check_running: diagnosis(
    (node) => `Checking if RabbitMQ is running on node ${node} ...`,
    ({ nodeName }) => `RabbitMQ on node ${nodeName} is fully booted and running`,
  ),
  is_running: diagnosis(
    (node) => `Asking node ${node} for its status ...`,
    ({ nodeName }) => `RabbitMQ on node ${nodeName} is fully booted and running`,
  ),
  is_booting: diagnosis(
    (node) => `Asking node ${node} for its boot status ...`,
    ({ nodeName }) => `RabbitMQ on node ${nodeName} is fully booted (check with is_running), stopped or has not started booting yet`,
  ),
  check_virtual_hosts: diagnosis(
    (node) => `Checking if all vhosts are running on node ${node} ...`,
    ({ nodeName }) => `Node ${nodeName} reported all vhosts as running`,
  ),
  alarms: diagnosis(
    (node) => `Asking node ${node} to report any known resource alarms ...`,
    (broker) => alarmsOf(broker) ?? `Node ${broker.nodeName} reported no alarms, local or clusterwide`,
  ),
  check_alarms: checkOfAlarms('no alarms, local or clusterwide', (raised) => new CtlFailure(EXIT.unavailable, raised)),
  check_local_alarms: {
    ...localAlarms,
    banner: (call) => {
      const isNothing = call.broker.release.has('queue-types-named');
      if (isNothing) return 'This command is DEPRECATED and is a no-op. It will be removed in a future version.';
      return localAlarms.banner?.(call) ?? '';
    },
    run: (call) =>
      call.broker.release.has('queue-types-named') ? `Node ${call.broker.nodeName} reported no local alarms\n` : localAlarms.run(call),
  },
  check_protocol_listener: {
    script: 'rabbitmq-diagnostics',
    usage: '<protocol>',
    words: [1, 1],
    banner: (call) => `Asking node ${call.broker.nodeName} if there's an active listener for protocol ${word(call, 0)} ...`,
    run: (call) => {
      const [protocol, { nodeName }] = [word(call, 0), call.broker];
      if (['amqp', 'amqp091', 'amqp0.9.1'].includes(protocol))
        return `A listener for protocol ${protocol} is running on node ${nodeName}.\n`;
      const found = 'Found listeners for the following protocols: amqp';
      throw CtlFailure.of(`No listener for protocol ${protocol} is active on node ${nodeName}. ${found}`);
    },
  },
};

function diagnosis(banner: (node: string) => string, tell: (broker: Broker) => string): CtlCommand {
  return {
    script: 'rabbitmq-diagnostics',
    usage: '',
    words: [0, 0],
    banner: ({ broker }) => banner(broker.nodeName),
    run: ({ broker }) => `${tell(broker)}\n`,
  };
}

/** The two checks tell of alarms in ways of their own. */
function checkOfAlarms(none: string, failure: (raised: string) => CtlFailure): CtlCommand {
  return diagnosis(
    (node) => `Asking node ${node} to report any local resource alarms ...`,
    (broker) => {
      const raised = alarmsOf(broker);
      if (raised !== undefined) throw failure(raised);
      return `Node ${broker.nodeName} reported ${none}`;
    },
  );
}

/** A line for each. */
function alarmsOf({ alarms, nodeName }: Broker): string | undefined {
  const titles: readonly (readonly [AlarmedResource, string])[] = [
    ['memory', 'Memory'],
    ['disk', 'Free disk space'],
  ];
  const raised = titles.filter(([resource]) => alarms.has(resource)).map(([, title]) => `${title} alarm on node ${nodeName}`);
  return raised.length === 0 ? undefined : raised.join('\n');
}
