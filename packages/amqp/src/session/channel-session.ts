import { type Attributes, HOLD_CONGESTED } from '@wirelike/kernel';
import { patient_min_prefetch } from '../limits.ts';
import type { Channel, ChannelSink, Message, Refusal } from '../model/index.ts';
import { ACK, ack_frame_bytes, ackMultiple, ackTag, methodKey, PUBLISH, writeAck, writeDeliver } from '../wire/content.ts';
import { FRAME_METHOD, frame_header_bytes, readUint16 } from '../wire/frame.ts';
import { decodeFields, type Fields, methodNameOf, methodSpec, writeMethod } from '../wire/method.ts';
import type { MethodName } from '../wire/methods.ts';
import type { AmqpSession } from './amqp-session.ts';
import { attributesOfFields } from './attributes.ts';
import { HANDLERS, isHandled } from './channel-methods.ts';
import { addressOf, shortString, writeContent } from './content-writer.ts';
import { binaryAsNumbers } from './erlang.ts';
import { failureOf } from './errors.ts';
import { PublishReader } from './publish-reader.ts';
import { closeFields, type Failure, failure } from './replies.ts';

const EMPTY_TAG = Buffer.alloc(1);

/** One channel of a connection: what its frames mean, and where the broker's deliveries go. */
export class ChannelSession implements ChannelSink {
  readonly number: number;
  readonly session: AmqpSession;
  /** `starting` until channel.open; `closing` once we have sent channel.close. */
  state: 'starting' | 'running' | 'closing' = 'starting';
  #model: Channel | undefined;
  readonly #publish: PublishReader;
  readonly #tags = new Map<string, Buffer>();
  #lastTag = '';
  #lastTagBytes: Buffer = EMPTY_TAG;

  constructor(session: AmqpSession, number: number) {
    this.session = session;
    this.number = number;
    this.#publish = new PublishReader(session.server, session.settings.message_max_bytes, session.assembly);
  }

  get writable(): boolean {
    return !this.session.connection.congested;
  }

  /** The broker's side, there while the channel is `running`. */
  get model(): Channel | undefined {
    return this.#model;
  }

  /** Whether its client goes on for a while without an answer: it asked for no confirms, and not for a few messages at a time. */
  get patient(): boolean {
    const model = this.#model;
    if (model === undefined || model.confirming) return false;
    const prefetch = model.prefetchCount === 0 ? model.globalPrefetchCount : model.prefetchCount;
    return prefetch === 0 || prefetch >= patient_min_prefetch;
  }

  /** One whole frame, whose type is that of a method, a content header or a body. */
  receive(type: number, bytes: Buffer, start: number, end: number): void {
    const publish = this.#publish;
    if (publish.underway) {
      const problem = publish.content(type, bytes, start, end);
      if (problem !== undefined) this.#misplaced(problem, type, bytes, start);
      else if (!publish.underway) this.#published();
    } else if (type === FRAME_METHOD) this.#method(bytes, start, end);
    else this.session.fail(failure('UNEXPECTED_FRAME', 'expected method frame, got non method frame instead'));
  }

  /** A frame that is no part of the content that is due. A method nobody knows crashes RabbitMQ's reader before it looks. */
  #misplaced(problem: Failure, type: number, bytes: Buffer, start: number): void {
    if (type === FRAME_METHOD && methodAt(bytes, start) === undefined) this.session.hangUp();
    else this.session.fail(problem, this.#publish.method);
  }

  #method(bytes: Buffer, start: number, end: number): void {
    const key = methodKey(bytes, start);
    if (key === PUBLISH) {
      if (!this.#publish.begin(bytes, start, end)) this.#malformed('basic.publish', bytes, start, end);
    } else if (key === ACK && end - start === ack_frame_bytes && this.#model !== undefined && !this.session.tap.engaged) {
      try {
        this.#model.basicAck(ackTag(bytes, start), ackMultiple(bytes, start));
      } catch (error) {
        this.#refused(error, 'basic.ack');
      }
    } else this.#coldMethod(bytes, start, end);
  }

  #coldMethod(bytes: Buffer, start: number, end: number): void {
    const name = methodAt(bytes, start);
    // RabbitMQ's reader crashes on a method it does not know: the connection ends without a word.
    if (name === undefined) this.session.hangUp();
    else this.#dispatch(name, bytes, start, end);
  }

  #dispatch<N extends MethodName>(name: N, bytes: Buffer, start: number, end: number): void {
    const fields = decodeFields(name, bytes, start + frame_header_bytes + 4, end - 1);
    if (fields === 'malformed') this.#malformed(name, bytes, start, end);
    // RabbitMQ's reader crashes on what is in such a table.
    else if (fields === 'unreadable') this.session.hangUp();
    else if (fields === 'not-utf8') this.session.fail(failure('FRAME_ERROR', 'Malformed UTF-8 in shortstr'));
    // The broker's own methods: their content is awaited before they are refused.
    else if (methodSpec(name).content) this.#publish.beginForeign(name);
    else if (name === 'channel.close' || name === 'channel.close-ok') this.#closing(name);
    // rabbit_channel looks for a second channel.open before it looks whether it is closing.
    else if (this.state !== 'closing' || name === 'channel.open')
      this.#attempt(name, attributesOfFields(fields), () => this.#perform(name, fields));
  }

  #malformed(name: MethodName, bytes: Buffer, start: number, end: number): void {
    const fields = bytes.subarray(start + frame_header_bytes + 4, end - 1);
    this.session.fail(failure('FRAME_ERROR', `cannot decode ${binaryAsNumbers(fields)}`), name);
  }

  #attempt(name: MethodName, attributes: () => Attributes, run: () => Failure | undefined): void {
    const { tap, connection } = this.session;
    if (!tap.engaged) {
      run();
      return;
    }
    tap.attempt(connection, {
      operation: name,
      attributes: () => ({ channel: this.number, ...attributes() }),
      run: () => {
        const outcome = run();
        // After a delay nobody else does what became possible.
        this.session.settle();
        return outcome;
      },
      fail: ({ code, text }) => this.failed(this.session.failureOfFault(code, text), name),
    });
  }

  #perform<N extends MethodName>(name: N, fields: Fields<N>): Failure | undefined {
    if (name === 'channel.open') return this.#open();
    const model = this.#model;
    if (this.state === 'closing') return undefined;
    if (model === undefined) return this.failed(failure('CHANNEL_ERROR', "expected 'channel.open'"), name);
    if (!isHandled(name, this.session.server.release)) return this.failed(failure('COMMAND_INVALID', 'unimplemented method'), name);
    return this.#handle(name, fields, model);
  }

  #handle<N extends keyof typeof HANDLERS>(name: N, fields: Fields<N>, model: Channel): Failure | undefined {
    model.heard++;
    try {
      HANDLERS[name](this, model, fields);
      return undefined;
    } catch (error) {
      return this.#refused(error, name);
    }
  }

  #open(): Failure | undefined {
    if (this.state !== 'starting') return this.failed(failure('CHANNEL_ERROR', "second 'channel.open' seen"), 'channel.open');
    try {
      this.#model = this.session.openChannel(this);
    } catch (error) {
      // The limit is met where RabbitMQ makes the channel, which knows of no method yet (rabbit_reader:create_channel/2).
      return this.#refused(error);
    }
    this.state = 'running';
    this.reply('channel.open-ok', { channelId: new Uint8Array(0) });
    return undefined;
  }

  #closing(name: 'channel.close' | 'channel.close-ok'): void {
    if (this.state === 'starting') {
      this.failed(failure('CHANNEL_ERROR', "expected 'channel.open'"), name);
      return;
    }
    if (name === 'channel.close') {
      this.session.tap.note(this.session.connection, 'in', name, { channel: this.number });
      this.closeModel();
      // While our own close is unanswered, the channel stays until the client's close-ok.
      if (this.state === 'closing') this.reply('channel.close-ok', {});
      else {
        // What came with the close still finds it there, and is heard before it is answered (rabbit_reader:handle_other/2, channel_closing).
        this.state = 'closing';
        this.session.answered = true;
        queueMicrotask(() => this.#closed());
      }
    } else if (this.state === 'closing') this.session.forget(this);
    else this.failed(failure('COMMAND_INVALID', 'unimplemented method'), name);
  }

  /** Its client's close is answered, unless the connection or the channel is gone already. */
  #closed(): void {
    if (this.session.forget(this)) this.reply('channel.close-ok', {});
  }

  /** All of a published message is here. */
  #published(): void {
    const publish = this.#publish;
    const message = publish.take();
    const { mandatory, immediate } = publish;
    if (message !== undefined) this.session.arrived(message);
    if (!this.session.tap.engaged) this.#publishMessage(message, mandatory, immediate);
    else {
      const { exchange, routingKey } = publish;
      const size = message === undefined ? 0 : message.size;
      const attributes = (): Attributes => ({
        exchange,
        routing_key: routingKey,
        mandatory,
        size,
        ...attributesOfFields(message?.header.properties() ?? {})(),
      });
      this.#attempt('basic.publish', attributes, () => this.#publishMessage(message, mandatory, immediate));
    }
  }

  #publishMessage(message: Message | undefined, mandatory: boolean, immediate: boolean): Failure | undefined {
    const model = this.#model;
    if (this.state === 'closing') return undefined;
    if (model === undefined) return this.failed(failure('CHANNEL_ERROR', "expected 'channel.open'"), this.#publish.method);
    if (message === undefined) return this.failed(this.#publish.problem ?? failure('INTERNAL_ERROR'), this.#publish.method);
    try {
      model.basicPublish(message, mandatory, immediate);
      return undefined;
    } catch (error) {
      return this.#refused(error, 'basic.publish');
    }
  }

  reply<N extends MethodName>(name: N, fields: Fields<N>): void {
    const { session } = this;
    const { connection } = session;
    session.answered = true;
    writeMethod(connection.output, this.number, name, fields);
    connection.written();
    // Publishing goes on while answers pile up, asking does not.
    if (connection.congested) connection.hold(HOLD_CONGESTED);
  }

  #refused(error: unknown, name?: MethodName): Failure {
    return this.failed(this.session.failureOfError(error), name);
  }

  failed(reason: Failure, name?: MethodName): Failure {
    if (reason.scope === 'connection') this.session.fail(reason, name);
    else this.#close(reason, name);
    return reason;
  }

  #close(reason: Failure, name?: MethodName): void {
    this.closeModel();
    this.state = 'closing';
    this.reply('channel.close', closeFields(reason, name));
  }

  /** Unacknowledged messages go back, consumers end. */
  closeModel(): void {
    this.#publish.drop();
    this.#model?.close();
    this.#model = undefined;
  }

  deliver(consumerTag: string, deliveryTag: number, redelivered: boolean, message: Message): void {
    const { session } = this;
    if (!session.tap.engaged) this.#writeDelivery(consumerTag, deliveryTag, redelivered, message);
    else {
      const { exchange, routingKey, size } = message;
      session.told(
        'basic.deliver',
        this,
        { consumer_tag: consumerTag, delivery_tag: deliveryTag, redelivered, exchange, routing_key: routingKey, size },
        () => this.#writeDelivery(consumerTag, deliveryTag, redelivered, message),
      );
    }
  }

  #writeDelivery(consumerTag: string, deliveryTag: number, redelivered: boolean, message: Message): void {
    const { session } = this;
    const { connection } = session;
    writeDeliver(connection.output, this.number, this.#tagBytes(consumerTag), deliveryTag, redelivered, addressOf(message));
    writeContent(session, this.number, message);
    connection.written();
  }

  #tagBytes(tag: string): Buffer {
    if (tag === this.#lastTag) return this.#lastTagBytes;
    let bytes = this.#tags.get(tag);
    if (bytes === undefined) {
      bytes = shortString(tag);
      this.#tags.set(tag, bytes);
    }
    this.#lastTag = tag;
    this.#lastTagBytes = bytes;
    return bytes;
  }

  /** The client has cancelled: its tag may never come again. */
  forgetTag(tag: string): void {
    this.#tags.delete(tag);
    this.#lastTag = '';
    this.#lastTagBytes = EMPTY_TAG;
  }

  returned(reason: 'no-route' | 'no-consumers', message: Message): void {
    const { exchange, routingKey, size } = message;
    const code = reason === 'no-route' ? 312 : 313;
    const replyText = reason === 'no-route' ? 'NO_ROUTE' : 'NO_CONSUMERS';
    this.session.told('basic.return', this, { reply_code: code, exchange, routing_key: routingKey, size }, () => {
      const { connection } = this.session;
      writeMethod(connection.output, this.number, 'basic.return', { replyCode: code, replyText, exchange, routingKey });
      writeContent(this.session, this.number, message);
      connection.written();
      if (connection.congested) connection.hold(HOLD_CONGESTED);
    });
  }

  confirmed(tag: number, multiple: boolean): void {
    const { session } = this;
    const { connection } = session;
    if (!session.tap.engaged) {
      writeAck(connection.output, this.number, tag, multiple);
      connection.written();
    } else {
      session.told('basic.ack', this, { delivery_tag: tag, multiple }, () => {
        writeAck(connection.output, this.number, tag, multiple);
        connection.written();
      });
    }
  }

  rejected(tag: number, multiple: boolean): void {
    this.session.told('basic.nack', this, { delivery_tag: tag, multiple }, () =>
      this.reply('basic.nack', { deliveryTag: tag, multiple, requeue: false }),
    );
  }

  cancelled(consumerTag: string): void {
    this.forgetTag(consumerTag);
    if (!this.session.can('consumer_cancel_notify')) return;
    this.session.told('basic.cancel', this, { consumer_tag: consumerTag }, () => this.reply('basic.cancel', { consumerTag, noWait: true }));
  }

  refused(refusal: Refusal): void {
    if (this.state !== 'running') return;
    this.failed(failureOf(refusal.condition, this.session.server.release));
  }
}

function methodAt(bytes: Buffer, start: number): MethodName | undefined {
  return methodNameOf(readUint16(bytes, start + frame_header_bytes), readUint16(bytes, start + frame_header_bytes + 2));
}
