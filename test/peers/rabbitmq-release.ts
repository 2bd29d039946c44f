import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

/**
 * A folder with the root file system of a Debian that has another release of RabbitMQ (`scripts/peer-root.mjs` makes one).
 * Its programs then run in place of the installed ones, with that folder as their root; it shows /tmp as this system does.
 */
export const rabbitmq_root: string | undefined = process.env.WIRELIKE_RABBITMQ_ROOT || undefined;

const answer_timeout_milliseconds = 5_000;

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
}

/** A program of RabbitMQ's or Erlang's, as it is to be run here. */
export function rabbitMqCommand(command: string, args: readonly string[] = []): Command {
  return rabbitmq_root === undefined ? { command, args } : { command: 'chroot', args: [rabbitmq_root, command, ...args] };
}

/** Which RabbitMQ is installed, or in {@link rabbitmq_root}: '3.10.8'. */
export function installedRabbitMq(): string | undefined {
  try {
    const [folder] = readdirSync(join(rabbitmq_root ?? '/', 'usr/lib/rabbitmq/lib')).filter((name) => name.startsWith('rabbitmq_server-'));
    return folder?.slice('rabbitmq_server-'.length);
  } catch {
    return undefined;
  }
}

/** The release that a broker there announces in connection.start; undefined without such an answer. */
export function askRabbitMqRelease(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('AMQP\x00\x00\x09\x01', 'latin1'));
    let answer = '';
    const end = (): void => {
      socket.destroy();
      // Frame type 1 on channel 0; its table has the field "version", a long string.
      resolve(answer.startsWith('\x01\0\0') ? /versionS.{4}([\d.]+)/s.exec(answer)?.[1] : undefined);
    };
    socket.setTimeout(answer_timeout_milliseconds, end);
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      // The frame's end.
      if (answer.endsWith('\xce') || !answer.startsWith('\x01')) end();
    });
    socket.once('error', end);
    socket.once('close', end);
  });
}
