import { content_assembly_max_bytes, content_max_bytes } from '../limits.ts';
import {
  content_header_bytes,
  header_properties_offset,
  headerBodySize,
  headerClass,
  headerWeight,
  publish_address_offset,
  publishAddressEnd,
  sameBytes,
} from '../wire/content.ts';
import {
  CLASS_BASIC,
  FRAME_BODY,
  FRAME_HEADER,
  FRAME_METHOD,
  frame_header_bytes,
  frame_overhead_bytes,
  readUint16,
} from '../wire/frame.ts';
import { sortedHeader } from '../wire/header-order.ts';
import type { MethodName } from '../wire/methods.ts';
import { areProperties } from '../wire/properties.ts';
import { addressAt } from './address-book.ts';
import { ContentAssembly } from './content-assembly.ts';
import type { Announced } from './persona.ts';
import { type Failure, failure } from './replies.ts';
import { headerOf, type PublishAddress, WireMessage } from './wire-message.ts';

const NOWHERE: PublishAddress = { exchange: '', routingKey: '', bytes: Buffer.alloc(2) };

/** The bytes that all channels of a connection hold of contents that are still arriving. */
export interface AssemblyBudget {
  held_bytes: number;
}

/**
 * Puts basic.publish, its content header and its body together (AMQP 0-9-1 §4.2.6, rabbit_command_assembler).
 * In the usual case, header and body frames side by side in one chunk of input, the message refers to them there.
 */
export class PublishReader {
  mandatory = false;
  immediate = false;
  /** Why {@link take} has no message. */
  problem: Failure | undefined;

  readonly #server: Announced;
  /** From 3.13 on consumers get headers in the order of their names. */
  readonly #sorts: boolean;
  readonly #message_max_bytes: number;
  readonly #budget: AssemblyBudget;
  /** The type of the next frame. */
  #expects = FRAME_METHOD;
  #foreign: MethodName | undefined;
  #address = NOWHERE;
  #bytes: Buffer = NOWHERE.bytes;
  #start = 0;
  /** Headers whose names came before; see {@link sortedHeader}. */
  #doubled: Buffer | undefined;
  #headerEnd = 0;
  #end = 0;
  #size = 0;
  #remaining = 0;
  #assembly: ContentAssembly | undefined;

  /** `message_max_bytes`: a larger one is refused when it is complete. */
  constructor(server: Announced, message_max_bytes: number, budget: AssemblyBudget) {
    this.#server = server;
    this.#sorts = server.release.persona !== '3.10';
    this.#message_max_bytes = message_max_bytes;
    this.#budget = budget;
  }

  /** The next frame belongs to a content. */
  get underway(): boolean {
    return this.#expects !== FRAME_METHOD;
  }

  get exchange(): string {
    return this.#address.exchange;
  }

  /** What the content belongs to. */
  get method(): MethodName {
    return this.#foreign ?? 'basic.publish';
  }

  get routingKey(): string {
    return this.#address.routingKey;
  }

  /** A basic.publish frame. False if it is malformed. */
  begin(bytes: Buffer, start: number, end: number): boolean {
    const addressEnd = publishAddressEnd(bytes, start, end);
    if (addressEnd === 0) return false;
    const addressStart = start + publish_address_offset;
    if (!sameBytes(bytes, addressStart, addressEnd, this.#address.bytes)) this.#address = addressAt(bytes, addressStart, addressEnd);
    const flags = bytes[addressEnd] ?? 0;
    this.mandatory = (flags & 1) !== 0;
    this.immediate = (flags & 2) !== 0;
    this.problem = undefined;
    this.#foreign = undefined;
    this.#expects = FRAME_HEADER;
    return true;
  }

  /** A method with content that clients do not send. */
  beginForeign(name: MethodName): void {
    this.problem = failure('COMMAND_INVALID', 'unimplemented method');
    this.#foreign = name;
    this.#expects = FRAME_HEADER;
  }

  /** The next frame of a content; when nothing is {@link underway} any more, the content is complete. */
  content(type: number, bytes: Buffer, start: number, end: number): Failure | undefined {
    if (this.#expects === FRAME_BODY) return this.#body(type, bytes, start, end);
    return this.#header(type, bytes, start, end);
  }

  #header(type: number, bytes: Buffer, start: number, end: number): Failure | undefined {
    if (type !== FRAME_HEADER || headerWeight(bytes, start) !== 0) {
      return unexpected(`expected content header for class ${CLASS_BASIC}, got non content header frame instead`);
    }
    const classId = headerClass(bytes, start);
    if (classId !== CLASS_BASIC) {
      return unexpected(`expected content header for class ${CLASS_BASIC}, got one for class ${classId} instead`);
    }
    const size = headerBodySize(bytes, start);
    if (size > content_max_bytes && this.#server.release.has('bounded-contents')) {
      const exact = bytes.readBigUInt64BE(start + frame_header_bytes + 4);
      return failure('FRAME_ERROR', `content body size ${exact} exceeds maximum allowed size ${content_max_bytes}`);
    }
    let kept = start;
    if (this.#foreign === undefined && size > this.#message_max_bytes) {
      this.problem = failure('PRECONDITION_FAILED', `message size ${size} is larger than configured max size ${this.#message_max_bytes}`);
    } else if (
      this.#foreign === undefined &&
      (readUint16(bytes, start + header_properties_offset) !== 0 || end - start !== header_properties_offset + 3)
    ) {
      // What can't be decoded crashes RabbitMQ's channel, which its reader reports like this.
      if (!areProperties(bytes, start + header_properties_offset, end - 1)) this.problem = failure('INTERNAL_ERROR');
      // At once, so that whoever looks at the message later has nothing to do.
      else if (this.#sorts) {
        this.#dropUnknownFlag(bytes, start);
        kept = sortedHeader(bytes, start, end);
      }
    }
    this.#doubled = kept === start ? undefined : Buffer.from(bytes.subarray(start, kept));
    this.#bytes = bytes;
    this.#start = kept;
    this.#headerEnd = end;
    this.#end = end;
    this.#size = size;
    this.#remaining = size;
    this.#expects = size === 0 ? FRAME_METHOD : FRAME_BODY;
    return undefined;
  }

  /** Of the flags only the last means nothing, that for more of them aside: nobody is told of it. */
  #dropUnknownFlag(bytes: Buffer, start: number): void {
    const low = start + header_properties_offset + 1;
    bytes[low] = (bytes[low] ?? 0) & 0xfd;
  }

  #body(type: number, bytes: Buffer, start: number, end: number): Failure | undefined {
    if (type !== FRAME_BODY) return unexpected('expected content body, got non content body frame instead');
    const length = end - start - frame_overhead_bytes;
    this.#remaining -= length;
    if (this.#remaining < 0) return this.#overrun();
    if (length === this.#size && bytes === this.#bytes && start === this.#headerEnd) this.#end = end;
    else if (this.problem === undefined) {
      const overrun = this.#collect(bytes, start + frame_header_bytes, end - 1);
      if (overrun !== undefined) return overrun;
    }
    if (this.#remaining === 0) {
      this.#expects = FRAME_METHOD;
      this.#finish();
    }
    return undefined;
  }

  /** Before 4.2.6 RabbitMQ subtracts what there is too much of, and then waits for ever. */
  #overrun(): Failure | undefined {
    this.drop();
    if (!this.#server.release.has('bounded-contents')) return undefined;
    return failure('FRAME_ERROR', 'content body frame exceeds remaining content size');
  }

  #collect(bytes: Buffer, start: number, end: number): Failure | undefined {
    const budget = this.#budget;
    const before = this.#assembly?.size ?? 0;
    this.#assembly ??= new ContentAssembly(this.#bytes, this.#start, this.#headerEnd, this.#size);
    this.#assembly.append(bytes, start, end);
    budget.held_bytes += this.#assembly.size - before;
    if (budget.held_bytes <= content_assembly_max_bytes) return undefined;
    return failure('RESOURCE_ERROR', 'too many unfinished contents');
  }

  #finish(): void {
    const assembly = this.#assembly;
    if (assembly === undefined) return;
    assembly.finish();
    this.#bytes = assembly.bytes;
    this.#start = 0;
    this.#headerEnd = assembly.headerEnd;
    this.#end = assembly.bytes.length;
    this.drop();
  }

  /** What was collected is no longer ours to count. */
  drop(): void {
    if (this.#assembly !== undefined) this.#budget.held_bytes -= this.#assembly.size;
    this.#assembly = undefined;
  }

  /** The message, once its content is complete; nothing if it can't be one. */
  take(): WireMessage | undefined {
    if (this.problem !== undefined) return undefined;
    const bytes = this.#bytes;
    const header = headerOf(bytes, this.#start, this.#headerEnd, this.#doubled);
    return new WireMessage(this.#address, header, this.#size, bytes, this.#start, this.#headerEnd, this.#end);
  }
}

/** A content header frame shorter than this is no frame (rabbit_command_assembler:analyze_frame/2). */
export const content_header_frame_min_bytes: number = frame_overhead_bytes + content_header_bytes;

function unexpected(text: string): Failure {
  return failure('UNEXPECTED_FRAME', text);
}
