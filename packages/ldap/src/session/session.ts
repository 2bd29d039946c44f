import type { Connection, FrameLength, Outcome, ServeContext, Session } from '@wirelike/kernel';
import { HOLD_SESSION, WireError } from '@wirelike/kernel';
import {
  operations_pending_max,
  pdu_anonymous_max_bytes,
  pdu_authenticated_max_bytes,
  search_size_max_entries,
  search_time_max_seconds,
} from '../limits.ts';
import { Condition } from '../model/condition.ts';
import type { Directory } from '../model/directory.ts';
import type { Scope } from '../model/entry-store.ts';
import { ANONYMOUS, type Identity, nameOf } from '../model/identity.ts';
import { messageLength } from '../wire/framing.ts';
import type { PagedResults } from '../wire/paged-results.ts';
import { type BindRequest, decodeMessage, type Message, type Request, type SearchOperation } from '../wire/request.ts';
import { type LdapResult, NOTICE_OF_DISCONNECTION, writeExtended, writeResult } from '../wire/response.ts';
import { pagedResultsOf, refusedControl } from './controls.ts';
import {
  COMPARE_FALSE,
  COMPARE_TRUE,
  codeName,
  faultCode,
  noSuchMechanism,
  protocolError,
  REFUSALS,
  resultOf,
  SHUTDOWN,
  SUCCESS,
} from './errors.ts';
import { journalAttributes, operationOf, WHOAMI } from './journal-attributes.ts';
import { PagedSearches } from './paged-searches.ts';
import { RunningSearch } from './running-search.ts';

const anonymousFrames = messageLength(pdu_anonymous_max_bytes);
const authenticatedFrames = messageLength(pdu_authenticated_max_bytes);

const SCOPES: readonly Scope[] = ['base', 'one', 'sub', 'children'];
const DEREF_MAX = 3;

/** One client's connection (RFC 4511 §5). */
export class LdapSession implements Session {
  readonly #directory: Directory;
  readonly #connection: Connection;
  readonly #context: ServeContext;
  readonly #searches = new Map<number, RunningSearch>();
  readonly #pages = new PagedSearches();
  #identity: Identity = ANONYMOUS;

  constructor(directory: Directory, connection: Connection, context: ServeContext) {
    this.#directory = directory;
    this.#connection = connection;
    this.#context = context;
  }

  get frameLength(): FrameLength {
    return this.#identity.is === 'anonymous' ? anonymousFrames : authenticatedFrames;
  }

  receive(bytes: Buffer, start: number, end: number): void {
    const message = decodeMessage(bytes, start, end);
    if (message instanceof WireError) {
      this.#disconnect(protocolError(message.reason));
      return;
    }
    const { tap } = this.#context;
    if (!tap.engaged) {
      this.#perform(message);
      return;
    }
    tap.attempt(this.#connection, {
      operation: operationOf(message.request),
      attributes: () => journalAttributes(message),
      run: () => outcomeOf(this.#perform(message)),
      fail: (error) => outcomeOf(this.#fail(message, error)),
    });
  }

  /** What is no LDAPMessage at all: slapd hangs up without a word. */
  refuse(error: WireError): void {
    this.#context.tap.note(this.#connection, 'in', 'refused', () => ({ reason: error.reason }), {
      code: 'protocolError',
      text: error.reason,
    });
    this.#connection.end();
  }

  drained(): void {
    for (const search of [...this.#searches.values()]) search.drained();
  }

  goodbye(): void {
    this.#disconnect(SHUTDOWN);
  }

  closed(): void {
    this.#abandonAll();
  }

  /** RFC 4511 §4.4.1. */
  #disconnect(result: LdapResult): void {
    this.#abandonAll();
    writeExtended(this.#connection.output, 0, result, NOTICE_OF_DISCONNECTION);
    this.#connection.written();
    this.#context.tap.note(this.#connection, 'out', 'extended.noticeOfDisconnection', () => ({ text: result.text }), outcomeOf(result));
    this.#connection.end();
  }

  #abandonAll(): void {
    for (const search of this.#searches.values()) search.abandon();
    this.#searches.clear();
  }

  /** Nothing is the result of what has no answer, and of a search that goes on. */
  #perform(message: Message): LdapResult | undefined {
    const { request, controls } = message;
    if (controls.length > 0 && request.is !== 'abandon' && request.is !== 'unbind') {
      const refused = refusedControl(request, controls);
      if (refused !== undefined) return this.#answer(message, refused);
    }
    switch (request.is) {
      case 'search':
        return this.#search(message, request);
      case 'bind':
        return this.#answer(message, this.#bind(request));
      case 'unbind':
        this.#connection.end();
        return undefined;
      case 'abandon':
        this.#searches.get(request.messageId)?.abandon();
        this.#ended(request.messageId);
        return undefined;
      case 'extended':
        return this.#extended(message.id, request.oid, request.value !== undefined);
      case 'compare':
        return this.#answer(message, this.#compare(request));
      default:
        return this.#answer(message, this.#update(request));
    }
  }

  #answer({ id, request }: Message, result: LdapResult): LdapResult {
    if (request.is === 'abandon' || request.is === 'unbind') return result;
    writeResult(this.#connection.output, id, request.is, result);
    this.#connection.written();
    return result;
  }

  #fail(message: Message, error: { readonly code: number | string | undefined; readonly text: string | undefined }): LdapResult {
    if (message.request.is === 'bind') this.#identity = ANONYMOUS;
    return this.#answer(message, { code: faultCode(error.code) ?? 0, text: error.text });
  }

  /** RFC 4511 §4.2: whatever comes of it, the connection is anonymous first, and what was under way is abandoned. */
  #bind({ version, name, authentication }: BindRequest): LdapResult {
    this.#abandonAll();
    this.#connection.release(HOLD_SESSION);
    this.#identity = ANONYMOUS;
    if (version === 2) return REFUSALS.historicalVersion;
    if (version !== 3) return REFUSALS.unknownVersion;
    if (authentication.is === 'unknown') return REFUSALS.unknownAuthentication;
    if (authentication.is === 'sasl')
      return authentication.mechanism === '' ? REFUSALS.noMechanism : noSuchMechanism(authentication.mechanism);
    const identity = this.#directory.bind(name, authentication.password);
    if (identity instanceof Condition) return resultOf(identity);
    this.#identity = identity;
    return SUCCESS;
  }

  #update(request: Extract<Request, { is: 'add' | 'modify' | 'delete' | 'modifyDN' }>): LdapResult {
    const directory = this.#directory;
    const refused = this.#applyUpdate(request, directory);
    if (refused === undefined) return SUCCESS;
    return refused instanceof Condition ? resultOf(refused) : refused;
  }

  #applyUpdate(
    request: Extract<Request, { is: 'add' | 'modify' | 'delete' | 'modifyDN' }>,
    directory: Directory,
  ): Condition | LdapResult | undefined {
    switch (request.is) {
      case 'add':
        if (request.attributes.length === 0) return REFUSALS.noAttributes;
        if (request.attributes.some(({ values }) => values.length === 0)) return REFUSALS.noValues;
        return directory.add(request.name, request.attributes, this.#identity);
      case 'modify':
        return directory.modify(request.name, request.changes, this.#identity);
      case 'delete':
        return directory.delete(request.name, this.#identity);
      case 'modifyDN':
        return directory.rename(request.name, request, this.#identity);
    }
  }

  #compare({ name, attribute, value }: Extract<Request, { is: 'compare' }>): LdapResult {
    const result = this.#directory.compare(name, attribute, value, this.#identity);
    if (result instanceof Condition) return resultOf(result);
    return result ? COMPARE_TRUE : COMPARE_FALSE;
  }

  #extended(id: number, oid: string, hasValue: boolean): LdapResult {
    const result = oid !== WHOAMI ? REFUSALS.unknownExtension : hasValue ? REFUSALS.noDataExpected : SUCCESS;
    const name = nameOf(this.#identity);
    writeExtended(this.#connection.output, id, result, undefined, result === SUCCESS ? (name === '' ? '' : `dn:${name}`) : undefined);
    this.#connection.written();
    return result;
  }

  #search(message: Message, request: SearchOperation): LdapResult | undefined {
    const scope = SCOPES[request.scope];
    if (scope === undefined) return this.#answer(message, REFUSALS.invalidScope);
    if (request.deref < 0 || request.deref > DEREF_MAX) return this.#answer(message, REFUSALS.invalidDeref);
    const paged = message.controls.length === 0 ? undefined : pagedResultsOf(message.controls);
    if (paged !== undefined && 'code' in paged) return this.#answer(message, paged);
    const search = this.#directory.search({ ...request, scope }, this.#identity);
    if (search instanceof Condition) return this.#answer(message, resultOf(search));
    return this.#start(message, request, search, paged);
  }

  #start(
    message: Message,
    request: SearchOperation,
    search: Exclude<ReturnType<Directory['search']>, Condition>,
    paged: PagedResults | undefined,
  ): LdapResult | undefined {
    const page = paged === undefined ? undefined : this.#pages.resume(paged);
    if (page !== undefined && 'code' in page) return this.#answer(message, page);
    const { clock } = this.#context;
    const unlimited = this.#identity.is === 'administrator';
    const running = new RunningSearch(
      {
        id: message.id,
        search,
        typesOnly: request.typesOnly,
        page,
        limits: {
          size_max_entries: atMost(request.size_limit_entries, unlimited ? 0 : search_size_max_entries),
          deadline:
            clock.now() + 1_000 * (atMost(request.time_limit_seconds, unlimited ? 0 : search_time_max_seconds) || Number.POSITIVE_INFINITY),
        },
        now: () => clock.now(),
        finished: () => this.#ended(message.id),
        pageEnded: (end) => this.#pages.end(end),
      },
      this.#connection,
    );
    const result = running.step();
    if (result === undefined) this.#goesOn(running);
    return result;
  }

  #goesOn(search: RunningSearch): void {
    this.#searches.set(search.id, search);
    if (this.#searches.size >= operations_pending_max) this.#connection.hold(HOLD_SESSION);
  }

  #ended(id: number): void {
    if (!this.#searches.delete(id)) return;
    if (this.#searches.size < operations_pending_max) this.#connection.release(HOLD_SESSION);
  }
}

/** The lower of two limits, of which 0 is none. */
function atMost(one: number, other: number): number {
  return one > 0 && other > 0 ? Math.min(one, other) : Math.max(one, other, 0);
}

/** Comparisons that answer true or false succeeded. */
function outcomeOf(result: LdapResult | undefined): Outcome | undefined {
  if (result === undefined || result === SUCCESS || result === COMPARE_TRUE || result === COMPARE_FALSE) return undefined;
  return { code: codeName(result.code), text: result.text };
}
