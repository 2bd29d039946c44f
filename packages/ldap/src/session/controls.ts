import { decodePagedResults, PAGED_RESULTS, type PagedResults } from '../wire/paged-results.ts';
import type { Control, Request } from '../wire/request.ts';
import type { LdapResult } from '../wire/response.ts';
import { REFUSALS } from './errors.ts';

/** RFC 3296: there are no referrals yet, so it changes nothing. */
const MANAGE_DSA_IT = '2.16.840.1.113730.3.4.2';

/** Controls and the operations that they go with. */
const KNOWN: ReadonlyMap<string, ReadonlySet<Request['is']>> = new Map([
  [PAGED_RESULTS, new Set<Request['is']>(['search'])],
  [MANAGE_DSA_IT, new Set<Request['is']>(['search', 'modify', 'add', 'delete', 'modifyDN', 'compare'])],
]);

export const SUPPORTED_CONTROLS: readonly string[] = [...KNOWN.keys()];

/** Why a request with these controls is refused (RFC 4511 §4.1.11). */
export function refusedControl(request: Request, controls: readonly Control[]): LdapResult | undefined {
  for (const { oid, critical } of controls) {
    const operations = KNOWN.get(oid);
    if (operations?.has(request.is) || !critical) continue;
    return operations === undefined ? REFUSALS.unknownControl : REFUSALS.unsuitableControl;
  }
  return undefined;
}

/** The paged results control of a search, if it has one; or what is wrong with it. */
export function pagedResultsOf(controls: readonly Control[]): PagedResults | LdapResult | undefined {
  const [control, another] = controls.filter(({ oid }) => oid === PAGED_RESULTS);
  if (control === undefined) return undefined;
  if (another !== undefined) return REFUSALS.pagedTwice;
  if (control.value === undefined || control.value.length === 0) return REFUSALS.pagedWithoutValue;
  return decodePagedResults(control.value) ?? REFUSALS.pagedGarbage;
}
