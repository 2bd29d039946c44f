import type { Channel } from './channel.ts';
import { withClaimedDeaths } from './claimed-deaths.ts';
import type { Exchange } from './exchange.ts';
import { checkExpiration, plainExpiration } from './expiration.ts';
import { type Message, PlainHeader } from './message.ts';
import type { Queue } from './queue.ts';
import { refuse } from './refusal.ts';
import { DIRECT_REPLY_QUEUE, isReplyAddress, isWellFormedReplyAddress } from './reply-to.ts';
import { AnnotatedMessage, selectedKeys, withoutBlindCopies } from './sender-selected.ts';
import { existingExchange } from './topology.ts';
import { tracePublish } from './trace.ts';
import type { VirtualHost } from './virtual-host.ts';

/** A message on its way, with its route: transactions keep them until they commit. */
export interface Publication {
  readonly message: Message;
  readonly exchange: Exchange;
  readonly queues: readonly Queue[];
  readonly mandatory: boolean;
}

/** basic.publish on one channel, with RabbitMQ's checks in RabbitMQ's order (rabbit_channel:handle_method/3). */
export class Publisher {
  readonly #channel: Channel;
  readonly #vhost: VirtualHost;
  readonly #readsDeaths: boolean;
  readonly #checksModes: boolean;
  // Clients publish to one address many times over: its checks and its route hold until something changes.
  #exchangeName = '';
  #routingKey = '';
  #generation = -1;
  #permissionGeneration = -1;
  #exchange: Exchange | undefined;
  #queues: readonly Queue[] = [];

  constructor(channel: Channel) {
    this.#channel = channel;
    this.#vhost = channel.vhost;
    const { persona, release } = this.#vhost;
    this.#checksModes = persona === '3.10';
    this.#readsDeaths = persona === '3.13' && release.has('deaths-read-from-headers');
  }

  publish(message: Message, mandatory: boolean): void {
    const exchange = this.#exchange;
    if (exchange !== undefined && this.#known(message)) {
      if (this.#checksModes) checkDeliveryMode(message);
      this.#send(message, exchange, this.#queues, mandatory);
    } else this.#publishNew(message, mandatory);
  }

  /** Puts a message into its queues. `now`: consumers may get it before this returns. False if one of them rejects it. */
  deliver(message: Message, exchange: Exchange, queues: readonly Queue[], mandatory: boolean, tag: number, now: boolean): boolean {
    const { stats } = this.#channel;
    const vhost = this.#vhost;
    exchange.stats.publish_in++;
    stats.publish++;
    vhost.stats.publish++;
    if (queues.length === 0) {
      this.#unroutable(message, mandatory);
      if (tag !== 0) this.#channel.confirmNow(tag);
      return true;
    }
    let accepted: boolean;
    exchange.stats.publish_out += queues.length;
    if (queues.length === 1) accepted = queues[0]?.enqueue(message, now) !== false;
    else accepted = vhost.letters.holding(() => queues.filter((queue) => !queue.enqueue(message, now)).length === 0);
    if (tag !== 0) this.#channel.confirm(tag, accepted);
    return accepted;
  }

  /** A commit. A queue that went since is no route any more; 4.0 does not tell the publisher (rabbit_channel:deliver_to_queues/2). */
  commit(publications: readonly Publication[]): boolean {
    return this.#vhost.letters.holding(() => publications.filter((publication) => !this.#commit(publication)).length === 0);
  }

  #commit({ message, exchange, queues, mandatory }: Publication): boolean {
    const left = queues.filter((queue) => !queue.deleted);
    const tells = this.#vhost.persona !== '4' || queues.length === 0;
    return this.deliver(message, exchange, left, mandatory && tells, 0, true);
  }

  #known(message: Message): boolean {
    return (
      message.header.plain &&
      message.routingKey === this.#routingKey &&
      message.exchange === this.#exchangeName &&
      this.#generation === this.#vhost.generation &&
      this.#permissionsHold()
    );
  }

  #publishNew(published: Message, mandatory: boolean): void {
    const vhost = this.#vhost;
    const exchange = this.#exchangeFor(published.exchange);
    const message = published.header.plain ? published : this.#prepared(published);
    const keys = message.header.plain ? undefined : selectedKeys(message);
    if (this.#checksModes) checkDeliveryMode(message);
    if (exchange.type === 'topic' && vhost.broker.hasTopicPermissions) this.#checkTopics(exchange, keys ?? [message.routingKey]);
    // Before 4.0, what was prepared is its publisher's already.
    if (!message.header.plain) this.#checkUser(message);
    exchange.delayed?.check(message);
    const queues = vhost.route(exchange, message, keys);
    if (vhost.tracing) tracePublish(this.#channel, message, queues);
    const answers = exchange.name === '' && isReplyAddress(message.routingKey);
    if (answers) this.#reply(message);
    else if (message.header.plain && this.#repeatable(exchange)) this.#remember(message, exchange, queues);
    else this.#exchange = undefined;
    const arrives = answers && vhost.release.has('volatile-reply-queues') && isWellFormedReplyAddress(message.routingKey);
    this.#send(message, exchange, queues, mandatory && !arrives);
  }

  /** The exchange, if the user may write to it. What was allowed a moment ago still is, unless something changed. */
  #exchangeFor(name: string): Exchange {
    const known = this.#exchange;
    if (known !== undefined && name === this.#exchangeName && !known.deleted && this.#permissionsHold()) return known;
    const resource = this.#vhost.resource('exchange', name);
    this.#channel.actor.check('write', resource);
    const exchange = existingExchange(this.#vhost, name);
    if (exchange.internal) refuse({ kind: 'internal-exchange', resource });
    return exchange;
  }

  #checkTopics(exchange: Exchange, keys: readonly string[]): void {
    const resource = this.#vhost.resource('exchange', exchange.name);
    const { actor } = this.#channel;
    // Where it published last it was allowed to, though nobody looked while the broker had no topic permissions at all.
    if (exchange === this.#exchange) actor.rememberTopic('write', resource, this.#routingKey);
    for (const key of keys) actor.checkTopic('write', resource, key);
  }

  /** The next message is looked at anew. */
  forget(): void {
    this.#exchange = undefined;
  }

  #prepared(message: Message): Message {
    const { replyTo, expiration } = message.header;
    const addressed = replyTo === DIRECT_REPLY_QUEUE ? this.#withReplyAddress(message) : message;
    if (this.#vhost.persona !== '4') this.#checkUser(message);
    const problem = expiration === undefined ? undefined : checkExpiration(expiration);
    if (problem !== undefined) refuse(problem);
    const open = withoutBlindCopies(expiration === undefined ? addressed : this.#withPlainExpiration(addressed, expiration));
    return this.#readsDeaths ? withClaimedDeaths(open) : open;
  }

  #withReplyAddress(message: Message): Message {
    const replyTo = this.#channel.replyAddress ?? refuse({ kind: 'no-reply-consumer' });
    const header = new PlainHeader({ ...message.header.properties(), replyTo });
    return AnnotatedMessage.withHeader(message, header);
  }

  #withPlainExpiration(message: Message, given: string): Message {
    const expiration = this.#vhost.persona === '3.10' ? given : plainExpiration(given);
    if (expiration === given) return message;
    return AnnotatedMessage.withHeader(message, new PlainHeader({ ...message.header.properties(), expiration }));
  }

  #checkUser(message: Message): void {
    const claimed = message.header.userId;
    const { tags, user } = this.#channel.connection;
    if (claimed === undefined || claimed === user) return;
    if (tags.includes('impersonator')) return;
    refuse({ kind: 'user-id-mismatch', claimed, user });
  }

  #reply(message: Message): void {
    this.#vhost.broker.replyConsumers.get(message.routingKey)?.deliverReply(message);
  }

  /** The next message to the same address takes the same way without being asked. */
  #repeatable(exchange: Exchange): boolean {
    if (exchange.delayed !== undefined || this.#vhost.tracing) return false;
    return this.#vhost.routedByKey && (exchange.type !== 'topic' || !this.#vhost.broker.hasTopicPermissions);
  }

  #remember(message: Message, exchange: Exchange, queues: readonly Queue[]): void {
    this.#exchangeName = message.exchange;
    this.#routingKey = message.routingKey;
    this.#exchange = exchange;
    this.#queues = queues;
    this.#generation = this.#vhost.generation;
    this.#permissionGeneration = this.#vhost.broker.permissionGeneration;
  }

  #permissionsHold(): boolean {
    return this.#permissionGeneration === this.#vhost.broker.permissionGeneration;
  }

  #send(message: Message, exchange: Exchange, queues: readonly Queue[], mandatory: boolean): void {
    const channel = this.#channel;
    const { transaction } = channel;
    if (transaction !== undefined) {
      transaction.publish({ message, exchange, queues, mandatory });
      return;
    }
    this.deliver(message, exchange, queues, mandatory, channel.nextConfirm(), true);
    if (this.#vhost.broker.alarms.raised) channel.connection.publishedWhileAlarmed();
  }

  #unroutable(message: Message, mandatory: boolean): void {
    const { stats, sink } = this.#channel;
    if (mandatory) {
      stats.return_unroutable++;
      this.#vhost.stats.return_unroutable++;
      sink.returned('no-route', message);
    } else {
      stats.drop_unroutable++;
      this.#vhost.stats.drop_unroutable++;
    }
  }
}

/** rabbit_basic:is_message_persistent/1. Later ones take anything but 2 for transient. */
function checkDeliveryMode(message: Message): void {
  const mode = message.header.deliveryMode;
  if (mode !== undefined && mode !== 1 && mode !== 2) refuse({ kind: 'invalid-delivery-mode', mode });
}
