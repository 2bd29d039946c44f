import type { BasicProperties, Table } from '../model/index.ts';
import { Message, type MessageHeader, PlainHeader } from '../model/index.ts';
import { header_properties_offset } from '../wire/content.ts';
import { decodeTable } from '../wire/field-table.ts';
import { frame_header_bytes, readUint16 } from '../wire/frame.ts';
import {
  decodeProperties,
  FLAG_DELIVERY_MODE,
  FLAG_EXPIRATION,
  FLAG_HEADERS,
  FLAG_PRIORITY,
  FLAG_REPLY_TO,
  FLAG_USER_ID,
} from '../wire/properties.ts';

/** Where a message was published to; shared by all messages of a channel that have it in a row. */
export interface PublishAddress {
  readonly exchange: string;
  readonly routingKey: string;
  /** Exchange and routing key as two shortstrs: the tail of basic.publish, and of basic.deliver. */
  readonly bytes: Buffer;
}

/**
 * A message that still has its bytes: a content header frame from `start` to `headerEnd` and, if there is a body,
 * one body frame right behind it up to `end`. Nothing is decoded before somebody asks, and any number of queues may
 * hold the message.
 *
 * At first the bytes are those of the input. They keep the whole chunk alive, which may have held a thousand
 * messages; so a small message that stays in a queue is {@link compact}ed into a string of its own. (A buffer of its
 * own would cost several times the message.)
 */
export class WireMessage extends Message {
  readonly address: PublishAddress;
  bytes: Buffer;
  start: number;
  headerEnd: number;
  end: number;
  /** Instead of {@link bytes}, one character for each. */
  text = '';
  /** Somebody got it already: whoever holds it still will not hold it for long. */
  delivered = false;
  /** The message before it in the same burst of input, until the burst is done with. */
  previous: WireMessage | undefined = undefined;

  constructor(address: PublishAddress, header: MessageHeader, size: number, bytes: Buffer, start: number, headerEnd: number, end: number) {
    super(address.exchange, address.routingKey, header, undefined, size);
    this.address = address;
    this.bytes = bytes;
    this.start = start;
    this.headerEnd = headerEnd;
    this.end = end;
  }

  override get body(): Uint8Array {
    const start = this.headerEnd + frame_header_bytes;
    const bytes = this.text === '' ? this.bytes : Buffer.from(this.text, 'latin1');
    return bytes.subarray(start, start + this.size);
  }

  /** The properties, their flags first. */
  get properties(): Uint8Array {
    const bytes = this.text === '' ? this.bytes : Buffer.from(this.text, 'latin1');
    return bytes.subarray(this.start + header_properties_offset, this.headerEnd - 1);
  }

  compact(): void {
    if (this.end - this.start > compact_max_bytes || this.text !== '') return;
    if (this.header instanceof WireHeader) this.header.compact();
    this.text = this.bytes.toString('latin1', this.start, this.end);
    this.bytes = NO_BYTES;
    this.headerEnd -= this.start;
    this.end -= this.start;
    this.start = 0;
  }
}

/** Contents beyond this size keep the chunk of input that they came in: it is not much larger. */
const compact_max_bytes = 8_192;
const NO_BYTES = Buffer.alloc(0);

const BROKER_FLAGS = FLAG_HEADERS | FLAG_PRIORITY | FLAG_EXPIRATION | FLAG_USER_ID | FLAG_REPLY_TO;

/** The header of a content header frame. `doubled`: the later ones of headers that were there several times. */
export function headerOf(bytes: Buffer, start: number, end: number, doubled?: Buffer): MessageHeader {
  const flags = readUint16(bytes, start + header_properties_offset);
  return flags === 0 ? PlainHeader.EMPTY : new WireHeader(flags, bytes, start + header_properties_offset, end - 1, doubled);
}

/** Properties that stay bytes until one that is present is asked for. */
class WireHeader implements MessageHeader {
  readonly plain: boolean;
  readonly #flags: number;
  #bytes: Buffer;
  readonly #start: number;
  readonly #end: number;
  readonly #doubled: Buffer | undefined;
  #text = '';
  #decoded: BasicProperties | undefined;

  constructor(flags: number, bytes: Buffer, start: number, end: number, doubled: Buffer | undefined) {
    this.plain = (flags & BROKER_FLAGS) === 0;
    this.#flags = flags;
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#doubled = doubled;
  }

  get length(): number {
    return this.#end - this.#start;
  }

  /** They were checked when the message was published. */
  properties(): BasicProperties {
    if (this.#decoded === undefined) {
      const bytes = this.#text === '' ? this.#bytes.subarray(this.#start, this.#end) : Buffer.from(this.#text, 'latin1');
      this.#decoded = decodeProperties(bytes, 0, bytes.length) ?? {};
    }
    return this.#decoded;
  }

  /** Lets go of the input; see {@link WireMessage}. */
  compact(): void {
    if (this.#text !== '') return;
    this.#text = this.#bytes.toString('latin1', this.#start, this.#end);
    this.#bytes = NO_BYTES;
  }

  #has(flag: number): boolean {
    return (this.#flags & flag) !== 0;
  }

  get headers(): Table | undefined {
    return this.#has(FLAG_HEADERS) ? this.properties().headers : undefined;
  }
  get doubledHeaders(): Table | undefined {
    return this.#doubled === undefined ? undefined : decodeTable(this.#doubled, 0, this.#doubled.length);
  }
  get deliveryMode(): number | undefined {
    if (!this.#has(FLAG_DELIVERY_MODE)) return undefined;
    // Asked for with every publish, and usually the first property.
    if (this.#flags >= FLAG_HEADERS) return this.properties().deliveryMode;
    return this.#text === '' ? this.#bytes[this.#start + 2] : this.#text.charCodeAt(2);
  }
  get priority(): number | undefined {
    return this.#has(FLAG_PRIORITY) ? this.properties().priority : undefined;
  }
  get replyTo(): string | undefined {
    return this.#has(FLAG_REPLY_TO) ? this.properties().replyTo : undefined;
  }
  get expiration(): string | undefined {
    return this.#has(FLAG_EXPIRATION) ? this.properties().expiration : undefined;
  }
  get userId(): string | undefined {
    return this.#has(FLAG_USER_ID) ? this.properties().userId : undefined;
  }
  get contentType(): string | undefined {
    return this.properties().contentType;
  }
  get contentEncoding(): string | undefined {
    return this.properties().contentEncoding;
  }
  get correlationId(): string | undefined {
    return this.properties().correlationId;
  }
  get messageId(): string | undefined {
    return this.properties().messageId;
  }
  get timestamp(): bigint | undefined {
    return this.properties().timestamp;
  }
  get type(): string | undefined {
    return this.properties().type;
  }
  get appId(): string | undefined {
    return this.properties().appId;
  }
  get clusterId(): string | undefined {
    return this.properties().clusterId;
  }
}
