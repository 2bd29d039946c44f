import { setTimeout as sleep } from 'node:timers/promises';
import type { Plain } from './codec/fields.ts';
import { table } from './codec/fields.ts';
import { type Arguments, argument } from './codec/frames.ts';
import type { Received } from './inbox.ts';
import { showBytes, showReceived, showSent, showTable, type Transcript } from './transcript.ts';
import type { WireClient } from './wire-client.ts';

/** How long a script waits for what should come. */
export const patience_milliseconds = 4_000;

export interface Publication {
  readonly exchange?: string;
  readonly key?: string;
  readonly body?: string | Uint8Array;
  readonly mandatory?: boolean;
  readonly immediate?: boolean;
  readonly headers?: Readonly<Record<string, Plain>>;
  readonly properties?: Arguments;
}

export interface QueueOptions {
  readonly passive?: boolean;
  readonly durable?: boolean;
  readonly exclusive?: boolean;
  readonly autoDelete?: boolean;
  readonly nowait?: boolean;
  readonly arguments?: Readonly<Record<string, Plain>>;
}

export interface ExchangeOptions extends Omit<QueueOptions, 'exclusive'> {
  readonly internal?: boolean;
}

export interface ConsumeOptions {
  readonly tag?: string;
  readonly noAck?: boolean;
  readonly exclusive?: boolean;
  readonly noLocal?: boolean;
  readonly nowait?: boolean;
  readonly arguments?: Readonly<Record<string, Plain>>;
}

/** One channel of one client: every step and every answer goes into the transcript. */
export class ChannelScript {
  readonly number: number;
  readonly #wire: WireClient;
  readonly #label: string;
  readonly #transcript: Transcript;
  #outstanding: Set<number> | undefined;
  #published = 0;
  #closed = false;

  constructor(wire: WireClient, label: string, number: number, transcript: Transcript) {
    this.#wire = wire;
    this.#label = `${label}${number}`;
    this.number = number;
    this.#transcript = transcript;
  }

  get isClosed(): boolean {
    return this.#closed || this.#wire.isClosed;
  }

  note(line: string): void {
    this.#transcript.add(`${this.#label}  ${line}`);
  }

  /** Sends a method without waiting for anything. */
  send(name: string, args: Arguments = {}): void {
    this.#transcript.add(`${this.#label}> ${showSent(name, args)}`);
    this.#wire.method(this.number, name, args);
  }

  /** Sends a method and waits for its answer, or for the error. */
  async call(name: string, args: Arguments = {}): Promise<Received | undefined> {
    if (this.isClosed) {
      this.note(`(closed; not sent: ${name})`);
      return undefined;
    }
    this.send(name, args);
    return this.answer(name);
  }

  /** Waits for the answer to a method that was sent before. */
  async answer(name: string): Promise<Received | undefined> {
    const answers = name === 'basic.get' ? ['basic.get-ok', 'basic.get-empty'] : [`${name}-ok`];
    const event = await this.#find((each) => answers.includes(each.name) || isEnd(each));
    this.#record(event, `no answer to ${name}`);
    return event;
  }

  /** Waits for the next events, whatever they are, and records them in order. */
  async take(count = 1): Promise<readonly Received[]> {
    const events: Received[] = [];
    while (events.length < count && !(this.#closed && this.inbox.size === 0)) {
      const event = await this.#find(() => true);
      this.#record(event, 'nothing came');
      if (event === undefined) break;
      events.push(event);
      if (isEnd(event)) break;
    }
    return events;
  }

  /** As {@link take}, for events of one kind; others wait. */
  async takeKind(name: string, count: number): Promise<void> {
    for (let index = 0; index < count; index++) this.#record(await this.#find((each) => each.name === name || isEnd(each)), `no ${name}`);
  }

  /** As {@link take}, for events whose order is not fixed: sorted. */
  async takeSorted(count: number): Promise<void> {
    const lines: string[] = [];
    while (lines.length < count) {
      const event = await this.#find(() => true);
      lines.push(event === undefined ? 'nothing came' : showReceived(event));
      if (event === undefined || isEnd(event)) break;
    }
    for (const line of lines.sort()) this.#transcript.add(`${this.#label}< ${line}`);
  }

  /** Takes `count` deliveries and notes their bodies only, or with `redelivered` too. */
  async bodies(count: number): Promise<void> {
    const seen: string[] = [];
    while (seen.length < count) {
      const event = await this.#find(() => true);
      if (event === undefined || isEnd(event)) {
        seen.push(event === undefined ? '(nothing)' : showReceived(event));
        break;
      }
      const again = argument(event.args, 'redelivered') === true ? '*' : '';
      seen.push(event.body === undefined ? showReceived(event) : `${showBytes(event.body)}${again}`);
    }
    this.note(`got ${seen.join(' ')}`);
  }

  /** Records whatever comes within a moment: usually nothing. */
  async quiet(milliseconds = 60): Promise<void> {
    const deadline = performance.now() + milliseconds;
    let count = 0;
    for (;;) {
      const event = await this.inbox.find(() => true, deadline - performance.now());
      if (event === undefined) break;
      this.#record(event, '');
      count++;
    }
    if (count === 0) this.note('quiet');
  }

  /** Waits until every publication was confirmed; returns and deliveries in between are recorded where they came. */
  async confirms(): Promise<void> {
    let acked: number[] = [];
    let nacked: number[] = [];
    const flush = (): void => {
      if (acked.length > 0) this.note(`confirmed ${acked.sort((a, b) => a - b).join(',')}`);
      if (nacked.length > 0) this.note(`rejected ${nacked.sort((a, b) => a - b).join(',')}`);
      acked = [];
      nacked = [];
    };
    while ((this.#outstanding?.size ?? 0) > 0) {
      const event = await this.#find(() => true);
      if (event?.name === 'basic.ack' || event?.name === 'basic.nack') {
        (event.name === 'basic.ack' ? acked : nacked).push(...this.#settle(event));
        continue;
      }
      flush();
      this.#record(event, 'no confirm');
      if (event === undefined || isEnd(event)) return;
    }
    flush();
  }

  /** Waits for the last publication's confirm, wherever it is among what came, and notes its outcome. */
  async settled(): Promise<void> {
    const outcomes: string[] = [];
    while ((this.#outstanding?.size ?? 0) > 0) {
      const event = await this.#find((each) => each.name === 'basic.ack' || each.name === 'basic.nack' || isEnd(each));
      if (event === undefined || isEnd(event)) {
        this.#record(event, 'no confirm');
        return;
      }
      outcomes.push(`${event.name === 'basic.ack' ? 'confirmed' : 'rejected'} ${this.#settle(event).join(',')}`);
    }
    for (const outcome of outcomes) this.note(outcome);
  }

  /** How many messages are ready, without a trace. */
  async count(queue: string): Promise<number | undefined> {
    this.#wire.method(this.number, 'queue.declare', { queue, passive: true });
    const event = await this.#find((each) => each.name === 'queue.declare-ok' || isEnd(each));
    if (event?.name !== 'queue.declare-ok') {
      this.#record(event, 'no count');
      return undefined;
    }
    return Number(argument(event.args, 'messageCount'));
  }

  /** Records what is there already. */
  takeWaiting(): readonly Received[] {
    const events: Received[] = [];
    for (let event = this.inbox.shift(); event !== undefined; event = this.inbox.shift()) {
      this.#record(event, '');
      events.push(event);
    }
    return events;
  }

  /** A round trip that leaves no trace but an error that was under way. */
  async sync(): Promise<void> {
    if (this.isClosed) return;
    this.#wire.method(this.number, 'exchange.declare', { exchange: 'amq.direct', type: 'direct', passive: true });
    const event = await this.#find((each) => each.name === 'exchange.declare-ok' || isEnd(each));
    if (event?.name !== 'exchange.declare-ok') this.#record(event, 'no answer');
  }

  /** A round trip that needs no permission and leaves no trace, unless the channel is closed. */
  async stir(): Promise<void> {
    if (this.isClosed) return;
    this.#wire.method(this.number, 'basic.qos', {});
    const event = await this.#find((each) => each.name === 'basic.qos-ok' || isEnd(each));
    if (event?.name !== 'basic.qos-ok') this.#record(event, 'no answer');
  }

  /** Consumes with arguments that differ from run to run: the transcript shows `what`. */
  async consumeAs(what: string, queue: string, args: NonNullable<ConsumeOptions['arguments']>): Promise<void> {
    this.note(what);
    this.#wire.method(this.number, 'basic.consume', { queue, consumerTag: 'r', arguments: args });
    this.#record(await this.#find((each) => each.name === 'basic.consume-ok' || isEnd(each)), 'no consume-ok');
  }

  /** The offset of the oldest message of a stream, without a trace. */
  async firstOffset(queue: string): Promise<number> {
    this.#wire.method(this.number, 'basic.qos', { prefetchSize: 0, prefetchCount: 1, global: false });
    this.#wire.method(this.number, 'basic.consume', { queue, consumerTag: 'oldest', arguments: { 'x-stream-offset': 'first' } });
    const event = await this.#find((each) => each.name === 'basic.deliver' || isEnd(each));
    const headers = event?.properties?.find(([name]) => name === 'headers')?.[1];
    const offset = Array.isArray(headers) ? headers.find(([name]) => name === 'x-stream-offset')?.[1] : undefined;
    return offset !== undefined && 'value' in offset ? Number(offset.value) : Number.NaN;
  }

  publish(publication: Publication): void {
    const { exchange = '', key = '', mandatory = false, immediate = false, headers, properties = {} } = publication;
    const args = { exchange, routingKey: key, mandatory, immediate };
    const body = typeof publication.body === 'string' ? Buffer.from(publication.body) : (publication.body ?? Buffer.alloc(0));
    const shown = Object.entries(properties).map(([name, value]) => `${name}=${String(value)}`);
    if (headers !== undefined) shown.push(`headers=${showTable(table(headers))}`);
    this.#transcript.add(`${this.#label}> ${[showSent('basic.publish', args), ...shown, showBytes(body)].join(' ')}`);
    if (this.#outstanding !== undefined) this.#outstanding.add(++this.#published);
    this.#wire.method(this.number, 'basic.publish', args);
    this.#wire.content(this.number, headers === undefined ? properties : { ...properties, headers }, body);
  }

  queue(queue: string, options: QueueOptions = {}): Promise<Received | undefined> {
    return this.call('queue.declare', { queue, ...options });
  }

  exchange(exchange: string, type: string, options: ExchangeOptions = {}): Promise<Received | undefined> {
    return this.call('exchange.declare', { exchange, type, ...options });
  }

  bind(queue: string, exchange: string, key = '', args: Readonly<Record<string, Plain>> = {}): Promise<Received | undefined> {
    return this.call('queue.bind', { queue, exchange, routingKey: key, arguments: args });
  }

  consume(queue: string, options: ConsumeOptions = {}): Promise<Received | undefined> {
    const { tag = 'c', ...rest } = options;
    return this.call('basic.consume', { queue, consumerTag: tag, ...rest });
  }

  get(queue: string, noAck = true): Promise<Received | undefined> {
    return this.call('basic.get', { queue, noAck });
  }

  /** Gets until the queue is empty and notes the bodies. */
  async drain(queue: string): Promise<void> {
    const bodies: string[] = [];
    for (;;) {
      this.#wire.method(this.number, 'basic.get', { queue, noAck: true });
      const event = await this.#find((each) => each.name.startsWith('basic.get-') || isEnd(each));
      if (event?.body === undefined) {
        this.note(`in ${queue}: ${bodies.length === 0 ? 'nothing' : bodies.join(' ')}`);
        if (event?.name !== 'basic.get-empty') this.#record(event, 'no answer to basic.get');
        return;
      }
      bodies.push(`${showBytes(event.body)}${argument(event.args, 'redelivered') === true ? '*' : ''}`);
    }
  }

  /** Polls until the queue holds that many ready messages: for what a server does in its own time. */
  async until(queue: string, messageCount: number): Promise<void> {
    const deadline = performance.now() + patience_milliseconds;
    for (;;) {
      this.#wire.method(this.number, 'queue.declare', { queue, passive: true });
      const event = await this.#find((each) => each.name === 'queue.declare-ok' || isEnd(each));
      const count = event === undefined ? undefined : argument(event.args, 'messageCount');
      if (count === messageCount) return;
      if (count === undefined || performance.now() > deadline) {
        this.#record(event, `${queue} never held ${messageCount}`);
        return;
      }
      await sleep(5);
    }
  }

  qos(prefetchCount: number, global = false): Promise<Received | undefined> {
    return this.call('basic.qos', { prefetchCount, global });
  }

  ack(deliveryTag: number, multiple = false): void {
    this.send('basic.ack', { deliveryTag, multiple });
  }

  nack(deliveryTag: number, options: { readonly multiple?: boolean; readonly requeue?: boolean } = {}): void {
    this.send('basic.nack', { deliveryTag, ...options });
  }

  reject(deliveryTag: number, requeue = false): void {
    this.send('basic.reject', { deliveryTag, requeue });
  }

  async confirmSelect(): Promise<void> {
    await this.call('confirm.select');
    this.#outstanding = new Set();
  }

  async close(): Promise<void> {
    await this.call('channel.close', { replyCode: 200, replyText: 'bye' });
    this.#closed = true;
  }

  /** Opens the same channel number again after an error closed it. */
  async reopen(): Promise<void> {
    this.#closed = false;
    this.#outstanding = undefined;
    this.#published = 0;
    await this.call('channel.open');
  }

  /** Opens it without a trace. */
  async open(): Promise<void> {
    if (this.isClosed) {
      this.note('(the connection is closed; no channel opened)');
      return;
    }
    this.#wire.method(this.number, 'channel.open');
    const event = await this.#find(() => true);
    if (event?.name !== 'channel.open-ok') this.#record(event, 'no channel.open-ok');
  }

  /** Notes what nobody asked for. */
  leftovers(): void {
    for (let left = this.inbox.size; left > 0; left--) {
      const event = this.inbox.shift();
      // Cancellations come in the server's own time when a scenario removes its queues.
      if (event !== undefined && !isEnd(event) && event.name !== 'basic.cancel') this.#record(event, '');
    }
  }

  get inbox(): ReturnType<WireClient['inbox']> {
    return this.#wire.inbox(this.number);
  }

  async #find(wanted: (event: Received) => boolean): Promise<Received | undefined> {
    return this.inbox.find(wanted, patience_milliseconds);
  }

  #settle(event: Received): number[] {
    const tag = Number(argument(event.args, 'deliveryTag') ?? 0);
    const outstanding = this.#outstanding ?? new Set();
    const settled = argument(event.args, 'multiple') === true ? [...outstanding].filter((each) => each <= tag || tag === 0) : [tag];
    return settled.map((each) => {
      if (!outstanding.delete(each)) this.note(`confirmed twice or never published: ${each}`);
      return each;
    });
  }

  #record(event: Received | undefined, otherwise: string): void {
    if (event === undefined) {
      this.note(`(${otherwise})`);
      return;
    }
    if (isEnd(event)) this.#closed = true;
    this.#transcript.add(`${this.#label}< ${showReceived(event)}`);
  }
}

export function isEnd(event: Received): boolean {
  return event.name === 'channel.close' || event.name === 'connection.close' || event.name === 'end';
}
