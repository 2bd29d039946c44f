import type { Connection } from '@wirelike/kernel';
import { search_slice_milliseconds, search_stride_entries } from '../limits.ts';
import type { Search } from '../model/search.ts';
import { PAGED_RESULTS } from '../wire/paged-results.ts';
import { encodePagedResults, type LdapResult, type ResponseControl, writeEntry, writeResult } from '../wire/response.ts';
import { encodedEntry } from './entry-cache.ts';
import { REFUSALS, SUCCESS } from './errors.ts';

export interface SearchLimits {
  /** 0: none. */
  readonly size_max_entries: number;
  /** World time in milliseconds after which the search gives up. */
  readonly deadline: number;
}

/** RFC 2696: where a page starts and how long it is. */
export interface Page {
  readonly size_entries: number;
  /** Entries with ids up to this one have been returned. */
  readonly after_id: number;
  readonly returned_before: number;
}

/** What is left to say when a page is full. */
export interface PageEnd {
  readonly last_id: number;
  readonly returned: number;
}

export interface SearchRun {
  readonly id: number;
  readonly search: Search;
  readonly typesOnly: boolean;
  readonly limits: SearchLimits;
  readonly page: Page | undefined;
  now(): number;
  /** Called once, unless the search was abandoned. */
  finished(result: LdapResult): void;
  /** A page ended. The answer is the cookie with which the client asks for the next; empty at the end. */
  pageEnded(end: PageEnd | undefined): Buffer;
}

/**
 * A search that writes its entries as the connection takes them. It examines a slice at a time, so that
 * other connections have their turn, and waits while the peer does not read.
 */
export class RunningSearch {
  readonly id: number;
  readonly #run: SearchRun;
  readonly #connection: Connection;
  #next = 0;
  #returned = 0;
  #abandoned = false;
  #waiting = false;

  constructor(run: SearchRun, connection: Connection) {
    this.id = run.id;
    this.#run = run;
    this.#connection = connection;
    const { page } = run;
    if (page !== undefined && page.after_id > 0) this.#next = firstAfter(run.search, page.after_id);
  }

  /** Goes on until it is done, or it is the turn of others. */
  step(): LdapResult | undefined {
    const { search, typesOnly, limits, page } = this.#run;
    const { candidates } = search;
    const until = performance.now() + search_slice_milliseconds;
    while (this.#next < candidates.length) {
      if (this.#next % search_stride_entries === search_stride_entries - 1 && performance.now() > until) return this.#yield();
      if (this.#abandoned || this.#connection.ending) return SUCCESS;
      if (this.#connection.congested) {
        this.#waiting = true;
        return undefined;
      }
      const entry = candidates[this.#next];
      if (entry !== undefined && search.matches(entry) === true) {
        if (page !== undefined && this.#returned === page.size_entries) return this.#endPage(candidates[this.#next - 1]?.id ?? 0);
        const total = this.#returned + (page?.returned_before ?? 0);
        if (limits.size_max_entries > 0 && total >= limits.size_max_entries) return this.#finish(REFUSALS.sizeLimit);
        writeEntry(this.#connection.output, this.id, encodedEntry(search, entry, typesOnly));
        this.#connection.written();
        this.#returned += 1;
      }
      this.#next += 1;
    }
    return this.#finish(SUCCESS);
  }

  /** The peer reads again. */
  drained(): void {
    if (!this.#waiting) return;
    this.#waiting = false;
    this.#continue();
  }

  /** RFC 4511 §4.11: nothing more is said about it. */
  abandon(): void {
    this.#abandoned = true;
  }

  #continue(): void {
    if (!this.#abandoned && !this.#connection.ending) this.step();
  }

  #yield(): LdapResult | undefined {
    if (this.#run.now() > this.#run.limits.deadline) return this.#finish(REFUSALS.timeLimit);
    setImmediate(() => this.#continue());
    return undefined;
  }

  #endPage(last_id: number): LdapResult {
    const returned = this.#returned + (this.#run.page?.returned_before ?? 0);
    return this.#say(SUCCESS, this.#run.pageEnded({ last_id, returned }));
  }

  #finish(result: LdapResult): LdapResult {
    return this.#say(result, this.#run.page === undefined ? undefined : this.#run.pageEnded(undefined));
  }

  #say(result: LdapResult, cookie: Buffer | undefined): LdapResult {
    const controls: ResponseControl[] = cookie === undefined ? [] : [{ oid: PAGED_RESULTS, value: encodePagedResults(0, cookie) }];
    writeResult(this.#connection.output, this.id, 'search', result, controls);
    this.#connection.written();
    this.#run.finished(result);
    return result;
  }
}

/** The index of the first candidate with a greater id. Candidates are in the order of their ids. */
function firstAfter(search: Search, id: number): number {
  let low = 0;
  let high = search.candidates.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((search.candidates[middle]?.id ?? 0) <= id) low = middle + 1;
    else high = middle;
  }
  return low;
}
