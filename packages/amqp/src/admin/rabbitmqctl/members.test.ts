import { Clock, Random } from '@wirelike/kernel';
import { beforeEach, expect, it } from 'vitest';
import { Broker, Recorder } from '../../model/index.ts';
import { type CtlResult, runRabbitmqctl } from './run.ts';

let broker: Broker;

beforeEach(() => {
  const clock = new Clock();
  clock.freeze();
  broker = new Broker({ clock, random: new Random('test') });
  const sink = new Recorder();
  const channel = broker.connect({ user: 'guest', vhost: '/', name: 'test', sink }).openChannel(1, sink);
  channel.queueDeclare({ queue: 'qq', durable: true, arguments: new Map([['x-queue-type', { type: 'S', value: 'quorum' }]]) });
});

const run = (...words: string[]): CtlResult => runRabbitmqctl(broker, ['--script-name', 'rabbitmq-queues', ...words]);

it('shows the one member of a quorum queue', () => {
  const { status, stdout } = run('-q', 'quorum_status', 'qq');
  expect(status).toBe(0);
  expect(stdout).toContain(broker.nodeName);
});

it('has no second member to add or take away', () => {
  expect(run('add_member', 'qq', 'rabbit@nowhere')).toMatchObject({ status: 64, stdout: '' });
  expect(run('add_member', 'qq', broker.nodeName).status).toBe(0);
  expect(run('delete_member', 'qq', 'rabbit@nowhere').status).toBe(0);
  expect(run('delete_member', 'qq', broker.nodeName)).toMatchObject({ status: 69, stderr: 'Error:\nlast_node\n' });
  expect(run('reclaim_quorum_memory', 'qq').status).toBe(0);
});

it('says which program has the command', () => {
  expect(runRabbitmqctl(broker, ['quorum_status', 'qq'])).toMatchObject({
    status: 64,
    stderr: expect.stringContaining("Command 'quorum_status' not found. \nrabbitmq-queues has it"),
  });
});
