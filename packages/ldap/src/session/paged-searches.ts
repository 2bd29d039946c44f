import type { PagedResults } from '../wire/paged-results.ts';
import type { LdapResult } from '../wire/response.ts';
import { REFUSALS } from './errors.ts';
import type { Page, PageEnd } from './running-search.ts';

const COOKIE_BYTES = 8;
const NO_COOKIE = Buffer.alloc(0);

/** RFC 2696: where the last paged search of a connection stopped. Like slapd, we remember one. */
export class PagedSearches {
  #cookie: Buffer = NO_COOKIE;
  #last: PageEnd | undefined;

  /** Where the page that is asked for starts; or why there is no such page. */
  resume({ size, cookie }: PagedResults): Page | LdapResult {
    if (cookie.length === 0) return { size_entries: size, after_id: 0, returned_before: 0 };
    const last = this.#last;
    if (last === undefined || cookie.length !== COOKIE_BYTES) return REFUSALS.pagedCookie;
    if (!cookie.equals(this.#cookie)) return REFUSALS.pagedOldCookie;
    return { size_entries: size, after_id: last.last_id, returned_before: last.returned };
  }

  /** The cookie for the next page; empty if this was the last. */
  end(end: PageEnd | undefined): Buffer {
    this.#last = end;
    this.#cookie = NO_COOKIE;
    if (end !== undefined) {
      this.#cookie = Buffer.alloc(COOKIE_BYTES);
      this.#cookie.writeBigUInt64LE(BigInt(end.last_id));
    }
    return this.#cookie;
  }
}
