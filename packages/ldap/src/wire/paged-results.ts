// RFC 2696.
import { BerReader, SEQUENCE } from './ber-reader.ts';

export const PAGED_RESULTS = '1.2.840.113556.1.4.319';

export interface PagedResults {
  readonly size: number;
  readonly cookie: Buffer;
}

/** `undefined` if the value is none. */
export function decodePagedResults(value: Buffer): PagedResults | undefined {
  const reader = new BerReader(value);
  reader.enter(SEQUENCE);
  const size = reader.integer();
  const cookie = reader.octets();
  return reader.failed ? undefined : { size, cookie };
}
