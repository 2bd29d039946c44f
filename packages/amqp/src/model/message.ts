import { EMPTY_TABLE, type Table } from './field-table.ts';
import { propertiesLength } from './properties-length.ts';

/** The properties of the basic class (AMQP 0-9-1 §1.8). Absent ones are absent. */
export interface BasicProperties {
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly headers?: Table;
  /** 1 transient, 2 persistent. */
  readonly deliveryMode?: number;
  readonly priority?: number;
  readonly correlationId?: string;
  readonly replyTo?: string;
  /** Milliseconds, as the decimal number that the client wrote. */
  readonly expiration?: string;
  readonly messageId?: string;
  /** Seconds since 1970. */
  readonly timestamp?: bigint;
  readonly type?: string;
  readonly userId?: string;
  readonly appId?: string;
  readonly clusterId?: string;
}

/**
 * The content header of a message. A session implements it over the undecoded bytes: every member is
 * a getter that looks only when asked, and messages without any property share one header.
 */
export interface MessageHeader {
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly headers: Table | undefined;
  /** Since 3.13: of headers that were there several times the first is in {@link headers}, the last here. */
  readonly doubledHeaders?: Table | undefined;
  readonly deliveryMode: number | undefined;
  readonly priority: number | undefined;
  readonly correlationId: string | undefined;
  readonly replyTo: string | undefined;
  readonly expiration: string | undefined;
  readonly messageId: string | undefined;
  readonly timestamp: bigint | undefined;
  readonly type: string | undefined;
  readonly userId: string | undefined;
  readonly appId: string | undefined;
  readonly clusterId: string | undefined;
  /**
   * Nothing that the broker itself looks at is present: no headers, priority, expiration, userId,
   * replyTo. True lets a publish skip all five.
   */
  readonly plain: boolean;
  /** Bytes of the flags and the properties. */
  readonly length: number;
  properties(): BasicProperties;
}

/** Headers as exchanges see them: of doubled ones the last (mc_amqpl:routing_headers/2). */
export function routingHeaders({ headers = EMPTY_TABLE, doubledHeaders }: MessageHeader): Table {
  return doubledHeaders === undefined ? headers : new Map([...headers, ...doubledHeaders]);
}

/** Properties as an object: what the model makes itself, and what in-process publishers hand in. */
export class PlainHeader implements MessageHeader {
  static readonly EMPTY: PlainHeader = new PlainHeader({});
  readonly plain: boolean;
  readonly #properties: BasicProperties;

  constructor(properties: BasicProperties) {
    this.#properties = properties;
    this.plain =
      properties.headers === undefined &&
      properties.priority === undefined &&
      properties.expiration === undefined &&
      properties.userId === undefined &&
      properties.replyTo === undefined;
  }

  get contentType(): string | undefined {
    return this.#properties.contentType;
  }
  get contentEncoding(): string | undefined {
    return this.#properties.contentEncoding;
  }
  get headers(): Table | undefined {
    return this.#properties.headers;
  }
  get deliveryMode(): number | undefined {
    return this.#properties.deliveryMode;
  }
  get priority(): number | undefined {
    return this.#properties.priority;
  }
  get correlationId(): string | undefined {
    return this.#properties.correlationId;
  }
  get replyTo(): string | undefined {
    return this.#properties.replyTo;
  }
  get expiration(): string | undefined {
    return this.#properties.expiration;
  }
  get messageId(): string | undefined {
    return this.#properties.messageId;
  }
  get timestamp(): bigint | undefined {
    return this.#properties.timestamp;
  }
  get type(): string | undefined {
    return this.#properties.type;
  }
  get userId(): string | undefined {
    return this.#properties.userId;
  }
  get appId(): string | undefined {
    return this.#properties.appId;
  }
  get clusterId(): string | undefined {
    return this.#properties.clusterId;
  }

  get length(): number {
    return propertiesLength(this.#properties);
  }

  properties(): BasicProperties {
    return this.#properties;
  }
}

/** A message as it was published. Immutable: dead-lettering and the like make new ones. */
export class Message {
  readonly exchange: string;
  readonly routingKey: string;
  readonly header: MessageHeader;
  /** Bytes of the body. */
  readonly size: number;
  readonly #body: Uint8Array | undefined;

  /** A subclass that keeps the body elsewhere passes `undefined` for it and overrides {@link body}. */
  constructor(exchange: string, routingKey: string, header: MessageHeader, body: Uint8Array | undefined, size: number = body?.length ?? 0) {
    this.exchange = exchange;
    this.routingKey = routingKey;
    this.header = header;
    this.size = size;
    this.#body = body;
  }

  get body(): Uint8Array {
    return this.#body ?? NO_BYTES;
  }

  static of(exchange: string, routingKey: string, body: Uint8Array, properties?: BasicProperties): Message {
    return new Message(exchange, routingKey, properties === undefined ? PlainHeader.EMPTY : new PlainHeader(properties), body);
  }
}

/** A body as something may keep it: one that lies in a much larger buffer, such as a client's input, would keep all of that alive. */
export function keepable(body: Uint8Array): Uint8Array {
  return body.length * 2 < body.buffer.byteLength ? new Uint8Array(body) : body;
}

const NO_BYTES = new Uint8Array(0);
