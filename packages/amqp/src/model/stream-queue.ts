import type { BrokerConnection } from './broker-connection.ts';
import type { Consumer, ConsumerProperties } from './consumer.ts';
import type { Delivery } from './delivery.ts';
import { Entry } from './entry.ts';
import { booleanOf, byName, EMPTY_TABLE, type Field, integerOf, long, stringOf, type Table } from './field-table.ts';
import { stream_declared_count_milliseconds, stream_segment_size_bytes } from './limits.ts';
import { parseMaxAge } from './max-age.ts';
import { Message, PlainHeader } from './message.ts';
import { keptProperties } from './message-container.ts';
import type { Persona } from './persona.ts';
import { Queue, type QueueProperties } from './queue.ts';
import type { QueueState } from './queue-state.ts';
import { refuse } from './refusal.ts';
import { StreamLog } from './stream-log.ts';
import type { VirtualHost } from './virtual-host.ts';

interface Reader {
  readonly consumer: Consumer;
  /** The next offset to look at. */
  offset: number;
  readonly filters: readonly string[] | undefined;
  readonly matchUnfiltered: boolean;
}

/** A stream: messages stay, each consumer reads from where it wants (rabbit_stream_queue). */
export class StreamQueue extends Queue {
  readonly #log: StreamLog = new StreamLog();
  /** In the order in which a channel's readers get what is new: the last of their tags first (rabbit_stream_queue:handle_event/3). */
  readonly #readers: Reader[] = [];
  readonly #declaredAt: number;
  #unackedCount = 0;
  #running = false;

  constructor(vhost: VirtualHost, properties: QueueProperties, owner: BrokerConnection | undefined, creator: string) {
    super(vhost, properties, owner, creator);
    this.#declaredAt = vhost.broker.clock.now();
  }

  override get readyCount(): number {
    return this.#log.length;
  }
  override get readyBytes(): number {
    return this.#log.bytes;
  }
  override get unackedCount(): number {
    return this.#unackedCount;
  }
  override get unackedBytes(): number {
    return 0;
  }
  override get consumerCount(): number {
    return 0;
  }

  /** RabbitMQ counts the messages of a stream at intervals, and tells the count of last time. */
  override get declaredCount(): number {
    const age = this.vhost.broker.clock.now() - this.#declaredAt;
    const counted = this.#declaredAt + Math.floor(age / stream_declared_count_milliseconds) * stream_declared_count_milliseconds;
    return Math.max(0, this.#log.offsetAt(counted) - this.#log.first);
  }

  override checkConsumer(consumer: ConsumerProperties, globalPrefetch: number): void {
    const { resource } = this;
    if (consumer.prefetch === 0) refuse({ kind: 'no-prefetch', resource });
    if (consumer.noAck) refuse({ kind: 'stream-unsupported', operation: 'automatic acknowledgement', resource });
    if (globalPrefetch !== 0) refuse({ kind: 'global-qos', resource });
    checkReading(consumer.arguments, this.vhost.persona);
  }

  override checkDelete(): void {}

  /** What came from a stream that is gone is nobody's any more (rabbit_queue_type:settle/5). */
  override checkReject(): void {
    if (this.vhost.persona === '3.10' && !this.deleted) {
      refuse({ kind: 'stream-unsupported', operation: 'basic.nack and basic.reject', resource: this.resource });
    }
  }

  override checkRecover(): void {
    if (this.vhost.persona === '3.10' && !this.deleted) refuse({ kind: 'stream-recover' });
  }

  override addConsumer(consumer: Consumer): void {
    const reader = this.#readerOf(consumer);
    super.addConsumer(consumer);
    this.#readers.splice(this.#placeOf(consumer.tag), 0, reader);
    // Readers don't take turns.
    this.ring.remove(consumer);
  }

  override removeConsumer(consumer: Consumer): boolean {
    const index = this.#readers.findIndex((reader) => reader.consumer === consumer);
    if (index >= 0) this.#readers.splice(index, 1);
    // Whoever came after it has been passed over.
    if (this.#running) this.schedule();
    return super.removeConsumer(consumer);
  }

  override enqueue(message: Message, now: boolean): boolean {
    this.stats.publish++;
    const { max_segment_bytes = stream_segment_size_bytes } = this.settings;
    const time = this.vhost.broker.clock.now();
    const filter = message.header.plain ? undefined : stringOf(message.header.headers?.get('x-stream-filter-value'));
    if (this.#log.append(message, time, filter, max_segment_bytes)) this.#retain();
    if (!now) this.schedule();
    else if (!this.#running) this.run();
    return true;
  }

  override run(): void {
    if (this.#running || this.deleted) return;
    this.#running = true;
    for (const reader of this.#readers) this.#read(reader);
    this.#running = false;
  }

  override wake(): void {}

  override take(): Entry | undefined {
    return refuse({ kind: 'stream-unsupported', operation: 'basic.get', resource: this.resource });
  }

  override purge(): number {
    return refuse({ kind: 'stream-unsupported', operation: 'queue.purge', resource: this.resource });
  }

  /** With the header that tells where it is in the stream. */
  override present(entry: Entry): Message {
    const { message, sequence } = entry;
    const { persona } = this.vhost;
    const properties = keptProperties(message, persona);
    const told = new Map(properties.headers ?? EMPTY_TABLE).set('x-stream-offset', long(sequence));
    // Whoever writes them sorts later releases' headers.
    const headers = persona === '3.10' ? byName(told) : told;
    return new Message(message.exchange, message.routingKey, new PlainHeader({ ...properties, headers }), message.body, message.size);
  }

  override settle(delivery: Delivery): void {
    if (delivery.stale || this.deleted) return;
    this.stats.ack++;
    this.#unackedCount--;
  }

  /** Nothing goes back into a stream; settling it any way makes room for the next. */
  override requeue(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) if (!delivery.stale && !this.deleted) this.#unackedCount--;
  }

  override discard(deliveries: readonly Delivery[]): void {
    this.requeue(deliveries);
  }

  override *messages(): IterableIterator<Entry> {
    for (const { message, offset } of this.#log.entries()) yield new Entry(message, offset, 0, 0, 0);
  }

  override snapshot(): QueueState {
    const log = this.#log.snapshot();
    return { ready: NOTHING, unacked: [], sequence: log.next, readyBytes: 0, expiring: false, log };
  }

  override restore(state: QueueState | undefined): void {
    if (state?.log === undefined) this.#log.clear();
    else this.#log.restore(state.log);
    this.#unackedCount = 0;
    for (const reader of this.#readers) reader.offset = Math.min(reader.offset, this.#log.next);
    this.schedule();
  }

  protected override settingsChanged(): void {
    this.#retain();
  }

  protected override closed(): void {
    this.#readers.length = 0;
    this.#log.clear();
  }

  protected override get exclusiveConsumers(): boolean {
    return false;
  }

  /** Behind all readers whose tags are not before it. */
  #placeOf(tag: string): number {
    let low = 0;
    let high = this.#readers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#readers[middle]?.consumer.tag ?? '') >= tag) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #read(reader: Reader): void {
    const { consumer } = reader;
    reader.offset = Math.max(reader.offset, this.#log.first);
    while (reader.offset < this.#log.next && !consumer.cancelled && consumer.ready) {
      const entry = this.#log.at(reader.offset++);
      if (entry === undefined || !wanted(reader, entry.filter)) continue;
      this.stats.deliver++;
      this.#unackedCount++;
      consumer.channel.deliver(consumer, new Entry(entry.message, entry.offset, 0, 0, 0));
    }
  }

  #retain(): void {
    const { max_length_bytes, max_age_milliseconds } = this.settings;
    const oldest = max_age_milliseconds === undefined ? undefined : this.vhost.broker.clock.now() - max_age_milliseconds;
    this.#log.retain(max_length_bytes, oldest);
  }

  #readerOf(consumer: Consumer): Reader {
    const args = consumer.arguments;
    const filters = filtersOf(args, this.vhost.persona);
    return {
      consumer,
      offset: this.#offsetOf(args.get('x-stream-offset')),
      filters,
      matchUnfiltered: booleanOf(args.get('x-stream-match-unfiltered')) ?? false,
    };
  }

  /** rabbit_stream_queue:parse_offset_arg/1. The last chunk is the last message here: nothing is batched. */
  #offsetOf(field: Field | undefined): number {
    const log = this.#log;
    const word = field === undefined ? undefined : wordOf(field);
    if (field === undefined || word === 'next') return log.next;
    if (word === 'first') return log.first;
    if (word === 'last') return Math.max(log.first, log.next - 1);
    if (field.type === 'T') return log.offsetAt(Number(field.value) * 1_000);
    const age = word === undefined ? undefined : parseMaxAge(word);
    if (age !== undefined) return log.offsetAt(this.vhost.broker.clock.now() - age);
    return Math.max(log.first, integerOf(field) ?? log.next);
  }
}

/** What osiris does not expect (osiris:init_reader/4): an offset that is none, and filters for nothing. */
function checkReading(args: Table, persona: Persona): void {
  const offset = args.get('x-stream-offset');
  const isOffset = offset === undefined || offset.type === 'T' || wordOf(offset) !== undefined || integerOf(offset) !== undefined;
  if (!isOffset || filtersOf(args, persona)?.length === 0) refuse({ kind: 'crash' });
}

/** A string that was looked at before, or one of the words as a binary. */
function wordOf(field: Field): string | undefined {
  if (field.type !== 'x') return stringOf(field);
  const word = Buffer.from(field.value).toString('latin1');
  return ['first', 'last', 'next'].includes(word) ? word : undefined;
}

/** 3.10 has none. */
function filtersOf(args: Table, persona: Persona): readonly string[] | undefined {
  const field = persona === '3.10' ? undefined : args.get('x-stream-filter');
  const one = stringOf(field);
  if (one !== undefined) return [one];
  return field?.type === 'A' ? field.value.flatMap((item) => stringOf(item) ?? []) : undefined;
}

function wanted(reader: Reader, filter: string | undefined): boolean {
  if (reader.filters === undefined) return true;
  if (filter !== undefined && filter !== '') return reader.filters.includes(filter);
  // To osiris the empty filter value is none. It looks at the first of the filters that ask for it, which is the client's last.
  return reader.matchUnfiltered || reader.filters.at(-1) === '';
}

const NOTHING = { length: 0, entries: function* (): IterableIterator<Entry> {} };
