import type { Attributes, Connection, FrameLength, Outcome, Session, Tap } from '@wirelike/kernel';
import { Reader, WireError } from '@wirelike/kernel';
import { message_length_bytes, message_max_bytes } from '../limits.ts';
import { type Hypervisor, HypervisorError } from '../model/index.ts';
import {
  beginPacket,
  decodeHeader,
  endPacket,
  KEEPALIVE_PING,
  KEEPALIVE_PONG,
  KEEPALIVE_PROGRAM,
  KEEPALIVE_VERSION,
  type PacketHeader,
  packetLength,
  payload_offset_bytes,
  QEMU_PROGRAM,
  REMOTE_PROGRAM,
  REMOTE_VERSION,
  STATUS_ERROR,
  STATUS_OK,
  TYPE_CALL,
  TYPE_CALL_WITH_FDS,
  TYPE_MESSAGE,
  TYPE_REPLY,
} from '../wire/packet.ts';
import { compileFields } from '../wire/schema.ts';
import { structs } from '../wire/structs.ts';
import type { Xdr } from '../wire/xdr.ts';
import type { Caller } from './caller.ts';
import { describeCall } from './describe-call.ts';
import { CallError, type Failure, failures, fromCondition } from './errors.ts';
import { EventRelay } from './event-relay.ts';
import { handledBeforeOpen, type ProcedureEntry, procedureEntry } from './procedure-entries.ts';
import { qemuProcedures } from './qemu-procedures.ts';

const failureCodec: Xdr<Failure> = compileFields(structs.error);

/** One client's connection to the daemon: libvirtd's virNetServerClient with its daemonClientPrivate. */
export class LibvirtSession implements Session {
  readonly frameLength: FrameLength = packetLength;
  readonly #connection: Connection;
  readonly #tap: Tap;
  readonly #caller: Caller;

  constructor(model: Hypervisor, connection: Connection, tap: Tap, readOnly: boolean) {
    this.#connection = connection;
    this.#tap = tap;
    this.#caller = {
      model,
      events: new EventRelay(model, connection, tap),
      uri: undefined,
      readOnly,
      leaving: false,
      autodestroy: new Map(),
    };
  }

  receive(bytes: Buffer, start: number, end: number): void {
    const header = decodeHeader(bytes, start, end);
    if (header instanceof WireError) {
      this.refuse(header);
      return;
    }
    if (header.program === KEEPALIVE_PROGRAM && header.version === KEEPALIVE_VERSION && header.type === TYPE_MESSAGE) {
      if (header.procedure === KEEPALIVE_PING) this.#pong();
      return;
    }
    // Only calls are answered; libvirtd drops everything else that it does not expect.
    if (header.type !== TYPE_CALL && header.type !== TYPE_CALL_WITH_FDS) return;
    // A call with descriptors names their number first. They can't arrive: FD passing is not offered.
    const skipped = header.type === TYPE_CALL_WITH_FDS ? 4 : 0;
    this.#call(header, new Reader(bytes, Math.min(start + payload_offset_bytes + skipped, end), end));
  }

  /** The stream is out of step or hostile: libvirtd closes without a word. */
  refuse(_error: WireError): void {
    this.#connection.end();
  }

  closed(): void {
    const { model, autodestroy, events } = this.#caller;
    events.close();
    for (const [uuid, id] of autodestroy) if (model.find(uuid)?.life?.id === id) model.destroy({ uuid });
    autodestroy.clear();
  }

  #call(header: PacketHeader, reader: Reader): void {
    const entry = this.#admit(header);
    if (entry === undefined) return;
    const args = entry.codec?.args.decode(reader);
    if (reader.failed) {
      this.#fail(header, failures.rpc('Unable to decode message payload'));
      return;
    }
    if (!this.#tap.engaged) {
      this.#answer(header, entry, args);
      return;
    }
    this.#tap.attempt(this.#connection, {
      operation: entry.name,
      attributes: describeCall(args),
      run: () => this.#answer(header, entry, args),
      fail: ({ code, text }) => this.#fail(header, failures.injected(code === undefined ? undefined : Number(code), text)),
      custom: (name, parameters) => this.#custom(name, parameters, args),
    });
  }

  /** virNetServerProgramDispatch's checks, in its order. */
  #admit(header: PacketHeader): ProcedureEntry | undefined {
    const known = header.version === REMOTE_VERSION && (header.program === REMOTE_PROGRAM || header.program === QEMU_PROGRAM);
    if (!known) {
      this.#fail(header, failures.rpc(`Cannot find program ${header.program | 0} version ${header.version | 0}`));
      return undefined;
    }
    if (header.status !== STATUS_OK) {
      this.#fail(header, failures.rpc(`Unexpected message status ${header.status >>> 0}`));
      return undefined;
    }
    const entry = header.program === REMOTE_PROGRAM ? procedureEntry(header.procedure) : qemuProcedures[header.procedure];
    if (entry === undefined) this.#fail(header, failures.rpc(`unknown procedure: ${header.procedure}`));
    return entry;
  }

  #answer(header: PacketHeader, entry: ProcedureEntry, args: unknown): Outcome | undefined {
    const caller = this.#caller;
    if (caller.uri === undefined && !handledBeforeOpen.has(entry.name)) return this.#fail(header, failures.notOpen());
    if (caller.readOnly && entry.writes) return this.#fail(header, failures.readOnly(entry.name, entry.api));
    if (entry.handler === undefined || entry.codec === undefined) {
      return this.#fail(header, failures.notSupported(entry.name, entry.api));
    }
    caller.events.hold();
    let outcome: Outcome | undefined;
    try {
      const result = entry.handler.run(caller, args);
      this.#reply(header, entry.codec.ret, result);
    } catch (error) {
      const failure = failureOf(error);
      // A mistake of ours: the kernel ends this connection, and only this one.
      if (failure === undefined) throw error;
      outcome = this.#fail(header, failure);
    }
    caller.events.release();
    if (caller.leaving) this.#connection.end();
    return outcome;
  }

  #reply(header: PacketHeader, codec: Xdr<unknown>, result: unknown): void {
    const { output } = this.#connection;
    const start = beginPacket(output, { ...header, type: TYPE_REPLY, status: STATUS_OK });
    codec.encode(output, result ?? {});
    if (output.position - start - message_length_bytes > message_max_bytes) {
      output.position = start;
      throw new CallError(failures.tooLong());
    }
    endPacket(output, start);
    this.#connection.written();
  }

  #fail(header: PacketHeader, failure: Failure): Outcome {
    const { output } = this.#connection;
    const start = beginPacket(output, { ...header, type: TYPE_REPLY, status: STATUS_ERROR });
    failureCodec.encode(output, failure);
    endPacket(output, start);
    this.#connection.written();
    return { code: failure.code, text: failure.message };
  }

  #pong(): void {
    const { output } = this.#connection;
    const header = { program: KEEPALIVE_PROGRAM, version: KEEPALIVE_VERSION, procedure: KEEPALIVE_PONG, type: TYPE_MESSAGE, serial: 0 };
    const start = beginPacket(output, { ...header, status: STATUS_OK });
    endPacket(output, start);
    this.#connection.written();
  }

  /** `crash`: the domain that the call is about dies. The call then sees a domain that does not run. */
  #custom(name: string, parameters: Attributes, args: unknown): boolean {
    if (name !== 'crash') return false;
    const { model } = this.#caller;
    const wanted = parameters.domain ?? describeCall(args)().domain;
    const domain = typeof wanted === 'string' ? model.byName(wanted) : undefined;
    if (domain?.life !== undefined) model.crash(domain);
    return false;
  }
}

function failureOf(error: unknown): Failure | undefined {
  if (error instanceof HypervisorError) return fromCondition(error);
  return error instanceof CallError ? error.failure : undefined;
}
