import { spawn } from 'node:child_process';
import { type ApplyTo, Broker, type PolicyDefinition } from '@wirelike/amqp/model';
import type { ControlOperation, Model } from '@wirelike/kernel';
import { rabbitMqCommand } from '../../peers/rabbitmq-release.ts';

/** What somebody does to a server from outside the protocol, while its clients watch. */
export interface Operator {
  /** A command line of rabbitmqctl, which has to succeed. */
  rabbitmqctl(...words: readonly string[]): Promise<void>;
  setPolicy(name: string, pattern: string, definition: PolicyDefinition, options?: PolicyOptions): Promise<void>;
  clearPolicy(name: string, options?: PolicyOptions): Promise<void>;
  closeConnectionsOf(user: string): Promise<void>;
  removeUser(user: string): Promise<void>;
  removeVhost(vhost: string): Promise<void>;
  setTracing(vhost: string, on: boolean): Promise<void>;
  setMemoryAlarm(on: boolean): Promise<void>;
  setDiskAlarm(on: boolean): Promise<void>;
  /** `rabbitmqctl eval 'application:set_env(rabbit, …).'` */
  setSettings(settings: Settings): Promise<void>;
  /** `ssl_cert_login_from` */
  setCertificateLogin(from: CertificateLogin): Promise<void>;
}

export interface PolicyOptions {
  /** An operator policy. */
  readonly isOperators?: boolean;
  readonly priority?: number;
  readonly applyTo?: ApplyTo;
}

export type CertificateLogin = 'distinguished_name' | 'common_name' | 'subject_alternative_name';

type Setting =
  | 'channel_max'
  | 'channel_tick_interval'
  | 'consumer_timeout'
  | 'frame_max'
  | 'handshake_timeout'
  | 'heartbeat'
  | 'max_message_size';
export type Settings = { readonly [Name in Setting]?: number };

/** RabbitMQ by its command line tool. */
export class RabbitMqOperator implements Operator {
  readonly #node: string;
  readonly #env: NodeJS.ProcessEnv;

  constructor(node: string, env: Readonly<Record<string, string>>) {
    this.#node = node;
    this.#env = { ...process.env, ...env };
  }

  setPolicy(name: string, pattern: string, definition: PolicyDefinition, options: PolicyOptions = {}): Promise<void> {
    const { isOperators = false, priority = 0, applyTo = isOperators ? 'queues' : 'all' } = options;
    const flags = ['--priority', String(priority), '--apply-to', applyTo];
    return this.rabbitmqctl(isOperators ? 'set_operator_policy' : 'set_policy', ...flags, name, pattern, JSON.stringify(definition));
  }

  clearPolicy(name: string, { isOperators = false }: PolicyOptions = {}): Promise<void> {
    return this.rabbitmqctl(isOperators ? 'clear_operator_policy' : 'clear_policy', name);
  }

  closeConnectionsOf(user: string): Promise<void> {
    return this.rabbitmqctl('close_all_user_connections', user, 'because I can');
  }

  removeUser(user: string): Promise<void> {
    return this.rabbitmqctl('delete_user', user);
  }

  removeVhost(vhost: string): Promise<void> {
    return this.rabbitmqctl('delete_vhost', vhost);
  }

  setTracing(vhost: string, on: boolean): Promise<void> {
    return this.rabbitmqctl(on ? 'trace_on' : 'trace_off', '-p', vhost);
  }

  setMemoryAlarm(on: boolean): Promise<void> {
    return this.rabbitmqctl('set_vm_memory_high_watermark', on ? '0.000001' : '0.6');
  }

  setDiskAlarm(on: boolean): Promise<void> {
    const alarm = '{resource_limit, disk, node()}';
    return this.rabbitmqctl('eval', on ? `rabbit_alarm:set_alarm({${alarm}, []}).` : `rabbit_alarm:clear_alarm(${alarm}).`);
  }

  setSettings(settings: Settings): Promise<void> {
    const changes = Object.entries(settings).map(([name, value]) => `application:set_env(rabbit, ${name}, ${value})`);
    return this.rabbitmqctl('eval', `${changes.join(', ')}.`);
  }

  setCertificateLogin(from: CertificateLogin): Promise<void> {
    return this.rabbitmqctl('eval', `application:set_env(rabbit, ssl_cert_login_from, ${from}).`);
  }

  rabbitmqctl(...args: readonly string[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const { command, args: all } = rabbitMqCommand('/usr/lib/rabbitmq/bin/rabbitmqctl', ['-q', '-n', this.#node, ...args]);
      const child = spawn(command, all, {
        env: this.#env,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let complaint = '';
      child.stderr.on('data', (chunk: Buffer) => {
        complaint += chunk.toString();
      });
      child.on('error', reject);
      child.on('close', (status) => (status === 0 ? resolve() : reject(new Error(`rabbitmqctl ${args.join(' ')}: ${complaint}`))));
    });
  }
}

/** Ours, in process. */
export class WirelikeOperator implements Operator {
  readonly #broker: Broker;
  readonly #control: ControlOperation | undefined;

  constructor(model: Model, control: readonly ControlOperation[]) {
    if (!(model instanceof Broker)) throw new TypeError('not a broker');
    this.#broker = model;
    this.#control = control.find(({ name }) => name === 'rabbitmqctl');
  }

  async rabbitmqctl(...words: readonly string[]): Promise<void> {
    const result = await this.#control?.run({ words });
    if (typeof result === 'object' && result !== null && 'status' in result && result.status === 0) return;
    throw new Error(`rabbitmqctl ${words.join(' ')}: ${JSON.stringify(result)}`);
  }

  async setPolicy(name: string, pattern: string, definition: PolicyDefinition, options: PolicyOptions = {}): Promise<void> {
    const { isOperators = false, priority = 0, applyTo = isOperators ? 'queues' : 'all' } = options;
    const vhost = this.#broker.vhost('/');
    const policies = isOperators ? vhost?.operatorPolicies : vhost?.policies;
    policies?.set(name, { name, pattern, definition, priority, applyTo });
    vhost?.policiesChanged();
  }

  async clearPolicy(name: string, { isOperators = false }: PolicyOptions = {}): Promise<void> {
    const vhost = this.#broker.vhost('/');
    (isOperators ? vhost?.operatorPolicies : vhost?.policies)?.delete(name);
    vhost?.policiesChanged();
  }

  async closeConnectionsOf(user: string): Promise<void> {
    this.#broker.closeConnections((connection) => connection.user === user, 'because I can');
  }

  async removeUser(user: string): Promise<void> {
    this.#broker.removeUser(user);
  }

  async removeVhost(vhost: string): Promise<void> {
    this.#broker.removeVhost(vhost);
  }

  async setTracing(vhost: string, on: boolean): Promise<void> {
    const traced = this.#broker.vhost(vhost);
    if (traced !== undefined) traced.tracing = on;
  }

  async setMemoryAlarm(on: boolean): Promise<void> {
    if (on) this.#broker.alarms.raise('memory');
    else this.#broker.alarms.clear('memory');
  }

  async setDiskAlarm(on: boolean): Promise<void> {
    if (on) this.#broker.alarms.raise('disk');
    else this.#broker.alarms.clear('disk');
  }

  async setSettings(changes: Settings): Promise<void> {
    const { settings } = this.#broker;
    settings.channel_max_channels = changes.channel_max ?? settings.channel_max_channels;
    settings.channel_tick_milliseconds = changes.channel_tick_interval ?? settings.channel_tick_milliseconds;
    settings.consumer_timeout_milliseconds = changes.consumer_timeout ?? settings.consumer_timeout_milliseconds;
    settings.frame_max_bytes = changes.frame_max ?? settings.frame_max_bytes;
    settings.handshake_timeout_milliseconds = changes.handshake_timeout ?? settings.handshake_timeout_milliseconds;
    settings.heartbeat_seconds = changes.heartbeat ?? settings.heartbeat_seconds;
    settings.message_max_bytes = changes.max_message_size ?? settings.message_max_bytes;
  }

  async setCertificateLogin(from: CertificateLogin): Promise<void> {
    this.#broker.settings.certificateLogin = from;
  }
}
