import { ControlError, type ControlOperation } from '@wirelike/kernel';
import type { AlarmedResource, Broker } from '../model/index.ts';
import { controlRabbitmqctl } from './control-rabbitmqctl.ts';
import { exportDefinitions } from './export-definitions.ts';
import { DefinitionError } from './found.ts';
import { importDefinitions } from './import-definitions.ts';

/** What tests and operators do to a broker from outside the protocol. */
export function control(broker: Broker): readonly ControlOperation[] {
  return [
    {
      name: 'alarm.raise',
      help: 'raise a resource alarm, {"resource": "memory" | "disk"}: connections that publish are blocked',
      run: (parameters) => broker.alarms.raise(resourceOf(parameters)),
    },
    {
      name: 'alarm.clear',
      help: 'clear a resource alarm, {"resource": "memory" | "disk"}: blocked connections go on',
      run: (parameters) => broker.alarms.clear(resourceOf(parameters)),
    },
    {
      name: 'connections.close',
      help: 'close connections as an operator, {"name"?, "user"?, "vhost"?, "reason"?}; all of them without any of the first three',
      run: (parameters) => closeConnections(broker, parameters),
    },
    {
      name: 'definitions.export',
      help: 'everything but messages, in RabbitMQ’s format',
      run: () => exportDefinitions(broker),
    },
    {
      name: 'definitions.import',
      help: 'add definitions in RabbitMQ’s format',
      run: (parameters) => {
        try {
          importDefinitions(broker, parameters);
        } catch (error) {
          if (error instanceof DefinitionError) throw new ControlError(error.message);
          throw error;
        }
      },
    },
    {
      name: 'queues.list',
      help: 'queues with their messages ready and unacknowledged, and their consumers',
      run: () =>
        [...broker.vhosts.values()].flatMap((vhost) =>
          Array.from(vhost.queues.values(), (queue) => ({
            vhost: vhost.name,
            name: queue.name,
            type: queue.type,
            messages_ready: queue.readyCount,
            messages_unacknowledged: queue.unackedCount,
            consumers: queue.consumers.length,
          })),
        ),
    },
    controlRabbitmqctl(broker),
  ];
}

function resourceOf(parameters: unknown): AlarmedResource {
  const resource = wordOf(parameters, 'resource') ?? 'memory';
  if (resource === 'memory' || resource === 'disk') return resource;
  throw new ControlError(`resource: expected "memory" or "disk", found "${resource}"`);
}

function closeConnections(broker: Broker, parameters: unknown): { closed: number } {
  const [name, user, vhost] = ['name', 'user', 'vhost'].map((key) => wordOf(parameters, key));
  let closed = 0;
  broker.closeConnections((connection) => {
    const meant =
      (name === undefined || connection.name === name) &&
      (user === undefined || connection.user === user) &&
      (vhost === undefined || connection.vhost === vhost);
    if (meant) closed++;
    return meant;
  }, wordOf(parameters, 'reason') ?? 'Closed via management plugin');
  return { closed };
}

function wordOf(parameters: unknown, key: string): string | undefined {
  if (parameters === undefined || parameters === null) return undefined;
  if (typeof parameters !== 'object') throw new ControlError(`expected an object, found ${typeof parameters}`);
  const value: unknown = Object.entries(parameters).find(([name]) => name === key)?.[1];
  if (value === undefined || typeof value === 'string') return value;
  throw new ControlError(`${key}: expected a string, found ${typeof value}`);
}
