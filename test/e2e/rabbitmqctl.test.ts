import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Wirelike } from './wirelike.ts';

test('wirelike rabbitmqctl prints, fails and reads files as rabbitmqctl does', { timeout: 60_000 }, async () => {
  await using wirelike = new Wirelike();
  const file = join(wirelike.directory, 'definitions.json');
  const { status, stdout, stderr } = await wirelike.shell(`wirelike run amqp -- bash -c '
    wirelike rabbitmqctl add_vhost shop
    wirelike rabbitmqctl set_policy -p shop p "^q" "{\\"max-length\\":3}" --apply-to queues --priority 2
    wirelike rabbitmqctl -q list_policies -p shop --no-table-headers
    wirelike rabbitmqctl export_definitions ${file}
    wirelike rabbitmqctl delete_vhost shop
    wirelike rabbitmqctl import_definitions ${file}
    wirelike rabbitmqctl list_vhosts -q
    wirelike rabbitmqctl delete_queue nothing
  '`);
  expect(stdout.split('\n')).toEqual([
    'Adding vhost "shop" ...',
    'Setting policy "p" for pattern "^q" to "{"max-length":3}" with priority "2" for vhost "shop" ...',
    'shop\tp\t^q\tqueues\t{"max-length":3}\t2',
    `Exporting definitions in JSON to a file at "${file}" ...`,
    'Deleting vhost "shop" ...',
    `Importing definitions in JSON from a file at "${file}" ...`,
    'Successfully started definition import. This process is asynchronous and can take some time.',
    'name',
    '/',
    'shop',
    "Deleting queue 'nothing' on vhost '/' ...",
    '',
  ]);
  expect([status, stderr.trim().split('\n').slice(-2)]).toEqual([64, ['Error:', 'Queue not found']]);
  expect(readFileSync(file, 'utf8')).toContain('"max-length":3');
});

test('files that cannot be read, and no command at all', { timeout: 60_000 }, async () => {
  await using wirelike = new Wirelike();
  const { stderr } = await wirelike.shell(`wirelike run amqp -- bash -c '
    wirelike rabbitmqctl import_definitions --format json /nowhere; echo $? >&2
    wirelike rabbitmqctl import_definitions /; echo $? >&2
    wirelike rabbitmqctl export_definitions /nowhere/x; echo $? >&2
    wirelike rabbitmqctl 2>&1 | grep -c "not found" >&2
  '`);
  expect(stderr.split('\n')).toEqual([
    'Error (argument validation): Bad argument: File /nowhere does not exist',
    'Arguments given:',
    '\timport_definitions --format json /nowhere',
    '65',
    ...['Error:', 'Path / is a directory', '65'],
    ...['Error:', 'Parent directory or file /nowhere/x does not exist', '65'],
    '0',
    '',
  ]);
});
