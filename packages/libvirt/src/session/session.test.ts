import { Reader, WireError, type World, Writer } from '@wirelike/kernel';
import { openWorld, WireClient } from '@wirelike/testkit';
import { describe, expect, it } from 'vitest';
import libvirt from '../index.ts';
import { Hypervisor } from '../model/index.ts';
import {
  beginPacket,
  decodeHeader,
  endPacket,
  KEEPALIVE_PING,
  KEEPALIVE_PONG,
  KEEPALIVE_PROGRAM,
  packetLength,
  payload_offset_bytes,
  QEMU_PROGRAM,
  REMOTE_PROGRAM,
} from '../wire/packet.ts';
import { type Arguments, type CallName, callCodec, messageCodec, procedureNumber, type Result } from '../wire/procedures.ts';
import { compileFields } from '../wire/schema.ts';
import { structs } from '../wire/structs.ts';

const failure = compileFields(structs.error);

/** A client that speaks packets. */
class RpcClient {
  readonly #client: WireClient;
  #serial = 0;

  constructor(client: WireClient) {
    this.#client = client;
  }

  static async connect(world: World, flags = 0): Promise<RpcClient> {
    const address = world.addresses.get('libvirt');
    if (address === undefined) throw new Error('nobody listens');
    const client = new RpcClient(await WireClient.connect(address));
    await client.call('CONNECT_OPEN', { name: 'qemu:///system', flags });
    return client;
  }

  send(program: number, procedure: number, type: number, payload: (writer: Writer) => void = () => {}): void {
    const writer = new Writer();
    const header = { program, version: 1, procedure, type, serial: this.#serial++, status: 0 };
    const start = beginPacket(writer, header);
    payload(writer);
    endPacket(writer, start);
    this.#client.write(Buffer.from(writer.view()));
  }

  async next(): Promise<{
    readonly procedure: number;
    readonly type: number;
    readonly status: number;
    readonly program: number;
    readonly body: Reader;
  }> {
    const frame = await this.#client.frame(packetLength);
    const header = decodeHeader(frame, 0, frame.length);
    if (header instanceof WireError) throw new Error(header.reason);
    return { ...header, body: new Reader(frame, payload_offset_bytes) };
  }

  ask<N extends CallName>(name: N, args: Arguments<N>): void {
    this.send(REMOTE_PROGRAM, procedureNumber(name), 0, (writer) => callCodec(name)?.args.encode(writer, args));
  }

  /** The result, or libvirt's code and text. */
  async call<N extends CallName>(name: N, args: Arguments<N>): Promise<Result<N> | string>;
  async call(name: CallName, args: Arguments<CallName>): Promise<unknown> {
    this.ask(name, args);
    return this.answer(name);
  }

  async answer(name?: CallName): Promise<unknown> {
    const { status, body } = await this.next();
    if (status === 0) return name === undefined ? body : callCodec(name)?.ret.decode(body);
    const { code, message } = failure.decode(body);
    return `${code}: ${message}`;
  }
}

const model = (world: World): Hypervisor => {
  const found = world.model('libvirt');
  if (!(found instanceof Hypervisor)) throw new Error('another model');
  return found;
};

const named = (name: string) => ({ name, uuid: '00000000-0000-0000-0000-000000000000', id: -1 });

describe('events', () => {
  it('come after the reply to the call that caused them, with their callback’s number', async () => {
    const world = await openWorld([libvirt]);
    const client = await RpcClient.connect(world);
    await client.call('CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY', { eventID: 1, dom: undefined });
    expect(await client.call('CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY', { eventID: 0, dom: undefined })).toEqual({ callbackID: 1 });
    const { uuid } = model(world).byName('web-1') ?? named('');
    client.ask('DOMAIN_SUSPEND', { dom: { ...named('web-1'), uuid } });
    expect(await client.next()).toMatchObject({ type: 1, procedure: procedureNumber('DOMAIN_SUSPEND') });
    const event = await client.next();
    expect(event).toMatchObject({ type: 2, procedure: procedureNumber('DOMAIN_EVENT_CALLBACK_LIFECYCLE') });
    const message = messageCodec('DOMAIN_EVENT_CALLBACK_LIFECYCLE').decode(event.body);
    expect(message).toEqual({ callbackID: 1, msg: { dom: { name: 'web-1', uuid, id: 1 }, event: 3, detail: 0 } });
  });

  it('can be swallowed by a fault, and are journalled', async () => {
    const world = await openWorld([libvirt]);
    world.journal.enable();
    const client = await RpcClient.connect(world);
    await client.call('CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY', { eventID: 0, dom: undefined });
    const { action } = { action: { kind: 'swallow' } as const };
    world.faults.add({ emulator: 'libvirt', operation: 'DOMAIN_EVENT_*', direction: 'out', where: { event: 'suspended' }, action });
    const { uuid } = model(world).byName('web-1') ?? named('');
    model(world).suspend({ uuid });
    model(world).resume({ uuid });
    expect(messageCodec('DOMAIN_EVENT_CALLBACK_LIFECYCLE').decode((await client.next()).body).msg.event).toBe(4);
    expect([...world.journal.events()].filter(({ direction }) => direction === 'out')).toHaveLength(1);
  });
});

describe('a session', () => {
  it('answers a ping with a pong, before anything else', async () => {
    const world = await openWorld([libvirt]);
    const client = await RpcClient.connect(world);
    client.send(KEEPALIVE_PROGRAM, KEEPALIVE_PING, 2);
    expect(await client.next()).toMatchObject({ program: KEEPALIVE_PROGRAM, procedure: KEEPALIVE_PONG, type: 2, status: 0 });
  });

  it('answers nothing longer than a message may be, whatever is asked for', async () => {
    const world = await openWorld([libvirt]);
    const client = await RpcClient.connect(world);
    const os = "<os><type arch='x86_64'>hvm</type></os>";
    const { uuid } = model(world).create(`<domain type='kvm'><name>big</name><memory>65536</memory><vcpu>200</vcpu>${os}</domain>`);
    const stats = (count: number): unknown =>
      client.call('CONNECT_GET_ALL_DOMAIN_STATS', {
        doms: Array.from({ length: count }, () => ({ ...named('big'), uuid })),
        stats: 0,
        flags: 0,
      });
    expect(await stats(2)).toMatchObject({ retStats: [{ dom: { name: 'big' } }, { dom: { name: 'big' } }] });
    expect(await stats(16_384)).toBe('39: Unable to encode message payload');
    expect(await client.call('CONNECT_GET_TYPE', {})).toEqual({ type: 'QEMU' });
  });

  it('refuses what it does not do, and goes on', async () => {
    const client = await RpcClient.connect(await openWorld([libvirt]));
    client.send(REMOTE_PROGRAM, procedureNumber('DOMAIN_MEMORY_PEEK'), 0);
    expect(await client.answer()).toBe('3: this function is not supported by the connection driver: virDomainMemoryPeek');
    client.send(REMOTE_PROGRAM, procedureNumber('CONNECT_LIST_ALL_SECRETS'), 0);
    expect(await client.answer()).toBe('3: this function is not supported by the connection driver: virConnectListAllSecrets');
    client.send(QEMU_PROGRAM, 1, 0);
    expect(await client.answer()).toBe('3: this function is not supported by the connection driver: virDomainQemuMonitorCommand');
    client.send(REMOTE_PROGRAM, 4_444, 0);
    expect(await client.answer()).toBe('39: unknown procedure: 4444');
    expect(await client.call('CONNECT_GET_TYPE', {})).toEqual({ type: 'QEMU' });
  });

  it('lets a fault crash the domain that a call is about', async () => {
    const world = await openWorld([libvirt]);
    const client = await RpcClient.connect(world);
    world.faults.add({
      emulator: 'libvirt',
      operation: 'DOMAIN_GET_INFO',
      occurrences: { nth: 2 },
      action: { kind: 'custom', name: 'crash' },
    });
    const { uuid } = model(world).byName('web-1') ?? named('');
    const dom = { ...named('web-1'), uuid };
    expect(await client.call('DOMAIN_GET_INFO', { dom })).toMatchObject({ state: 1 });
    expect(await client.call('DOMAIN_GET_INFO', { dom })).toMatchObject({ state: 5 });
    expect(model(world).byName('web-1')).toMatchObject({ state: 'shutoff', reason: 'crashed' });
  });

  it('of a client that wants no write is refused writes, also those that are not done anyway', async () => {
    const client = await RpcClient.connect(await openWorld([libvirt]), 1);
    expect(await client.call('DOMAIN_DEFINE_XML', { xml: '' })).toBe(
      '29: operation forbidden: read only access prevents virDomainDefineXML',
    );
    client.send(REMOTE_PROGRAM, procedureNumber('NETWORK_CREATE_XML'), 0);
    expect(await client.answer()).toBe('29: operation forbidden: read only access prevents virNetworkCreateXML');
  });
});

describe('the list of operations', () => {
  it('has all of REMOTE and QEMU, and says which are not done', () => {
    const { operations } = libvirt;
    expect(operations).toHaveLength(443 + 6);
    expect(operations.find(({ name }) => name === 'DOMAIN_CREATE')).toMatchObject({ direction: 'in' });
    expect(operations.find(({ name }) => name === 'DOMAIN_MEMORY_PEEK')).toMatchObject({ unsupported: true });
    expect(operations.find(({ name }) => name === 'DOMAIN_EVENT_CALLBACK_LIFECYCLE')).toMatchObject({ direction: 'out' });
    expect(new Set(operations.map(({ name }) => name)).size).toBe(operations.length);
  });
});
