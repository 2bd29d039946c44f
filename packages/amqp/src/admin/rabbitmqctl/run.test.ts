import { Clock, Random } from '@wirelike/kernel';
import { beforeEach, describe, expect, it } from 'vitest';
import { Broker, Message, Recorder } from '../../model/index.ts';
import { runRabbitmqctl } from './run.ts';

let broker: Broker;

beforeEach(() => {
  const clock = new Clock();
  clock.freeze();
  broker = new Broker({ clock, random: new Random('test'), persona: '3.10' });
});

const run = (...words: string[]): ReturnType<typeof runRabbitmqctl> => runRabbitmqctl(broker, words);
const printed = (...words: string[]): string => {
  const { status, stdout, stderr } = run(...words);
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
};

describe('prints what rabbitmqctl 3.10 prints', () => {
  it('about users and permissions', () => {
    printed('add_vhost', 'v');
    expect(printed('-q', 'add_user', 'bob', 'pw')).toContain("Don't forget to grant the user permissions");
    expect(printed('set_user_tags', 'bob', 'administrator', 'monitoring')).toBe(
      'Setting tags for user "bob" to [administrator, monitoring] ...\n',
    );
    expect(printed('list_users')).toBe('Listing users ...\nuser\ttags\nguest\t[administrator]\nbob\t[administrator, monitoring]\n');
    printed('set_permissions', '-p', 'v', 'bob', '.*', '^a', '');
    expect(printed('list_permissions', '-p', 'v', '--quiet')).toBe('user\tconfigure\twrite\tread\nbob\t.*\t^a\t\n');
    expect(printed('list_permissions', '--vhost=v', '--formatter', 'json')).toBe(
      '[\n{"user":"bob","configure":".*","write":"^a","read":""}\n]\n',
    );
    expect(printed('authenticate_user', 'bob', 'pw')).toBe('Authenticating user "bob" ...\nSuccess\n');
    printed('change_password', 'bob', 'other');
    expect(run('authenticate_user', 'bob', 'pw')).toMatchObject({ status: 65 });
    expect(broker.users.get('bob')?.permissions.get('v')).toEqual({ configure: '.*', write: '^a', read: '' });
  });

  it('about queues, without a header when there is none', () => {
    expect(printed('-q', 'list_queues')).toBe('');
    const sink = new Recorder();
    const channel = broker.connect({ user: 'guest', vhost: '/', name: 'test', sink }).openChannel(1, sink);
    channel.queueDeclare({
      queue: 'q',
      durable: true,
      arguments: new Map([
        ['x-max-length', { type: 'I', value: 5 }],
        ['x-void', { type: 'V', value: undefined }],
      ]),
    });
    channel.basicPublish(Message.of('', 'q', Buffer.from('x')), false, false);
    expect(printed('list_queues')).toBe('Timeout: 60.0 seconds ...\nListing queues for vhost / ...\nname\tmessages\nq\t1\n');
    expect(printed('-q', 'list_queues', 'name,durable', 'arguments', '--no-table-headers')).toBe(
      'q\ttrue\t[{"x-max-length",5},{"x-void",undefined}]\n',
    );
    expect(printed('-q', 'list_channels', 'number', 'name')).toBe('number\tname\n1\ttest (1)\n');
    printed('purge_queue', 'q');
    expect(printed('-q', 'list_queues', 'messages')).toBe('messages\n0\n');
    expect(printed('-q', 'delete_queue', 'q')).toBe('Queue was successfully deleted with 0 ready messages\n');
    expect(broker.vhosts.get('/')?.queues.size).toBe(0);
  });

  it('about policies', () => {
    printed('set_policy', 'p', '^q', '{"max-length":3}', '--priority', '2', '--apply-to', 'queues');
    expect(printed('-q', 'list_policies')).toBe(
      'vhost\tname\tpattern\tapply-to\tdefinition\tpriority\n/\tp\t^q\tqueues\t{"max-length":3}\t2\n',
    );
    expect(run('set_policy', 'p', '^q', '{"max-length":-3}')).toEqual({
      status: 69,
      stdout: 'Setting policy "p" for pattern "^q" to "{"max-length":-3}" with priority "0" for vhost "/" ...\n',
      stderr: 'Error:\nValidation failed\n\n-3 is not a valid maximum length\n\n',
    });
    printed('clear_policy', 'p');
    expect(run('clear_policy', 'p')).toMatchObject({ status: 69, stderr: 'Error:\nParameter does not exist\n' });
  });
});

describe('helps', () => {
  it('whoever mistyped a command as rabbitmqctl does', () => {
    const told = (typed: string): string => run(typed).stderr;
    expect(run('list_quees')).toEqual({
      status: 64,
      stdout: '',
      stderr: "\nCommand 'list_quees' not found. \nDid you mean 'list_queues'? \n\n",
    });
    expect(told('lst_qeues')).toContain("Did you mean 'list_queues'?");
    for (const far of ['queues', 'foo']) expect(told(far)).toMatch(new RegExp(`^\\nCommand '${far}' not found. \\n\\n.*Usage`));
  });

  it('with the commands that there are, and with each of them', () => {
    const all = printed('help');
    expect(all).toContain('\n   list_queues\n');
    expect(all).not.toContain('list_deprecated_features');
    expect(run().stderr).toBe(all);
    expect(printed('help', 'list_queues')).toMatch(/^\n.*Usage.*\n\nrabbitmqctl .* list_queues \[--vhost <vhost>\]/);
    expect(printed('list_queues', '--help')).toBe(printed('help', 'list_queues'));
    expect(run('help', 'foo')).toEqual({ status: 64, stdout: '', stderr: "Error:\n\nCommand 'foo' not found.\n" });
  });
});

it('closes the connection whose pid it listed', () => {
  const sink = new Recorder();
  broker.connect({ user: 'guest', vhost: '/', name: 'a', sink });
  broker.connect({ user: 'guest', vhost: '/', name: 'b', sink: new Recorder() });
  const [pid = '', name] = printed('-q', '--no-table-headers', 'list_connections', 'pid', 'name').split('\n')[0]?.split('\t') ?? [];
  expect(name).toBe('a');
  printed('close_connection', pid, 'enough');
  expect(sink.events).toEqual(['closed connection-forced']);
  expect(printed('close_all_connections', 'enough')).toContain('Closed 1 connections\n');
});

it('raises the memory alarm with a limit that nobody can keep to, and clears it with one that is as usual', () => {
  for (const tiny of [['0.00000001'], ['absolute', '1']]) {
    printed('set_vm_memory_high_watermark', ...tiny);
    expect(broker.alarms.has('memory')).toBe(true);
    printed('set_vm_memory_high_watermark', '0.4');
    expect(broker.alarms.has('memory')).toBe(false);
  }
  printed('set_disk_free_limit', '100TB'.replace('TB', '000GB'));
  expect(broker.alarms.has('disk')).toBe(true);
  printed('set_disk_free_limit', '50MB');
  expect(broker.alarms.has('disk')).toBe(false);
  printed('eval', 'rabbit_alarm:set_alarm({{resource_limit, memory, node()}, []}).');
  expect(broker.alarms.has('memory')).toBe(true);
});

it('changes and shows settings as application:set_env and get_env do', () => {
  expect(printed('eval', 'application:set_env(rabbit, channel_max, 48).')).toBe('ok\n');
  expect(printed('eval', 'application:get_env(rabbit, channel_max).')).toBe('{ok,48}\n');
  expect(broker.settings.channel_max_channels).toBe(48);
  expect(printed('eval', '{ok, V} = application:get_env(rabbit, loopback_users), V.')).toBe('[<<"guest">>]\n');
  printed('eval', 'application:set_env(rabbit, loopback_users, [<<"a">>, <<"b">>]).');
  expect([...broker.settings.loopbackUsers]).toEqual(['a', 'b']);
  printed('eval', 'application:set_env(rabbit, loopback_users, []).');
  expect(printed('eval', '{ok, V} = application:get_env(rabbit, loopback_users), V.')).toBe('[]\n');
  printed('eval', 'application:set_env(rabbit, consumer_timeout, undefined).');
  expect(printed('eval', 'application:get_env(rabbit, consumer_timeout).')).toBe('{ok,undefined}\n');
  broker.reset();
  expect(broker.settings).toMatchObject({ channel_max_channels: 2_047, consumer_timeout_milliseconds: 1_800_000 });
});

it('says what it can evaluate', () => {
  expect(run('eval', 'rabbit_nodes:all_running().').stderr).toContain('application:get_env(rabbit, KEY).');
  expect(run('eval', 'application:get_env(rabbit, tcp_listeners).').stderr).toContain('wirelike has no tcp_listeners');
  expect(run('eval', 'application:set_env(rabbit, heartbeat, soon).').stderr).toContain("can't set heartbeat to soon");
});

it('exports and imports definitions', () => {
  printed('add_vhost', 'kept');
  const definitions = printed('export_definitions', '-');
  printed('reset');
  expect(broker.vhosts.has('kept')).toBe(false);
  expect(runRabbitmqctl(broker, ['import_definitions', 'file.json'], definitions).status).toBe(0);
  expect(broker.vhosts.has('kept')).toBe(true);
});

it('has rabbitmqctl’s exit statuses', () => {
  const statuses: Readonly<Record<string, number>> = {
    no_such_command: 64,
    add_user: 64,
    'add_vhost a b': 64,
    'list_queues --zz': 64,
    'list_queues nope': 64,
    'delete_user nobody': 67,
    'delete_vhost nope': 65,
    'add_user guest x': 70,
    'set_permissions -p nope guest a b c': 69,
    'set_parameter nope n 1': 69,
    'eval 1+1.': 69,
    join_cluster: 64,
    'forget_cluster_node x': 69,
    'set_vm_memory_high_watermark 2': 65,
  };
  for (const [line, status] of Object.entries(statuses)) expect([line, run(...line.split(' ')).status]).toEqual([line, status]);
});
