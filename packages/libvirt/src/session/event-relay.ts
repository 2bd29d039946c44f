// remote_daemon_dispatch.c: remoteRelayDomainEvent… The events of the model as messages to one client.
import type { Connection, Tap } from '@wirelike/kernel';
import { event_callbacks_max } from '../limits.ts';
import type { DomainEvent, DomainReference, Hypervisor } from '../model/index.ts';
import { beginPacket, endPacket, REMOTE_PROGRAM, REMOTE_VERSION, STATUS_OK, TYPE_MESSAGE } from '../wire/packet.ts';
import { type MessageName, type MessageOf, messageCodec, procedureNumber } from '../wire/procedures.ts';
import {
  EVENT_DEVICE_REMOVED,
  EVENT_LAST,
  EVENT_LIFECYCLE,
  EVENT_METADATA_CHANGE,
  EVENT_REBOOT,
  lifecycleEvents,
  METADATA_DESCRIPTION,
  METADATA_ELEMENT,
  METADATA_TITLE,
} from './constants.ts';
import { CallError, failures } from './errors.ts';

interface Callback {
  readonly id: number;
  readonly eventId: number;
  /** Only this domain's events. */
  readonly uuid: string | undefined;
  /** Registered the old way: messages without a callback's number. */
  readonly legacy: boolean;
}

/** A client's event callbacks, and the way to it. */
export class EventRelay {
  readonly #model: Hypervisor;
  readonly #connection: Connection;
  readonly #tap: Tap;
  #callbacks: readonly Callback[] = [];
  #nextId = 0;
  #unsubscribe: (() => void) | undefined;
  /** Events that came up while a call is being answered: the reply goes first. */
  #held: DomainEvent[] | undefined;

  constructor(model: Hypervisor, connection: Connection, tap: Tap) {
    this.#model = model;
    this.#connection = connection;
    this.#tap = tap;
  }

  /** Registers with a callback number, which is returned. */
  register(eventId: number, uuid: string | undefined): number {
    if (eventId < 0 || eventId >= EVENT_LAST) throw new CallError(failures.internal(`unsupported event ID ${eventId}`));
    return this.#add({ eventId, uuid, legacy: false });
  }

  /** Registers as clients before libvirt 1.2.4 do, once for each kind of event. */
  registerLegacy(eventId: number): void {
    this.#checkLegacy(eventId);
    if (this.#callbacks.some((callback) => callback.legacy && callback.eventId === eventId))
      throw new CallError(failures.callbackTracked());
    this.#add({ eventId, uuid: undefined, legacy: true });
  }

  deregister(id: number): void {
    if (!this.#remove((callback) => callback.id === id)) {
      throw new CallError(failures.internal(`domain event callback ${id} not registered`));
    }
  }

  deregisterLegacy(eventId: number): void {
    this.#checkLegacy(eventId);
    if (!this.#remove((callback) => callback.eventId === eventId)) {
      throw new CallError(failures.internal(`domain event ${eventId} not registered`));
    }
  }

  /** Keeps events back until {@link release}. */
  hold(): void {
    if (this.#unsubscribe !== undefined) this.#held = [];
  }

  release(): void {
    const held = this.#held;
    this.#held = undefined;
    for (const event of held ?? []) this.#relay(event);
  }

  close(): void {
    this.#callbacks = [];
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#held = undefined;
  }

  #checkLegacy(eventId: number): void {
    // Later kinds of events only exist in the new style.
    if (eventId < 0 || eventId > EVENT_DEVICE_REMOVED) throw new CallError(failures.internal(`unsupported event ID ${eventId}`));
  }

  #add(callback: Omit<Callback, 'id'>): number {
    if (this.#callbacks.length >= event_callbacks_max) throw new CallError(failures.internal('too many event callbacks'));
    const id = this.#nextId++;
    this.#callbacks = [...this.#callbacks, { ...callback, id }];
    this.#unsubscribe ??= this.#model.subscribe((event) => {
      if (this.#held === undefined) this.#relay(event);
      else this.#held.push(event);
    });
    return id;
  }

  #remove(which: (callback: Callback) => boolean): boolean {
    const found = this.#callbacks.find(which);
    this.#callbacks = this.#callbacks.filter((callback) => callback !== found);
    if (this.#callbacks.length === 0) this.close();
    return found !== undefined;
  }

  #relay(event: DomainEvent): void {
    const eventId = eventIds[event.kind];
    for (const callback of this.#callbacks) {
      if (callback.eventId !== eventId || (callback.uuid !== undefined && callback.uuid !== event.domain.uuid)) continue;
      this.#announce(callback, event);
    }
  }

  #announce(callback: Callback, event: DomainEvent): void {
    const dom = event.domain;
    switch (event.kind) {
      case 'lifecycle': {
        const [number, details] = lifecycleEvents[event.lifecycle.event];
        const message = { dom, event: number, detail: details[event.lifecycle.detail] ?? 0 };
        const attributes = { event: event.lifecycle.event, detail: event.lifecycle.detail };
        if (callback.legacy) this.#send('DOMAIN_EVENT_LIFECYCLE', message, dom, attributes);
        else this.#send('DOMAIN_EVENT_CALLBACK_LIFECYCLE', { callbackID: callback.id, msg: message }, dom, attributes);
        return;
      }
      case 'reboot':
        if (callback.legacy) this.#send('DOMAIN_EVENT_REBOOT', { dom }, dom, {});
        else this.#send('DOMAIN_EVENT_CALLBACK_REBOOT', { callbackID: callback.id, msg: { dom } }, dom, {});
        return;
      case 'metadata-change': {
        const type = metadataTypes[event.type];
        const message = { callbackID: callback.id, dom, type, nsuri: event.namespace };
        this.#send('DOMAIN_EVENT_CALLBACK_METADATA_CHANGE', message, dom, { type: event.type });
      }
    }
  }

  #send<N extends MessageName>(
    name: N,
    message: MessageOf<N>,
    domain: DomainReference,
    attributes: Readonly<Record<string, string>>,
  ): void {
    if (!this.#tap.engaged) {
      this.#write(name, message);
      return;
    }
    this.#tap.attempt(this.#connection, {
      operation: name,
      direction: 'out',
      attributes: { domain: domain.name, uuid: domain.uuid, ...attributes },
      run: () => {
        this.#write(name, message);
        return undefined;
      },
      // A message has no place for an error: it is lost instead.
      fail: (error) => ({ code: error.code ?? 'lost', text: error.text }),
    });
  }

  #write<N extends MessageName>(name: N, message: MessageOf<N>): void {
    const { output } = this.#connection;
    const start = beginPacket(output, {
      program: REMOTE_PROGRAM,
      version: REMOTE_VERSION,
      procedure: procedureNumber(name),
      type: TYPE_MESSAGE,
      serial: 0,
      status: STATUS_OK,
    });
    messageCodec(name).encode(output, message);
    endPacket(output, start);
    this.#connection.written();
  }
}

const eventIds: { readonly [K in DomainEvent['kind']]: number } = {
  lifecycle: EVENT_LIFECYCLE,
  reboot: EVENT_REBOOT,
  'metadata-change': EVENT_METADATA_CHANGE,
};

const metadataTypes = { description: METADATA_DESCRIPTION, title: METADATA_TITLE, element: METADATA_ELEMENT } as const;
