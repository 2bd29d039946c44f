import type { Clock, Model, ModelDump, ModelSnapshot, Random, Timer } from '@wirelike/kernel';
import { Alarms } from './alarms.ts';
import { BrokerConnection, type ConnectionRequest } from './broker-connection.ts';
import { type BrokerSettings, type CertificateLogin, defaultSettings } from './broker-settings.ts';
import type { Channel } from './channel.ts';
import { dumpBroker, readDump } from './dump.ts';
import { Holdings, tableBytes } from './holdings.ts';
import { client_properties_small_bytes, parameters_max, users_max } from './limits.ts';
import { LoginAttempts } from './login-attempts.ts';
import { type Persona, type Release, releaseOf } from './persona.ts';
import { Pump } from './pump.ts';
import type { Queue } from './queue.ts';
import { Refusal, refuse } from './refusal.ts';
import { RestingChannels } from './resting-channels.ts';
import { BrokerSnapshot, resetBroker, restoreBroker, takeSnapshot } from './snapshot.ts';
import { ChurnStats } from './stats.ts';
import { hashPassword, newUser, type Permission, passwordMatches, type TopicPermission, type User } from './users.ts';
import { VirtualHost } from './virtual-host.ts';

export interface BrokerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly persona?: Persona;
  /** A whole version, in place of the persona's: what definitions and the management API name. */
  readonly version?: string;
  /** RabbitMQ's `consumer_timeout`: how long a delivery may stay unacknowledged. */
  readonly consumer_timeout_milliseconds?: number;
  /** RabbitMQ's `ssl_cert_login_from`. */
  readonly certificateLogin?: CertificateLogin;
  /** RabbitMQ's configuration otherwise. */
  readonly settings?: Partial<BrokerSettings>;
}

export interface LoginOrigin {
  /** The client is on this machine: `guest` may only log in from there. */
  readonly loopback: boolean;
}

/** A RabbitMQ broker without its wire: usable in process. */
export class Broker implements Model {
  readonly clock: Clock;
  readonly random: Random;
  readonly release: Release;
  readonly nodeName = 'rabbit@wirelike';
  readonly vhosts: Map<string, VirtualHost> = new Map();
  readonly users: Map<string, User> = new Map();
  readonly connections: Set<BrokerConnection> = new Set();
  readonly alarms: Alarms = new Alarms(this);
  readonly attempts: LoginAttempts = new LoginAttempts();
  readonly churn: ChurnStats = new ChurnStats();
  readonly holdings: Holdings = new Holdings();
  readonly resting: RestingChannels;
  /** By reply address: who consumes from amq.rabbitmq.reply-to. */
  readonly replyConsumers: Map<string, Channel> = new Map();
  /** Kept and shown, without effect. */
  readonly globalParameters: Map<string, unknown> = new Map();
  readonly settings: BrokerSettings;
  clusterName: string = this.nodeName;
  /** Grows whenever a permission or a user may have changed. */
  permissionGeneration = 0;
  hasTopicPermissions = false;
  readonly #options: BrokerOptions;
  readonly #pump: Pump;
  #ticker: Timer | undefined;
  #ticker_milliseconds = 0;

  constructor(options: BrokerOptions) {
    this.clock = options.clock;
    this.#pump = new Pump((error) => this.clock.report(error));
    this.random = options.random;
    this.resting = new RestingChannels(options.clock);
    this.release = releaseOf(options.version ?? options.persona ?? '4');
    this.#options = options;
    this.settings = this.settingsAtStart();
    this.populate();
  }

  get persona(): Persona {
    return this.release.persona;
  }

  get version(): string {
    return this.release.version;
  }

  /** Throws `login-refused`. Returns the user's name. `password` is undefined for mechanisms that proved the identity otherwise (EXTERNAL). */
  authenticate(name: string, password: string | undefined, origin: LoginOrigin): string {
    const user = this.users.get(name);
    if (user === undefined || (password !== undefined && !passwordMatches(user, password))) {
      return refuse({ kind: 'login-refused', user: name, reason: 'credentials' });
    }
    if (!origin.loopback && this.settings.loopbackUsers.has(name)) refuse({ kind: 'login-refused', user: name, reason: 'loopback-only' });
    return name;
  }

  /** The user of SASL ANONYMOUS (RabbitMQ 4: `anonymous_login_user`, guest by default). */
  get anonymousUser(): string | undefined {
    return this.persona === '4' ? 'guest' : undefined;
  }

  /** Throws `no-vhost`, `vhost-refused`, `node-connection-limit`, `vhost-connection-limit`, `user-connection-limit`, `definitions-limit`. */
  connect(request: ConnectionRequest): BrokerConnection {
    const { user, vhost: name } = request;
    const vhost = this.vhosts.get(name) ?? refuse({ kind: 'no-vhost', vhost: name });
    if (!this.users.get(user)?.permissions.has(name)) refuse({ kind: 'vhost-refused', vhost: name, user });
    this.#checkConnectionLimits(vhost, request);
    const connection = new BrokerConnection(vhost, request);
    this.connections.add(connection);
    this.holdings.connection(connection, 1);
    this.churn.connection_created++;
    return connection;
  }

  vhost(name: string): VirtualHost | undefined {
    return this.vhosts.get(name);
  }

  /** As {@link addVhost}, for somebody who asks. Throws `vhost-limit`. */
  createVhost(name: string, actor?: string): VirtualHost {
    const limit = this.settings.vhost_max_vhosts;
    if (!this.vhosts.has(name) && this.vhosts.size >= limit) refuse({ kind: 'vhost-limit', vhost: name, limit });
    return this.addVhost(name, actor);
  }

  addVhost(name: string, actor?: string): VirtualHost {
    const existing = this.vhosts.get(name);
    if (existing !== undefined) return existing;
    const vhost = new VirtualHost(this, name, actor);
    this.vhosts.set(name, vhost);
    return vhost;
  }

  /** Everything in it goes, and who is connected to it is thrown out. */
  removeVhost(name: string): void {
    const vhost = this.vhosts.get(name);
    if (vhost === undefined) return;
    this.closeConnections((connection) => connection.vhost === name, `vhost '${name}' is deleted`);
    vhost.deleted = true;
    vhost.clear();
    this.vhosts.delete(name);
    for (const user of this.users.values()) {
      if (!user.permissions.has(name) && !user.topicPermissions.has(name)) continue;
      const permissions = new Map(user.permissions);
      const topicPermissions = new Map(user.topicPermissions);
      permissions.delete(name);
      topicPermissions.delete(name);
      this.putUser({ ...user, permissions, topicPermissions });
    }
  }

  /** Adds or replaces a user. Throws `too-many`. */
  putUser(user: User): void {
    if (this.users.size >= users_max && !this.users.has(user.name)) refuse({ kind: 'too-many', what: 'users', limit: users_max });
    this.users.set(user.name, user);
    this.permissionGeneration++;
    // Never taken back: it only says that it is worth looking.
    if (user.topicPermissions.size > 0) this.hasTopicPermissions = true;
  }

  replaceUsers(users: Iterable<User>): void {
    this.users.clear();
    this.permissionGeneration++;
    this.resting.restAll();
    for (const user of users) this.putUser(user);
  }

  removeUser(name: string): void {
    if (!this.users.delete(name)) return;
    this.permissionGeneration++;
    this.closeConnections((connection) => connection.user === name, `user '${name}' is deleted`);
  }

  /** Sets or clears what a user may do in a virtual host. Unknown users are ignored. */
  setPermission(name: string, vhost: string, permission: Permission | undefined): void {
    const user = this.users.get(name);
    if (user === undefined) return;
    const permissions = new Map(user.permissions);
    if (permission === undefined) permissions.delete(vhost);
    else permissions.set(vhost, permission);
    this.putUser({ ...user, permissions });
  }

  /** Sets or clears what a user may do with the topics of an exchange; clears all of the virtual host's without one. */
  setTopicPermission(name: string, vhost: string, exchange: string | undefined, permission: TopicPermission | undefined): void {
    const user = this.users.get(name);
    if (user === undefined) return;
    const exchanges = new Map(exchange === undefined ? [] : user.topicPermissions.get(vhost));
    if (exchange !== undefined && permission !== undefined) exchanges.set(exchange, permission);
    else if (exchange !== undefined) exchanges.delete(exchange);
    const topicPermissions = new Map(user.topicPermissions);
    if (exchanges.size > 0) topicPermissions.set(vhost, exchanges);
    else topicPermissions.delete(vhost);
    this.putUser({ ...user, topicPermissions });
  }

  /** Throws `too-many`. */
  setGlobalParameter(name: string, value: unknown): void {
    const full = this.globalParameters.size >= parameters_max && !this.globalParameters.has(name);
    if (full) refuse({ kind: 'too-many', what: 'parameters', limit: parameters_max });
    this.globalParameters.set(name, value);
  }

  /** Ends connections as an operator does. */
  closeConnections(which: (connection: BrokerConnection) => boolean, reason: string): void {
    for (const connection of [...this.connections]) {
      if (!which(connection)) continue;
      connection.telling(() => connection.sink.close(new Refusal({ kind: 'connection-forced', reason })));
      connection.close();
    }
  }

  channelsOf(user: string): number {
    let count = 0;
    for (const connection of this.connections) if (connection.user === user) count += connection.channels.size;
    return count;
  }

  /** Does what became possible: deliveries, confirms. Runs by itself in a microtask if nobody calls it. */
  pump(): void {
    this.#pump.run();
  }

  snapshot(): ModelSnapshot {
    return takeSnapshot(this);
  }

  /**
   * Live connections and channels stay, but for those whose user or virtual host is not in the snapshot. A consumer whose queue is not in the snapshot is cancelled as if the
   * queue had been deleted; the others stay and get the snapshot's messages. Deliveries from before count as
   * unacknowledged no longer: their messages are where the snapshot has them, and acknowledging them does nothing.
   * Exclusive queues come back only for connections that are still there. Publishes of an open transaction stay in it.
   * Statistics begin anew, and alarms are cleared.
   */
  restore(snapshot: ModelSnapshot): void {
    if (!(snapshot instanceof BrokerSnapshot)) throw new TypeError('not a snapshot of a broker');
    restoreBroker(this, snapshot);
  }

  reset(): void {
    resetBroker(this);
  }

  dump(): ModelDump {
    return dumpBroker(this);
  }

  load(dump: ModelDump): void {
    restoreBroker(this, readDump(dump));
  }

  // From here on: called by the model itself.

  settingsAtStart(): BrokerSettings {
    const settings = { ...defaultSettings(this.release), ...this.#options.settings };
    const { consumer_timeout_milliseconds, certificateLogin } = this.#options;
    settings.consumer_timeout_milliseconds = consumer_timeout_milliseconds ?? settings.consumer_timeout_milliseconds;
    settings.certificateLogin = certificateLogin ?? settings.certificateLogin;
    return settings;
  }

  /** What RabbitMQ has after its installation. */
  populate(): void {
    const everything = { configure: '.*', write: '.*', read: '.*' };
    const guest = newUser('guest', hashPassword('guest', this.random), ['administrator']);
    const vhost = this.addVhost('/');
    vhost.metadata = { description: 'Default virtual host', tags: [], defaultQueueType: undefined };
    vhost.predeclareForLogs();
    this.putUser({ ...guest, permissions: new Map([['/', everything]]) });
  }

  /** Throws `definitions-limit` if clients have declared more than there is room for. */
  checkRoom(): void {
    if (this.full) refuse({ kind: 'definitions-limit', limit_bytes: this.settings.definitions_max_bytes });
  }

  get full(): boolean {
    return this.holdings.bytes >= this.settings.definitions_max_bytes;
  }

  schedule(queue: Queue): void {
    this.#pump.schedule(queue);
  }

  scheduleConfirms(channel: Channel): void {
    this.#pump.scheduleConfirms(channel);
  }

  disconnected(connection: BrokerConnection): void {
    if (this.connections.delete(connection)) {
      this.churn.connection_closed++;
      this.holdings.connection(connection, -1);
    }
    if (this.connections.size > 0) return;
    this.#ticker?.cancel();
    this.#ticker = undefined;
    this.resting.stop();
  }

  /** Looks every now and then for deliveries that nobody acknowledges, while there are any. */
  expectAcknowledgements(): void {
    const interval = this.settings.channel_tick_milliseconds;
    if (this.#ticker !== undefined && this.#ticker_milliseconds === interval) return;
    this.#ticker?.cancel();
    this.#ticker_milliseconds = interval;
    this.#ticker = this.clock.after(interval, () => {
      this.#ticker = undefined;
      const now = this.clock.now();
      let outstanding = false;
      for (const connection of [...this.connections]) {
        for (const channel of [...connection.channels.values()]) if (channel.tick(now)) outstanding = true;
      }
      if (outstanding) this.expectAcknowledgements();
    });
  }

  #checkConnectionLimits(vhost: VirtualHost, { user, peer, clientProperties }: ConnectionRequest): void {
    // Whoever is in this process, or brings little, always gets in: else nobody could make room.
    const ofNode = this.settings.connection_max_connections;
    if (peer !== undefined && this.connections.size >= ofNode) refuse({ kind: 'node-connection-limit', limit: ofNode });
    if (clientProperties !== undefined && tableBytes(clientProperties) > client_properties_small_bytes) this.checkRoom();
    const ofVhost = vhost.limits['max-connections'];
    const ofUser = this.users.get(user)?.limits['max-connections'];
    let inVhost = 0;
    let byUser = 0;
    if (ofVhost === undefined && ofUser === undefined) return;
    for (const connection of this.connections) {
      if (connection.vhost === vhost.name) inVhost++;
      if (connection.user === user) byUser++;
    }
    if (ofVhost !== undefined && ofVhost >= 0 && inVhost >= ofVhost) {
      refuse({ kind: 'vhost-connection-limit', vhost: vhost.name, user, limit: ofVhost });
    }
    if (ofUser !== undefined && ofUser >= 0 && byUser >= ofUser) refuse({ kind: 'user-connection-limit', user, limit: ofUser });
  }
}
