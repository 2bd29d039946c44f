import type { AlarmedResource, Broker } from '../../model/index.ts';
import { type CtlCommand, CtlFailure, word } from './command.ts';

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
    (broker) => {
      const raised = alarmsOf(broker);
      if (raised.length === 0) return `Node ${broker.nodeName} reported no alarms, local or clusterwide`;
      return `Node ${broker.nodeName} reported alarms:\n\n${raised.join('\n')}`;
    },
  ),
  check_alarms: checkOfAlarms('no alarms, local or clusterwide', 'alarms'),
  check_local_alarms: checkOfAlarms('no local alarms', 'local alarms'),
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

function checkOfAlarms(none: string, some: string): CtlCommand {
  const asked = diagnosis(
    (node) => `Asking node ${node} to report any local resource alarms ...`,
    ({ nodeName }) => `Node ${nodeName} reported ${none}`,
  );
  return {
    ...asked,
    run: (call) => {
      const raised = alarmsOf(call.broker);
      if (raised.length > 0) throw CtlFailure.of(`Node ${call.broker.nodeName} reported ${some}:\n\n${raised.join('\n')}`);
      return asked.run(call);
    },
  };
}

function alarmsOf({ alarms, nodeName }: Broker): readonly string[] {
  const titles: readonly (readonly [AlarmedResource, string])[] = [
    ['memory', 'Memory'],
    ['disk', 'Free disk space'],
  ];
  return titles.filter(([resource]) => alarms.has(resource)).map(([, title]) => `\t${title} alarm on node ${nodeName}`);
}
