import type { Binding } from './binding.ts';
import type { BrokerConnection } from './broker-connection.ts';
import type { Consumer } from './consumer.ts';
import type { Exchange } from './exchange.ts';
import type { Field, Table } from './field-table.ts';
import type { Queue } from './queue.ts';

/** What each takes by itself, measured (with V8's pointers of 64 bits) and rounded up. */
const queue_bytes = 1_200;
const exchange_bytes = 1_200;
const binding_bytes = 500;
const binding_word_bytes = 100;
const consumer_bytes = 1_000;
const channel_bytes = 2_500;
const connection_bytes = 16_000;
const field_bytes = 100;

/**
 * What everything but messages takes of the heap, about: all that clients declare. Who adds something says
 * so, and who takes it away says so too; that costs less than the declaration itself, and nothing for messages.
 */
export class Holdings {
  #bytes = 0;
  #channels = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get channels(): number {
    return this.#channels;
  }

  queue(queue: Queue, change: 1 | -1): void {
    this.#bytes += change * (queue_bytes + 2 * queue.name.length + tableBytes(queue.arguments));
  }

  exchange(exchange: Exchange, change: 1 | -1): void {
    this.#bytes += change * (exchange_bytes + 2 * exchange.name.length + tableBytes(exchange.arguments));
  }

  binding(binding: Binding, change: 1 | -1): void {
    const { routingKey, source, identity } = binding;
    // Each word may be a node of the exchange's tree.
    const words = source.type === 'topic' ? routingKey.split('.').length : 0;
    this.#bytes += change * (binding_bytes + words * binding_word_bytes + 2 * identity.length + tableBytes(binding.arguments));
  }

  consumer(consumer: Consumer, change: 1 | -1): void {
    this.#bytes += change * (consumer_bytes + 2 * consumer.tag.length + tableBytes(consumer.arguments));
  }

  channel(change: 1 | -1): void {
    this.#channels += change;
    this.#bytes += change * channel_bytes;
  }

  connection(connection: BrokerConnection, change: 1 | -1): void {
    this.#bytes += change * (connection_bytes + tableBytes(connection.clientProperties));
  }
}

/** What a table takes of the heap, about. */
export function tableBytes(table: Table): number {
  let bytes = 0;
  for (const [name, field] of table) bytes += name.length + fieldBytes(field);
  return bytes;
}

function fieldBytes({ type, value }: Field): number {
  switch (type) {
    case 'S':
    case 'x':
      return field_bytes + 2 * value.length;
    case 'F':
      return field_bytes + tableBytes(value);
    case 'A':
      return value.reduce((bytes, each) => bytes + fieldBytes(each), field_bytes);
    default:
      return field_bytes;
  }
}
